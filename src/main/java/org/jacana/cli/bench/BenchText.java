package org.jacana.cli.bench;

import java.util.Locale;
import java.util.StringJoiner;

/** The benchmark as a table. */
final class BenchText {
  private BenchText() {}

  static String ceilings(Ceilings c) {
    StringJoiner rates = new StringJoiner(", ");
    c.operationsPerSecond()
        .forEach((p, r) -> rates.add(String.format(Locale.ROOT, "%s %.1f", p, r / 1e9)));
    return String.format(
        Locale.ROOT,
        "measured ceilings: copy %.1f GB/s; matrix products, GFLOP/s: %s",
        c.bytesPerSecond() / 1e9,
        rates);
  }

  static String head() {
    return String.format(
        "%-52s %12s %7s %10s %8s %8s  %s",
        "", "median us", "+-", "GFLOP/s", "GB/s", "ceiling", "result");
  }

  static String line(Result r) {
    double spread = r.micros() == 0 ? 0 : (r.highMicros() - r.lowMicros()) / 2 / r.micros();
    return String.format(
        Locale.ROOT,
        "%-52s %12s %6.1f%% %10s %8s %8s  %s",
        r.name(),
        time(r.micros()),
        100 * spread,
        number(r.gigaflops(), ""),
        number(r.gigabytes(), ""),
        number(r.percent(), "%"),
        r.wrong() == null ? "right" : "WRONG: " + r.wrong());
  }

  private static String time(double micros) {
    return String.format(
        Locale.ROOT, micros < 10 ? "%.3f" : micros < 1000 ? "%.1f" : "%,.0f", micros);
  }

  private static String number(double value, String unit) {
    return value == 0 ? "" : String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value) + unit;
  }
}
