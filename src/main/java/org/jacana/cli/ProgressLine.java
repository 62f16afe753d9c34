package org.jacana.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.jacana.train.History;
import org.jacana.train.Progress;

/** Prints a line for each epoch and, where a person is watching, a line that moves within it. */
final class ProgressLine implements Progress.Listener {
  private static final long REDRAW_NANOS = 100_000_000;

  private final PrintWriter out;
  private final boolean live;
  private long drawn = System.nanoTime() - REDRAW_NANOS;
  private int width;

  ProgressLine(PrintWriter out, boolean live) {
    this.out = out;
    this.live = live;
  }

  @Override
  public void step(Progress p) {
    if (live && System.nanoTime() - drawn >= REDRAW_NANOS) {
      String line = text(p);
      out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      out.flush();
      width = line.length();
      drawn = System.nanoTime();
    }
  }

  @Override
  public void epoch(int number, int epochs, History.Epoch r) {
    clear();
    out.println(text(number, epochs, r));
    out.flush();
  }

  @Override
  public void note(String text) {
    clear();
    out.println(text);
    out.flush();
  }

  @Override
  public boolean stop() {
    return Interruption.requested();
  }

  /** Removes the moving line. */
  void clear() {
    if (width > 0) {
      out.print("\r" + " ".repeat(width) + "\r");
      out.flush();
      width = 0;
    }
  }

  static String text(Progress p) {
    return String.format(
            Locale.ROOT,
            "epoch %d/%d | step %d/%d | %s img/s | loss %.4f | acc %.4f | left %s",
            p.epoch(),
            p.epochs(),
            p.step(),
            p.steps(),
            number(p.imagesPerSecond()),
            p.loss(),
            p.accuracy(),
            time(p.secondsLeft()))
        + (p.waiting() < 0.01
            ? ""
            : String.format(Locale.ROOT, " | waits for data %.0f %%", 100 * p.waiting()));
  }

  static String text(int number, int epochs, History.Epoch r) {
    int digits = Integer.toString(epochs).length();
    return String.format(
        Locale.ROOT,
        "epoch %"
            + digits
            + "d/%d | %s img/s | loss %.4f | train acc %.4f | test acc %.4f | %.1f s",
        number,
        epochs,
        number(r.imagesPerSecond()),
        r.trainLoss(),
        r.trainAccuracy(),
        r.test().accuracy(),
        r.seconds());
  }

  static String number(double value) {
    if (Double.isNaN(value)) {
      return "?";
    }
    return value < 100
        ? String.format(Locale.ROOT, "%.1f", value)
        : String.format(Locale.ROOT, "%,d", Math.round(value));
  }

  static String time(double seconds) {
    if (Double.isNaN(seconds)) {
      return "?";
    }
    long s = (long) Math.ceil(seconds);
    return s < 3600
        ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  }
}
