package org.jacana.gpucheck;

import java.util.Locale;

/**
 * A measured figure.
 *
 * @param name what was timed
 * @param micros median time of one call
 * @param rate work per second in {@code unit}, 0 where it has none
 * @param unit of the rate, such as GB/s or TFLOP/s
 */
record Figure(String name, double micros, double rate, String unit) {
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%-52s %12.2f us%s",
        name,
        micros,
        rate == 0 ? "" : String.format(Locale.ROOT, " %12.2f %s", rate, unit));
  }
}
