package org.jacana.optim;

import java.util.List;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * Steps an optimizer once for several batches: gradients add up in {@link Tensor#grad}, and every
 * n-th call divides them by n, steps and forgets them. So n equal batches with mean losses step
 * like one batch of them all.
 */
public final class Accumulation {
  private final Optimizer optimizer;
  private final int every;
  private int batches;

  /**
   * Starts with no batch.
   *
   * @param every batches of a step, at least 1
   */
  public Accumulation(Optimizer optimizer, int every) {
    if (every < 1) {
      throw new IllegalArgumentException(
          "accumulation: a step needs at least 1 batch, got " + every);
    }
    this.optimizer = optimizer;
    this.every = every;
  }

  /** To be called after each batch's backward; whether the optimizer stepped. */
  public boolean step() {
    batches++;
    return batches == every && flush();
  }

  /** Steps with the batches there are, at the end of an epoch; false if there is none. */
  public boolean flush() {
    if (batches == 0) {
      return false;
    }
    List<Tensor> gradients = Clip.gradients(optimizer.parameters());
    for (Tensor g : gradients) {
      try (Scope scope = Scope.open(g.device());
          Autograd.Mode off = Autograd.noGrad()) {
        g.assign(g.div(batches));
      }
    }
    optimizer.step();
    optimizer.zeroGrad();
    batches = 0;
    return true;
  }
}
