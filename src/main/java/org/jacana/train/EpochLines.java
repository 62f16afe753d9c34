package org.jacana.train;

import java.io.PrintStream;
import java.util.Locale;

/** A line of text for each epoch. */
final class EpochLines implements Progress.Listener {
  private final PrintStream out;
  private double waiting;

  EpochLines(PrintStream out) {
    this.out = out;
  }

  @Override
  public void step(Progress now) {
    waiting = now.waiting();
  }

  @Override
  public void epoch(int number, int epochs, History.Epoch result) {
    StringBuilder line = new StringBuilder("epoch " + number + "/" + epochs);
    result
        .values()
        .forEach((name, v) -> line.append(String.format(Locale.ROOT, " | %s %.4g", name, v)));
    line.append(String.format(Locale.ROOT, " | %.1f s", result.seconds()));
    if (waiting >= 0.01) {
      line.append(String.format(Locale.ROOT, " | waits for data %.0f %%", 100 * waiting));
    }
    out.println(line);
  }

  @Override
  public void note(String text) {
    out.println(text);
  }
}
