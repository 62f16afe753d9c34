package org.jacana.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Two runs of the benchmark, side by side.
 *
 * @param rows works that both have
 * @param missing names that only the old run has
 */
record Comparison(List<Row> rows, List<String> missing) {
  /**
   * One work.
   *
   * @param ratio new median by old median: below 1 is faster
   * @param clear whether the quartiles do not overlap
   */
  record Row(String name, double oldMicros, double newMicros, double ratio, boolean clear) {}

  static Comparison of(List<Result> before, List<Result> now) {
    Map<String, Result> named =
        now.stream().collect(Collectors.toMap(Result::name, Function.identity()));
    List<Row> rows = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (Result a : before) {
      Result b = named.get(a.name());
      if (b == null) {
        missing.add(a.name());
      } else if (a.micros() > 0 && b.micros() > 0) {
        boolean clear = b.lowMicros() > a.highMicros() || b.highMicros() < a.lowMicros();
        rows.add(new Row(a.name(), a.micros(), b.micros(), b.micros() / a.micros(), clear));
      }
    }
    return new Comparison(rows, missing);
  }

  /** The largest ratio among those that are clear; 0 where there is none. */
  double worst() {
    return rows.stream().filter(Row::clear).mapToDouble(Row::ratio).max().orElse(0);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(String.format("%-52s %12s %12s %7s%n", "", "old us", "new us", "ratio"));
    for (Row r : rows) {
      String verdict = !r.clear ? "" : r.ratio > 1 ? "slower" : "faster";
      text.append(
          String.format(
              Locale.ROOT,
              "%-52s %12.2f %12.2f %7.3f  %s%n",
              r.name,
              r.oldMicros,
              r.newMicros,
              r.ratio,
              verdict));
    }
    if (!missing.isEmpty()) {
      text.append("not measured now: ").append(String.join(", ", missing)).append('\n');
    }
    return text.toString();
  }
}
