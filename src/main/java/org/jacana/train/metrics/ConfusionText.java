package org.jacana.train.metrics;

import java.util.List;
import java.util.Locale;

/** A confusion matrix as text. */
final class ConfusionText {
  /** Wider matrices fill no terminal; their classes are still listed. */
  private static final int WIDEST = 25;

  private ConfusionText() {}

  static String of(Confusion c) {
    List<String> names = c.names();
    int wide = names.stream().mapToInt(String::length).max().orElse(0);
    int name = Math.max(wide, "weighted mean".length());
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT, "%s examples, accuracy %.4f%n%n", count(c.total()), c.accuracy()));
    row(out, name, "", "precision", "recall", "f1", "examples");
    for (int i = 0; i < names.size(); i++) {
      numbers(out, name, names.get(i), c.precision(i), c.recall(i), c.f1(i), c.actual(i));
    }
    for (Average a : new Average[] {Average.MACRO, Average.WEIGHTED}) {
      String label = a.name().toLowerCase(Locale.ROOT) + " mean";
      numbers(out, name, label, c.precision(a), c.recall(a), c.f1(a), c.total());
    }
    if (names.size() <= WIDEST) {
      matrix(out, c, wide);
    }
    return out.toString();
  }

  private static void numbers(
      StringBuilder out, int width, String name, double p, double r, double f, double n) {
    row(out, width, name, fixed(p), fixed(r), fixed(f), count(n));
  }

  private static void row(
      StringBuilder out, int width, String name, String p, String r, String f, String n) {
    out.append(
        String.format(Locale.ROOT, "%-" + width + "s  %9s  %9s  %9s  %9s%n", name, p, r, f, n));
  }

  private static void matrix(StringBuilder out, Confusion c, int wide) {
    List<String> names = c.names();
    int n = names.size();
    double[][] counts = c.counts();
    String[] columns = new String[n];
    int cell = 1;
    for (int p = 0; p < n; p++) {
      columns[p] = names.get(p);
      cell = Math.max(cell, Math.min(12, columns[p].length()));
      for (double[] row : counts) {
        cell = Math.max(cell, count(row[p]).length());
      }
    }
    out.append(
        String.format("%nrows: actual, columns: predicted%n%" + Math.max(1, wide) + "s", ""));
    for (String column : columns) {
      String text = column.length() > cell ? column.substring(0, cell) : column;
      out.append(String.format("  %" + cell + "s", text));
    }
    out.append(System.lineSeparator());
    for (int a = 0; a < n; a++) {
      out.append(String.format("%-" + Math.max(1, wide) + "s", names.get(a)));
      for (int p = 0; p < n; p++) {
        out.append(String.format("  %" + cell + "s", count(counts[a][p])));
      }
      out.append(System.lineSeparator());
    }
  }

  private static String fixed(double v) {
    return String.format(Locale.ROOT, "%.4f", v);
  }

  /** A whole number as one; weights with three decimals. */
  private static String count(double n) {
    return n == Math.rint(n) ? Long.toString((long) n) : String.format(Locale.ROOT, "%.3f", n);
  }
}
