package org.jacana;

import java.util.Locale;

/** Prints tensors as NumPy does: aligned columns, and an ellipsis in axes of more than 1,000. */
final class Printer {
  private static final int EDGE = 3;
  private static final int THRESHOLD = 1000;

  private final boolean shorten;
  private final Format format;
  private final Tensor t;

  private Printer(Tensor t) {
    this.t = t;
    this.shorten = t.size() > THRESHOLD;
    this.format = new Format(t.dtype(), values(t));
  }

  static String print(Tensor t) {
    String body;
    if (t.size() == 0) {
      body = "[]";
    } else {
      try (Scope s = Scope.open(t.device());
          var off = org.jacana.autograd.Autograd.noGrad()) {
        Printer p = new Printer(t);
        StringBuilder out = new StringBuilder();
        p.write(t, 0, out);
        body = out.toString();
      }
    }
    return body + " " + t.dtype() + t.shape();
  }

  /** The values that will be shown. */
  private double[] values(Tensor x) {
    Tensor shown = x;
    for (int a = 0; shorten && a < x.rank(); a++) {
      int n = x.shape().dim(a);
      if (n > 2 * EDGE) {
        shown = Tensor.concat(a, shown.slice(a, 0, EDGE), shown.slice(a, n - EDGE, n));
      }
    }
    return shown.doubles();
  }

  private void write(Tensor x, int depth, StringBuilder out) {
    if (x.rank() == 0) {
      out.append(format.of(x.item()));
      return;
    }
    int n = x.shape().dim(0);
    boolean cut = shorten && n > 2 * EDGE;
    double[] row = x.rank() == 1 && !cut ? x.doubles() : null;
    out.append('[');
    for (int i = 0; i < n; i++) {
      if (i > 0) {
        if (x.rank() == 1) {
          out.append(' ');
        } else {
          out.append("\n".repeat(x.rank() - 1)).append(" ".repeat(depth + 1));
        }
      }
      if (cut && i == EDGE) {
        out.append("...");
        i = n - EDGE - 1;
        continue;
      }
      if (row != null) {
        out.append(format.of(row[i]));
      } else {
        write(x.select(0, i), depth + 1, out);
      }
    }
    out.append(']');
  }

  /** One width and one number of digits for all values. */
  private static final class Format {
    private final DType dtype;
    private final boolean scientific;
    private final int digits;
    private final int width;

    Format(DType dtype, double[] values) {
      this.dtype = dtype;
      double high = 0;
      double low = Double.POSITIVE_INFINITY;
      for (double v : values) {
        double a = Math.abs(v);
        if (a > 0 && a <= Double.MAX_VALUE) {
          high = Math.max(high, a);
          low = Math.min(low, a);
        }
      }
      scientific =
          dtype.isFloat()
              && high > 0
              && (high >= 1e8 || low < 1e-4 || high / low > 1e3 && low < 1e-4);
      int most = 0;
      if (dtype.isFloat()) {
        for (double v : values) {
          most = Math.max(most, decimals(v));
        }
      }
      digits = most;
      int widest = 0;
      for (double v : values) {
        widest = Math.max(widest, plain(v).length());
      }
      width = widest;
    }

    /** Digits after the point that a value needs, at most 4. */
    private int decimals(double v) {
      if (Double.isNaN(v) || Double.isInfinite(v)) {
        return 0;
      }
      if (scientific) {
        return 4;
      }
      for (int d = 0; d < 4; d++) {
        double scaled = v * Math.pow(10, d);
        if (Math.abs(scaled - Math.rint(scaled)) < 1e-4 * Math.max(1, Math.abs(scaled)) * 1e-2) {
          return d;
        }
      }
      return 4;
    }

    private String plain(double v) {
      if (dtype == DType.BOOL) {
        return v != 0 ? "true" : "false";
      }
      if (Double.isNaN(v)) {
        return "nan";
      }
      if (Double.isInfinite(v)) {
        return v > 0 ? "inf" : "-inf";
      }
      if (!dtype.isFloat()) {
        return Long.toString((long) v);
      }
      String s = String.format(Locale.ROOT, "%." + digits + (scientific ? "e" : "f"), v);
      return digits == 0 && !scientific ? s + "." : s;
    }

    String of(double v) {
      String s = plain(v);
      return " ".repeat(width - s.length()) + s;
    }
  }
}
