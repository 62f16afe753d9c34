package org.jacana.backend.cpu;

import java.nio.FloatBuffer;
import org.jacana.DType;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Loops;

/**
 * Batch norm of dense BF16 [rows, channels] by oneDNN, statistics and parameters being F32. Pieces
 * of the rows have moments and sums of their own, joined in order in double (Chan, Golub and
 * LeVeque 1983), so that the bits do not depend on the number of threads.
 */
final class Bf16BatchNorm {
  private static final int BYTES = DType.BF16.bytes();

  private final Split split;
  private final int c;
  private final long rows;

  private Bf16BatchNorm(Split split, View x) {
    this.split = split;
    this.c = x.layout().dim(x.layout().rank() - 1);
    this.rows = x.size() / c;
  }

  /** Whether oneDNN takes these, all BF16. */
  static boolean takes(View... views) {
    for (View v : views) {
      if (v != null && (v.dtype() != DType.BF16 || !v.layout().isContiguous() || v.size() == 0)) {
        return false;
      }
    }
    int rank = views[0].layout().rank();
    // Vectors of whole registers: other counts of channels have no kernel.
    return Bf16.available() && views[0].layout().dim(rank - 1) % 16 == 0;
  }

  private long at(View v, int row) {
    return Operands.address(v) + BYTES * (long) row * c;
  }

  /** Rows of one float for each channel. */
  private final class Table implements AutoCloseable {
    private final long stride = (4L * c + Native.ALIGNMENT - 1) & -Native.ALIGNMENT;
    private final long address;

    Table(int n) {
      address = Native.allocate(n * stride);
    }

    long row(int i) {
      return address + i * stride;
    }

    private FloatBuffer floats(int i) {
      return Native.view(row(i), 4L * c).asFloatBuffer();
    }

    float[] get(int i) {
      float[] values = new float[c];
      floats(i).get(values);
      return values;
    }

    void put(int i, double[] values) {
      float[] f = new float[c];
      for (int k = 0; k < c; k++) {
        f[k] = (float) values[k];
      }
      floats(i).put(f);
    }

    void put(int i, View v) {
      float[] f = new float[c];
      new Cursor(v).get(0, c, f);
      floats(i).put(f);
    }

    @Override
    public void close() {
      Native.free(address);
    }
  }

  private static void put(View v, double[] values) {
    float[] f = new float[values.length];
    for (int k = 0; k < f.length; k++) {
      f[k] = (float) values[k];
    }
    new Cursor(v).put(0, f.length, f);
  }

  private double[] channels(View v) {
    double[] values = new double[c];
    new Cursor(v).get(0, c, values);
    return values;
  }

  /** y = relu?(norm(x) + residual), the residual being null where there is none. */
  static boolean forward(
      Split split,
      View y,
      View mean,
      View variance,
      View x,
      View residual,
      View gamma,
      View beta,
      double epsilon,
      boolean relu) {
    return new Bf16BatchNorm(split, x)
        .forward(y, mean, variance, x, residual, gamma, beta, epsilon, relu);
  }

  private boolean forward(
      View y,
      View mean,
      View variance,
      View x,
      View residual,
      View gamma,
      View beta,
      double epsilon,
      boolean relu) {
    int pieces = split.pieces(rows, c);
    try (Table parts = new Table(2 * pieces);
        Table factors = new Table(4)) {
      boolean done =
          split.rows(
              rows,
              c,
              (i, from, to) ->
                  OneDnn.moments(
                      parts.row(2 * i), parts.row(2 * i + 1), at(x, from), to - from, c));
      if (!done) {
        return false;
      }
      double[] m = new double[c];
      double[] v = new double[c];
      join(parts, pieces, m, v);
      put(mean, m);
      put(variance, v);
      factors.put(0, m);
      factors.put(1, v);
      factors.put(2, gamma);
      factors.put(3, beta);
      return split.rows(
          rows,
          c,
          (i, from, to) -> {
            long out = at(y, from);
            return OneDnn.normalise(
                    out,
                    at(x, from),
                    factors.row(0),
                    factors.row(1),
                    factors.row(2),
                    factors.row(3),
                    residual == null ? 0 : at(residual, from),
                    (float) epsilon,
                    to - from,
                    c)
                && (!relu || Split.rectify(DType.BF16, out, (long) (to - from) * c));
          });
    }
  }

  /** Mean and biased variance of all rows from those of the pieces. */
  private void join(Table parts, int pieces, double[] m, double[] v) {
    double seen = 0;
    int size = split.pieceRows(rows, c);
    for (int i = 0; i < pieces; i++) {
      float[] means = parts.get(2 * i);
      float[] variances = parts.get(2 * i + 1);
      double count = Math.min(rows, (i + 1L) * size) - (double) i * size;
      double all = seen + count;
      for (int k = 0; k < c; k++) {
        double apart = means[k] - m[k];
        m[k] += apart * count / all;
        v[k] += variances[k] * count + apart * apart * seen * count / all;
      }
      seen = all;
    }
    for (int k = 0; k < c; k++) {
      v[k] /= rows;
    }
  }

  /**
   * The gradient of {@link #forward}.
   *
   * @param y the rectified output, whose positive elements let dy pass; null without a rectifier
   * @param passed receives what passed, and may be dx; dy itself without a rectifier
   */
  static boolean backward(
      Split split,
      View dx,
      View passed,
      View dgamma,
      View dbeta,
      View x,
      View dy,
      View y,
      View mean,
      View variance,
      View gamma,
      double epsilon) {
    return new Bf16BatchNorm(split, x)
        .backward(dx, passed, dgamma, dbeta, x, dy, y, mean, variance, gamma, epsilon);
  }

  private boolean backward(
      View dx,
      View passed,
      View dgamma,
      View dbeta,
      View x,
      View dy,
      View y,
      View mean,
      View variance,
      View gamma,
      double epsilon) {
    int pieces = split.pieces(rows, c);
    try (Table parts = new Table(2 * pieces);
        Table factors = new Table(5)) {
      factors.put(0, mean);
      factors.put(1, variance);
      factors.put(2, gamma);
      boolean done =
          split.rows(
              rows,
              c,
              (i, from, to) -> {
                long d = at(passed, from);
                if (y != null) {
                  Bf16.reluGrad(Loops.SERIAL, d, at(dy, from), at(y, from), (to - from) * (long) c);
                }
                return OneDnn.normSums(
                    DType.BF16,
                    at(dx, from),
                    parts.row(2 * i),
                    parts.row(2 * i + 1),
                    at(x, from),
                    d,
                    factors.row(0),
                    factors.row(1),
                    factors.row(2),
                    (float) epsilon,
                    to - from,
                    c);
              });
      if (!done) {
        return false;
      }
      double[] dg = new double[c];
      double[] db = new double[c];
      for (int i = 0; i < pieces; i++) {
        add(dg, parts.get(2 * i));
        add(db, parts.get(2 * i + 1));
      }
      put(dgamma, dg);
      put(dbeta, db);
      factors(factors, channels(gamma), channels(variance), dg, db, epsilon);
      return split.rows(
          rows,
          c,
          (i, from, to) ->
              OneDnn.normalise(
                  at(dx, from),
                  at(x, from),
                  factors.row(0),
                  factors.row(1),
                  factors.row(3),
                  factors.row(4),
                  at(dx, from),
                  (float) epsilon,
                  to - from,
                  c));
    }
  }

  private static void add(double[] sum, float[] part) {
    for (int k = 0; k < sum.length; k++) {
      sum[k] += part[k];
    }
  }

  /**
   * gamma/sigma (dy - mean(dy) - xhat mean(dy xhat)) without its first term, as factor of xhat and
   * shift.
   */
  private void factors(
      Table to, double[] gamma, double[] variance, double[] dg, double[] db, double epsilon) {
    double[] factor = new double[c];
    double[] shift = new double[c];
    for (int k = 0; k < c; k++) {
      double alpha = gamma[k] / Math.sqrt(variance[k] + epsilon);
      factor[k] = -alpha * dg[k] / rows;
      shift[k] = -alpha * db[k] / rows;
    }
    to.put(3, factor);
    to.put(4, shift);
  }
}
