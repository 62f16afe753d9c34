package org.jacana.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * An average of weights over the run, for evaluation. It owns the average, in F32 at least.
 *
 * <pre>{@code
 * optimizer.step();
 * average.update();
 * ...
 * try (WeightAverage.Use use = average.use()) {
 *   evaluate(model); // with the average
 * } // the trained weights are back
 * }</pre>
 */
public final class WeightAverage implements AutoCloseable {
  private static final String NAME = "weight average";

  private final Copies average;
  private final double decay;
  private final boolean corrected;
  private long updates;
  private boolean inUse;

  /** Puts the trained weights back. */
  public interface Use extends AutoCloseable {
    @Override
    void close();
  }

  private WeightAverage(List<Tensor> weights, double decay, boolean corrected) {
    this.decay = decay;
    this.corrected = corrected;
    average = new Copies(NAME, weights, true);
  }

  private static double checked(double decay) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException(
          NAME + ": decay must be at least 0 and below 1, got " + decay);
    }
    return decay;
  }

  /** a = decay a + (1 - decay) w, from the present weights on (PyTorch's get_ema_avg_fn). */
  public static WeightAverage exponential(List<Tensor> weights, double decay) {
    return new WeightAverage(weights, checked(decay), false);
  }

  /**
   * The exponential average that starts at 0 and is divided by 1 - decay^updates, so that the
   * weights before the first update do not count (Kingma and Ba 2015, section 3).
   */
  public static WeightAverage corrected(List<Tensor> weights, double decay) {
    return new WeightAverage(weights, checked(decay), true);
  }

  /** The mean of the weights at all updates (stochastic weight averaging, Izmailov et al. 2018). */
  public static WeightAverage mean(List<Tensor> weights) {
    return new WeightAverage(weights, Double.NaN, true);
  }

  /**
   * Takes the present weights in.
   *
   * @throws IllegalStateException while the average is in use
   */
  public void update() {
    requireUnused("update");
    double keep = decay;
    if (corrected) {
      // The same as dividing by 1 - decay^n, with the average always ready for use.
      double n = updates + 1.0;
      keep =
          Double.isNaN(decay)
              ? updates / n
              : decay * (1 - Math.pow(decay, updates)) / (1 - Math.pow(decay, n));
    }
    for (int i = 0; i < average.copies.size(); i++) {
      Tensor a = average.copies.get(i);
      Tensor w = average.originals.get(i);
      try (Scope scope = Scope.open(w.device());
          Autograd.Mode off = Autograd.noGrad()) {
        Tensor now = w.detach().to(a.dtype());
        a.assign(keep == 0 ? now : a.mul(keep).add(now.mul(1 - keep)));
      }
    }
    updates++;
  }

  /** Exchanges the weights with the average until the result is closed. */
  public Use use() {
    requireUnused("use");
    Copies trained = new Copies(NAME, average.originals, false);
    inUse = true;
    average.restore();
    return new Use() {
      private boolean closed;

      @Override
      public void close() {
        if (!closed) {
          closed = true;
          inUse = false;
          try (trained) {
            trained.restore();
          }
        }
      }
    };
  }

  private void requireUnused(String what) {
    if (inUse) {
      throw new IllegalStateException(
          NAME + ": " + what + " while the average is in use; close what use() gave first");
    }
  }

  /** The average, in the weights' order; owned by this object. */
  public List<Tensor> values() {
    return List.copyOf(average.copies);
  }

  /** What must be saved to go on. */
  public Optimizer.State state() {
    return new Optimizer.State(
        average.named("average"), new LinkedHashMap<>(Map.of("updates", (double) updates)));
  }

  /**
   * Continues from a saved state; nothing changes when it does not fit.
   *
   * @throws IllegalArgumentException if it is of other weights
   */
  public void load(Optimizer.State state) {
    requireUnused("load");
    States.requireKeys(NAME, state.scalars(), "updates");
    long n = States.whole(NAME, state.scalars(), "updates");
    average.require(NAME, "average", state.tensors());
    average.load("average", state.tensors());
    updates = n;
  }

  @Override
  public void close() {
    average.close();
  }
}
