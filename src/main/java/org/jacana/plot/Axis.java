package org.jacana.plot;

import java.util.stream.IntStream;

/**
 * One direction of a chart.
 *
 * @param label what is shown, with its unit
 * @param log whether equal factors have equal lengths
 * @param whole whether only whole numbers are marked
 * @param low first number shown; NaN to follow from the data
 * @param high last number shown; NaN to follow from the data
 */
record Axis(String label, boolean log, boolean whole, double low, double high) {
  Axis(String label) {
    this(label, false, false, Double.NaN, Double.NaN);
  }

  Axis logarithmic() {
    return new Axis(label, true, false, low, high);
  }

  Axis wholeNumbers() {
    return new Axis(label, log, true, low, high);
  }

  Axis range(String chart, double from, double to) {
    if (from >= to || Double.isInfinite(from) || Double.isInfinite(to) || log && from <= 0) {
      throw new IllegalArgumentException(
          chart
              + ": a range of '"
              + label
              + "' needs low < high, both finite"
              + (log ? " and positive on a logarithmic axis" : "")
              + ", got "
              + from
              + " and "
              + to);
    }
    return new Axis(label, log, whole, from, to);
  }

  /** This with both ends: the given ones, else what holds the data with a little room. */
  Axis around(double least, double most) {
    double a = least;
    double b = most;
    if (!(a <= b)) {
      a = log ? 1 : 0;
      b = log ? 10 : 1;
    }
    if (log) {
      a = roundDown(a);
      b = roundUp(b);
      if (a == b) {
        a = roundDown(a * 0.99);
        b = roundUp(b * 1.01);
      }
    } else {
      double room = a == b ? (whole || a == 0 ? 1 : Math.abs(a) * 0.1) : 0.04 * (b - a);
      // Numbers that are not negative keep their zero.
      a = a >= 0 && a < room ? 0 : a - room;
      b += room;
    }
    return new Axis(label, log, whole, Double.isNaN(low) ? a : low, Double.isNaN(high) ? b : high);
  }

  /** The largest of 1, 2 and 5 times a power of ten that is not above v. */
  private static double roundDown(double v) {
    double power = Math.pow(10, Math.floor(Math.log10(v) + 1e-12));
    double lead = v / power * (1 + 1e-12);
    return power * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1);
  }

  private static double roundUp(double v) {
    double power = Math.pow(10, Math.floor(Math.log10(v) + 1e-12));
    double lead = v / power * (1 - 1e-12);
    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
  }

  /** Powers of ten between the ends of a logarithmic axis. */
  double decades() {
    return log ? Math.log10(high / low) : 0;
  }

  /** Whether there are too many powers of ten to show what lies between them. */
  boolean crowded() {
    return decades() > 9;
  }

  /** The label of a tick, a space for one that is not to be labelled. */
  String tick(double v) {
    if (decades() <= 1) {
      return Numbers.tick(v);
    }
    int exponent = (int) Math.floor(Math.log10(v) + 1e-9);
    double lead = v / Math.pow(10, exponent);
    boolean power = Math.abs(lead - 1) < 1e-6;
    boolean between = Math.abs(lead - 2) < 1e-6 || Math.abs(lead - 5) < 1e-6;
    boolean shown = power ? labelled(exponent) : between && decades() <= 3;
    return shown ? Numbers.tick(v) : " ";
  }

  /** Every power of ten, or every second, third and so on, so that there are ten at most. */
  private boolean labelled(int exponent) {
    return exponent % Math.max(1, (int) Math.ceil(decades() / 10)) == 0;
  }

  /** Numbers 1 to 9 times powers of ten inside the axis: those with 1, or the others. */
  double[] logTicks(boolean decade) {
    int from = (int) Math.floor(Math.log10(low));
    int to = (int) Math.ceil(Math.log10(high));
    return IntStream.rangeClosed(from, to)
        .filter(e -> decade ? labelled(e) : !crowded())
        .boxed()
        .flatMapToDouble(
            e ->
                IntStream.rangeClosed(decade ? 1 : 2, decade ? 1 : 9)
                    .mapToDouble(k -> k * Math.pow(10, e)))
        .filter(v -> v >= low && v <= high)
        .toArray();
  }
}
