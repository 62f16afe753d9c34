package org.jacana.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * Lookahead (Zhang et al. 2019, algorithm 1): the optimizer makes {@code every} steps, then slow
 * weights, which start where the parameters are, take a part of the way, slow += alpha (w - slow),
 * and the parameters go back to them, w = slow. It owns the slow weights; the optimizer stays the
 * caller's and keeps its running averages.
 *
 * <p>Until this closes, every step of the optimizer counts, whoever makes it: give the optimizer
 * itself to a training loop or a schedule. Such steps cannot be recorded for replay.
 */
public final class Lookahead implements AutoCloseable {
  private final Optimizer optimizer;
  private final double alpha;
  private final int every;
  private final Copies slow;
  private long steps;
  private boolean open = true;

  /**
   * Remembers the parameters as they are now.
   *
   * @param alpha part of the way, above 0 and up to 1; 0.5 in the paper
   * @param every steps of a round, at least 1; 5 in the paper
   */
  public Lookahead(Optimizer optimizer, double alpha, int every) {
    if (!(alpha > 0 && alpha <= 1)) {
      throw new IllegalArgumentException(
          "lookahead: alpha must be above 0 and at most 1, got " + alpha);
    }
    if (every < 1) {
      throw new IllegalArgumentException("lookahead: a round needs at least 1 step, got " + every);
    }
    this.optimizer = optimizer;
    this.alpha = alpha;
    this.every = every;
    slow = new Copies("lookahead", optimizer.parameters(), true);
    try {
      optimizer.after(this::ahead);
    } catch (RuntimeException e) {
      slow.close();
      throw e;
    }
  }

  /** Steps the optimizer with the parameters' gradients, and every so often looks back. */
  public void step() {
    optimizer.step();
  }

  /** {@link Optimizer#step(List)}, and every so often looks back. */
  public void step(List<Tensor> gradients) {
    optimizer.step(gradients);
  }

  private void ahead() {
    steps++;
    if (steps % every != 0) {
      return;
    }
    for (int i = 0; i < slow.copies.size(); i++) {
      Tensor w = slow.originals.get(i);
      Tensor s = slow.copies.get(i);
      try (Scope scope = Scope.open(w.device());
          Autograd.Mode off = Autograd.noGrad()) {
        s.assign(s.add(w.detach().to(s.dtype()).sub(s).mul(alpha)));
        w.assign(s);
      }
    }
  }

  /** The slow weights and the number of steps; the optimizer's state is its own. */
  public Optimizer.State state() {
    return new Optimizer.State(
        slow.named("slow"), new LinkedHashMap<>(Map.of("step", (double) steps)));
  }

  /**
   * Continues from a saved state; nothing changes when it does not fit.
   *
   * @throws IllegalArgumentException if it is of other parameters
   */
  public void load(Optimizer.State state) {
    States.requireKeys("lookahead", state.scalars(), "step");
    long n = States.whole("lookahead", state.scalars(), "step");
    slow.require("lookahead", "slow", state.tensors());
    slow.load("slow", state.tensors());
    steps = n;
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      optimizer.after(null);
    }
    slow.close();
  }
}
