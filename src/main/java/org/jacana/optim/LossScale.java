package org.jacana.optim;

import java.util.List;
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
    try (Scope scope = Scope.open(loss.device())) {
      loss.mul(factor).backward();
      List<Tensor> parameters = optimizer.parameters();
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
      optimizer.step();
      if (++good == PATIENCE) {
        factor *= 2;
        good = 0;
      }
      return true;
    }
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
