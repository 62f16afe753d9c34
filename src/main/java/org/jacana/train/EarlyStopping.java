package org.jacana.train;

import java.util.ArrayList;
import java.util.List;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.Module;

/**
 * Says when training no longer helps, and keeps a copy of the best weights and buffers until it is
 * closed. The model stays the caller's.
 *
 * <pre>{@code
 * try (EarlyStopping stopping = new EarlyStopping(model, 5, 0, false)) {
 *   do {
 *     train(model);
 *   } while (!stopping.stop(validationLoss(model)));
 *   stopping.restore();
 * }
 * }</pre>
 */
public final class EarlyStopping implements AutoCloseable {
  private final List<Tensor> state = new ArrayList<>();
  private final List<Tensor> kept = new ArrayList<>();
  private final int patience;
  private final double least;
  private final boolean largerIsBetter;
  private double best;
  private int bad;

  /**
   * Starts without a best.
   *
   * @param patience measurements in a row without a better one that are borne, at least 0
   * @param least by how much a better measurement must be better, at least 0
   * @param largerIsBetter as for an accuracy; false as for a loss
   */
  public EarlyStopping(Module model, int patience, double least, boolean largerIsBetter) {
    if (patience < 0) {
      throw new IllegalArgumentException(
          "earlyStopping: patience must be at least 0, is " + patience);
    }
    if (!(least >= 0 && least < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "earlyStopping: the least improvement must be finite and not negative, is " + least);
    }
    state.addAll(model.parameters());
    state.addAll(model.namedBuffers().values());
    this.patience = patience;
    this.least = least;
    this.largerIsBetter = largerIsBetter;
    best = largerIsBetter ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }

  /**
   * Takes a measurement of the present weights, which are copied when it is the best so far; NaN
   * never is. Whether to stop: more than {@code patience} in a row were not better.
   */
  public boolean stop(double metric) {
    if (largerIsBetter ? metric > best + least : metric < best - least) {
      best = metric;
      bad = 0;
      keep();
      return false;
    }
    bad++;
    return bad > patience;
  }

  private void keep() {
    try (Autograd.Mode off = Autograd.noGrad()) {
      if (kept.isEmpty()) {
        for (Tensor t : state) {
          try (Scope scope = Scope.open(t.device())) {
            kept.add(Scope.release(t.detach().copy()));
          }
        }
        return;
      }
      for (int i = 0; i < kept.size(); i++) {
        kept.get(i).assign(state.get(i));
      }
    }
  }

  /** The best measurement; infinite before there was one. */
  public double best() {
    return best;
  }

  /**
   * Puts the best weights and buffers back.
   *
   * @throws IllegalStateException if no measurement was a number
   */
  public void restore() {
    if (Double.isInfinite(best) && kept.isEmpty()) {
      throw new IllegalStateException(
          "earlyStopping: there is nothing to restore; no measurement was a number");
    }
    for (int i = 0; i < kept.size(); i++) {
      state.get(i).assign(kept.get(i));
    }
  }

  @Override
  public void close() {
    kept.forEach(Tensor::close);
  }
}
