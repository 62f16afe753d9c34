package org.jacana.cli.bench;

import java.util.Arrays;
import java.util.Locale;
import org.jacana.backend.DeviceProbe;

/**
 * How fast a GPU's processors ran at one moment, as they counted it themselves.
 *
 * @param when it was
 * @param processors that counted
 * @param megahertz median of the processors
 * @param leastMegahertz the slowest of them
 * @param mostMegahertz the fastest of them
 * @param ratedMegahertz the highest clock as the driver tells it; 0 where it does not
 */
record Clock(
    String when,
    int processors,
    double megahertz,
    double leastMegahertz,
    double mostMegahertz,
    double ratedMegahertz) {

  /**
   * Reads the clocks.
   *
   * @throws IllegalStateException if they stand still
   */
  static Clock read(String when, DeviceProbe probe, long nanoseconds) {
    double[] hertz = probe.clocks(nanoseconds);
    Arrays.sort(hertz);
    if (hertz.length == 0 || !(hertz[0] > 0) || Double.isInfinite(hertz[hertz.length - 1])) {
      throw new IllegalStateException(
          "bench: the processors' clocks cannot be, in hertz: " + Arrays.toString(hertz));
    }
    return new Clock(
        when,
        hertz.length,
        Stats.of(hertz, 1).median() / 1e6,
        hertz[0] / 1e6,
        hertz[hertz.length - 1] / 1e6,
        probe.ratedClock() / 1e6);
  }

  @Override
  public String toString() {
    String rated =
        ratedMegahertz == 0
            ? ""
            : String.format(Locale.ROOT, "; the driver names %.0f MHz", ratedMegahertz);
    return String.format(
        Locale.ROOT,
        "measured clock %s: %.0f MHz, the median of %d processors (%.0f to %.0f)%s",
        when,
        megahertz,
        processors,
        leastMegahertz,
        mostMegahertz,
        rated);
  }
}
