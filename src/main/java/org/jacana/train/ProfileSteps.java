package org.jacana.train;

import java.util.function.Consumer;
import org.jacana.Profiler;

/**
 * Measures the kernels of some steps of a run, after the first ones, which are slow. A recorded
 * step is one entry: train without recording to see what is in it.
 *
 * @param skip steps before the measurement, at least 1
 * @param steps that are measured, at least 1
 * @param done receives the finished measurement; not called if the run ends before it begins
 */
public final class ProfileSteps implements Callback {
  private final long skip;
  private final long steps;
  private final Consumer<Profiler> done;
  private Profiler profiler;
  private long seen;

  public ProfileSteps(long skip, long steps, Consumer<Profiler> done) {
    if (skip < 1 || steps < 1) {
      throw new IllegalArgumentException(
          "profile: needs at least 1 step before and 1 measured, got " + skip + " and " + steps);
    }
    this.skip = skip;
    this.steps = steps;
    this.done = done;
  }

  @Override
  public void step(TrainingRun run) {
    seen++;
    if (seen == skip) {
      profiler = Profiler.start();
    } else if (seen == skip + steps) {
      finish();
    }
  }

  @Override
  public void closed(TrainingRun run, Throwable failure) {
    finish();
  }

  private void finish() {
    if (profiler != null) {
      Profiler p = profiler;
      profiler = null;
      p.stop();
      done.accept(p);
    }
  }
}
