package org.jacana.train;

import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Plateau;

/**
 * Lowers the run's base learning rate when a figure of its epochs no longer improves ({@link
 * Plateau}); the schedule multiplies what is left.
 *
 * <pre>{@code
 * trainer.callback(new ReduceOnPlateau("val_loss", p -> p.factor(0.5).patience(2, 0)))
 * }</pre>
 */
public final class ReduceOnPlateau implements Callback {
  private final String figure;
  private final UnaryOperator<Plateau> options;
  private Plateau plateau;
  private boolean loaded;

  /**
   * Looks at a figure after each epoch.
   *
   * @param figure one of {@link TrainingRun#values}, such as val_loss
   * @param options sets the plateau's options
   */
  public ReduceOnPlateau(String figure, UnaryOperator<Plateau> options) {
    this.figure = Objects.requireNonNull(figure, "figure");
    this.options = Objects.requireNonNull(options, "options");
  }

  private Plateau make(TrainingRun run) {
    return options.apply(new Plateau(run.optimizer()));
  }

  @Override
  public void start(TrainingRun run) {
    plateau = loaded ? plateau : make(run);
    loaded = false;
  }

  @Override
  public void epochEnd(TrainingRun run) {
    double before = run.baseRate();
    run.optimizer().learningRate(before);
    run.baseRate(plateau.step(run.figure(figure, "reduceOnPlateau")));
    if (run.baseRate() < before) {
      run.note("the learning rate falls from " + before + " to " + run.baseRate());
    }
  }

  @Override
  public Optimizer.State state() {
    return plateau == null ? null : new Optimizer.State(Map.of(), plateau.state());
  }

  @Override
  public void load(TrainingRun run, Optimizer.State state) {
    Plateau next = make(run);
    next.load(state.scalars());
    plateau = next;
    loaded = true;
  }
}
