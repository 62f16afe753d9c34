package org.jacana.train;

/** A run stopped because its loss was no number any more: says where, and what to try. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DivergedException(double loss, int epoch, int step, double now, double highest) {
    super(
        "training: the loss became "
            + (Double.isNaN(loss) ? "NaN" : "infinite")
            + " at epoch "
            + epoch
            + ", step "
            + step
            + " (learning rate "
            + String.format(java.util.Locale.ROOT, "%.3g", now)
            + "); try a smaller learning rate, "
            + String.format(java.util.Locale.ROOT, "%.1g", highest / 10)
            + " for example");
  }

  /** The same with where it began. */
  DivergedException(DivergedException what, String where, Throwable cause) {
    super(what.getMessage() + "; " + where, cause);
  }
}
