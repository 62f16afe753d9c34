package org.jacana.train;

import java.util.Map;
import org.jacana.optim.Optimizer;

/**
 * Stops a run when it has trained for so long; of a resumed run the time of all its parts counts.
 */
public final class TimeLimit implements Callback {
  private final double seconds;
  private double before;
  private long start;

  /**
   * A limit.
   *
   * @param seconds above 0
   */
  public TimeLimit(double seconds) {
    if (!(seconds > 0)) {
      throw new IllegalArgumentException("timeLimit: seconds must be above 0, is " + seconds);
    }
    this.seconds = seconds;
  }

  @Override
  public void start(TrainingRun run) {
    before = run.resumed() ? before : 0;
    start = System.nanoTime();
    check(run);
  }

  @Override
  public void step(TrainingRun run) {
    check(run);
  }

  @Override
  public void epochEnd(TrainingRun run) {
    check(run);
  }

  private double passed() {
    return before + (start == 0 ? 0 : (System.nanoTime() - start) / 1e9);
  }

  private void check(TrainingRun run) {
    if (passed() >= seconds) {
      run.stop("the time limit of " + seconds + " s is reached");
    }
  }

  @Override
  public Optimizer.State state() {
    return new Optimizer.State(Map.of(), Map.of("seconds", passed()));
  }

  @Override
  public void load(TrainingRun run, Optimizer.State state) {
    Double saved = state.scalars().get("seconds");
    if (saved == null || !(saved >= 0)) {
      throw new IllegalArgumentException(
          "timeLimit: the state must have 'seconds' of at least 0, is " + state.scalars());
    }
    before = saved;
  }

  @Override
  public void closed(TrainingRun run, Throwable failure) {
    before = passed();
    start = 0;
  }
}
