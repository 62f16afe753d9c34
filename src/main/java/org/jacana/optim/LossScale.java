package org.jacana.optim;

import java.util.List;
import java.util.Map;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * Trains with gradients that half precision can hold: the loss is multiplied by a large factor
 * before the backward pass and the gradients are divided by it before the update (Micikevicius et
 * al., "Mixed precision training", 2018). A step whose gradients are not finite is left out and
 * halves the factor; after 2,000 good steps in a row it doubles.
 */
public final class LossScale {
  private static final int PATIENCE = 2000;

  private double factor = 65536;
  private int good;

  /** The factor of the next step. */
  public double factor() {
    return factor;
  }

  /**
   * Backward through a scalar loss, and the optimizer's step if all gradients are finite; reads one
   * number from the device.
   *
   * @return whether the step was taken
   */
  public boolean step(Tensor loss, Optimizer optimizer) {
    backward(loss);
    return step(optimizer, () -> {});
  }

  /**
   * Adds the scaled loss's gradients to those of its leaves; {@link #step(Optimizer, Runnable)}.
   */
  public void backward(Tensor loss) {
    try (Scope scope = Scope.open(loss.device())) {
      loss.mul(factor).backward();
    }
  }

  /**
   * After one {@link #backward} or several: if all gradients are finite, takes the factor out of
   * them, runs {@code before}, and steps; forgets them otherwise.
   *
   * @param before what is to be done with the true gradients first, such as clipping
   * @return whether the step was taken
   */
  public boolean step(Optimizer optimizer, Runnable before) {
    List<Tensor> parameters = optimizer.parameters();
    try (Scope scope = Scope.open(parameters.get(0).device())) {
      if (!finite(parameters)) {
        optimizer.zeroGrad();
        factor = Math.max(1, factor / 2);
        good = 0;
        return false;
      }
      Autograd.noGrad(
          () -> {
            for (Tensor p : parameters) {
              if (p.grad() != null) {
                p.grad().assign(p.grad().mul(1 / factor));
              }
            }
          });
      before.run();
      optimizer.step();
      if (++good == PATIENCE) {
        factor *= 2;
        good = 0;
      }
      return true;
    }
  }

  /** What must be saved to go on. */
  public Map<String, Double> state() {
    return Map.of("factor", factor, "good", (double) good);
  }

  /**
   * Continues from a saved state.
   *
   * @throws IllegalArgumentException if something is missing or out of range; nothing changes then
   */
  public void load(Map<String, Double> state) {
    States.requireKeys("loss scale", state, "factor", "good");
    double newFactor = States.notNegative("loss scale", state, "factor");
    long newGood = States.whole("loss scale", state, "good");
    if (newFactor < 1 || newGood >= PATIENCE) {
      throw new IllegalArgumentException(
          "loss scale: the state needs a factor of at least 1 and fewer than "
              + PATIENCE
              + " good steps, got "
              + state);
    }
    factor = newFactor;
    good = (int) newGood;
  }

  private static boolean finite(List<Tensor> parameters) {
    return Autograd.noGrad(
        () -> {
          Tensor sum = Tensor.zeros();
          for (Tensor p : parameters) {
            if (p.grad() != null) {
              // 0 for finite numbers, NaN for the others.
              sum = sum.add(p.grad().mul(0).sum());
            }
          }
          return Double.isFinite(sum.item());
        });
  }
}
