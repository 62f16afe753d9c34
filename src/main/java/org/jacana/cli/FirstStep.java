package org.jacana.cli;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.function.Consumer;
import org.jacana.train.Callback;
import org.jacana.train.TrainingRun;

/** Tells how long after the start of Java a run's first step began and was done. */
final class FirstStep implements Callback {
  private final Consumer<String> out;
  private long begun;
  private boolean told;

  FirstStep(Consumer<String> out) {
    this.out = out;
  }

  @Override
  public void epochStart(TrainingRun run) {
    if (begun == 0) {
      begun = System.currentTimeMillis();
    }
  }

  @Override
  public void step(TrainingRun run) {
    if (!told) {
      told = true;
      long done = System.currentTimeMillis();
      // Only now: to ask takes some 50 ms itself.
      long start = ManagementFactory.getRuntimeMXBean().getStartTime();
      out.accept(
          String.format(
              Locale.ROOT,
              "the first step began %.2f s and was done %.2f s after Java started",
              (begun - start) / 1e3,
              (done - start) / 1e3));
    }
  }
}
