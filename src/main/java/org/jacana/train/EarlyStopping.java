package org.jacana.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.io.ModuleState;
import org.jacana.nn.Module;
import org.jacana.optim.Optimizer;

/**
 * Says when training no longer helps, and keeps a copy of the best weights and buffers, which it
 * puts back. A figure that is NaN is never better, so that too many of them stop the run.
 *
 * <p>As a callback it looks at a figure of each epoch and lives as long as the run:
 *
 * <pre>{@code
 * trainer.callback(EarlyStopping.on("val_loss", Goal.MIN).patience(3))
 * }</pre>
 *
 * In a loop written by hand it is told the figure; the model stays the caller's:
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
public final class EarlyStopping implements Callback, AutoCloseable {
  private final List<Tensor> weights = new ArrayList<>();
  private final List<Tensor> kept = new ArrayList<>();
  private final String figure;
  private final Goal goal;
  private int patience;
  private double least;
  private int firstEpoch = 1;
  private boolean restoring = true;
  private double best;
  private int bad;
  private boolean loaded;

  private EarlyStopping(String figure, Goal goal) {
    this.figure = figure;
    this.goal = goal;
    best = goal.worst();
  }

  /**
   * Starts without a best.
   *
   * @param patience measurements in a row without a better one that are borne, at least 0
   * @param least by how much a better measurement must be better, at least 0
   * @param largerIsBetter as for an accuracy; false as for a loss
   */
  public EarlyStopping(Module model, int patience, double least, boolean largerIsBetter) {
    this(null, largerIsBetter ? Goal.MAX : Goal.MIN);
    patience(patience).minDelta(least);
    weights.addAll(ModuleState.tensors(model).values());
  }

  /**
   * A callback without patience that looks at a figure of each epoch and restores the best weights.
   *
   * @param figure one of {@link TrainingRun#values}, such as val_loss
   */
  public static EarlyStopping on(String figure, Goal goal) {
    return new EarlyStopping(figure, goal);
  }

  /** Epochs in a row without a better figure that are borne, at least 0. */
  public EarlyStopping patience(int epochs) {
    if (epochs < 0) {
      throw new IllegalArgumentException(
          "earlyStopping: patience must be at least 0, is " + epochs);
    }
    patience = epochs;
    return this;
  }

  /** By how much a better figure must be better, at least 0. */
  public EarlyStopping minDelta(double least) {
    if (!(least >= 0 && least < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "earlyStopping: the least improvement must be finite and not negative, is " + least);
    }
    this.least = least;
    return this;
  }

  /** The first epoch whose figure counts, at least 1. */
  public EarlyStopping startEpoch(int epoch) {
    if (epoch < 1) {
      throw new IllegalArgumentException(
          "earlyStopping: the start epoch must be at least 1, is " + epoch);
    }
    firstEpoch = epoch;
    return this;
  }

  /** Whether the best weights are put back at the end of the run; they are unless set. */
  public EarlyStopping restoreBest(boolean on) {
    restoring = on;
    return this;
  }

  /**
   * Takes a measurement of the present weights, which are copied when it is the best so far; NaN
   * never is. Whether to stop: more than {@code patience} in a row were not better.
   */
  public boolean stop(double metric) {
    if (goal.better(metric, best, least)) {
      best = metric;
      bad = 0;
      if (restoring) {
        keep();
      }
      return false;
    }
    bad++;
    return bad > patience;
  }

  private void keep() {
    try (Autograd.Mode off = Autograd.noGrad()) {
      if (kept.isEmpty()) {
        for (Tensor t : weights) {
          try (Scope scope = Scope.open(t.device())) {
            kept.add(Scope.release(t.detach().copy()));
          }
        }
        return;
      }
      for (int i = 0; i < kept.size(); i++) {
        kept.get(i).assign(weights.get(i));
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
    if (kept.isEmpty()) {
      throw new IllegalStateException(
          "earlyStopping: there is nothing to restore; no measurement was a number");
    }
    for (int i = 0; i < kept.size(); i++) {
      weights.get(i).assign(kept.get(i));
    }
  }

  @Override
  public void start(TrainingRun run) {
    weights.clear();
    weights.addAll(ModuleState.tensors(run.model()).values());
    if (loaded) {
      loaded = false;
      stopIfDue(run);
      return;
    }
    close();
    best = goal.worst();
    bad = 0;
  }

  @Override
  public void epochEnd(TrainingRun run) {
    if (run.epoch() >= firstEpoch) {
      stop(run.figure(figure, "earlyStopping"));
      stopIfDue(run);
    }
  }

  private void stopIfDue(TrainingRun run) {
    if (bad > patience) {
      run.stop(
          figure
              + " was not better than "
              + best
              + " for "
              + bad
              + (bad == 1 ? " epoch" : " epochs"));
    }
  }

  @Override
  public void finish(TrainingRun run) {
    if (restoring && !kept.isEmpty()) {
      restore();
    }
  }

  @Override
  public void closed(TrainingRun run, Throwable failure) {
    close();
  }

  @Override
  public Optimizer.State state() {
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("best", best);
    numbers.put("bad", (double) bad);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < kept.size(); i++) {
      tensors.put("best." + i, kept.get(i));
    }
    return new Optimizer.State(tensors, numbers);
  }

  @Override
  public void load(TrainingRun run, Optimizer.State state) {
    Double newBest = state.scalars().get("best");
    Double newBad = state.scalars().get("bad");
    List<Tensor> own = List.copyOf(ModuleState.tensors(run.model()).values());
    boolean fits =
        newBest != null
            && !newBest.isNaN()
            && newBad != null
            && newBad >= 0
            && newBad == Math.rint(newBad)
            && newBad <= Integer.MAX_VALUE
            && (state.tensors().isEmpty() || state.tensors().size() == own.size());
    for (int i = 0; fits && i < state.tensors().size(); i++) {
      Tensor t = state.tensors().get("best." + i);
      fits = t != null && t.shape().equals(own.get(i).shape()) && t.dtype() == own.get(i).dtype();
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "earlyStopping: the state is not of this model: "
              + state.scalars()
              + ", "
              + state.tensors().keySet());
    }
    close();
    for (int i = 0; i < state.tensors().size(); i++) {
      kept.add(Scope.release(state.tensors().get("best." + i).copy()));
    }
    best = newBest;
    bad = newBad.intValue();
    loaded = true;
  }

  @Override
  public void close() {
    kept.forEach(Tensor::close);
    kept.clear();
  }
}
