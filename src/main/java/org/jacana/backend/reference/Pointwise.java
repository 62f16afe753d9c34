package org.jacana.backend.reference;

import static org.jacana.backend.reference.Cursor.TILE;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.backend.BinaryKernel;
import org.jacana.backend.UnaryKernel;
import org.jacana.backend.View;

/** Pointwise kernels, tile by tile in double. */
final class Pointwise {
  private static final long GRAIN = 16 * TILE;

  private Pointwise() {}

  static void fill(Loops loops, View out, double value) {
    loops.ranges(
        out.size(),
        GRAIN,
        (from, to) -> {
          Cursor o = new Cursor(out);
          double[] t = new double[(int) Math.min(TILE, to - from)];
          Arrays.fill(t, value);
          for (long i = from; i < to; i += TILE) {
            o.put(i, (int) Math.min(TILE, to - i), t);
          }
        });
  }

  static void copy(Loops loops, View out, View x) {
    loops.ranges(
        out.size(),
        GRAIN,
        (from, to) -> {
          Cursor o = new Cursor(out);
          Cursor a = new Cursor(x);
          double[] t = new double[(int) Math.min(TILE, to - from)];
          for (long i = from; i < to; i += TILE) {
            int n = (int) Math.min(TILE, to - i);
            a.get(i, n, t);
            o.put(i, n, t);
          }
        });
  }

  static void unary(Loops loops, UnaryKernel f, double p, double q, View out, View x) {
    boolean exact = out.dtype() == DType.I32 && f.kernel().equals("square");
    loops.ranges(
        out.size(),
        GRAIN,
        (from, to) -> {
          Cursor o = new Cursor(out);
          Cursor a = new Cursor(x);
          double[] t = new double[(int) Math.min(TILE, to - from)];
          for (long i = from; i < to; i += TILE) {
            int n = (int) Math.min(TILE, to - i);
            a.get(i, n, t);
            if (exact) {
              for (int k = 0; k < n; k++) {
                t[k] = (int) t[k] * (int) t[k];
              }
            } else {
              for (int k = 0; k < n; k++) {
                t[k] = f.apply(t[k], p, q);
              }
            }
            o.put(i, n, t);
          }
        });
  }

  static void binary(Loops loops, BinaryKernel f, View out, View x, View y) {
    // A double cannot hold every product of two ints, which wraps around.
    boolean exact = out.dtype() == DType.I32 && f.kernel().equals("mul");
    loops.ranges(
        out.size(),
        GRAIN,
        (from, to) -> {
          Cursor o = new Cursor(out);
          Cursor a = new Cursor(x);
          Cursor b = new Cursor(y);
          double[] s = new double[(int) Math.min(TILE, to - from)];
          double[] t = new double[s.length];
          for (long i = from; i < to; i += TILE) {
            int n = (int) Math.min(TILE, to - i);
            a.get(i, n, s);
            b.get(i, n, t);
            if (exact) {
              for (int k = 0; k < n; k++) {
                s[k] = (int) s[k] * (int) t[k];
              }
            } else {
              for (int k = 0; k < n; k++) {
                s[k] = f.apply(s[k], t[k]);
              }
            }
            o.put(i, n, s);
          }
        });
  }

  static void where(Loops loops, View out, View mask, View x, View y) {
    loops.ranges(
        out.size(),
        GRAIN,
        (from, to) -> {
          Cursor o = new Cursor(out);
          Cursor m = new Cursor(mask);
          Cursor a = new Cursor(x);
          Cursor b = new Cursor(y);
          double[] c = new double[(int) Math.min(TILE, to - from)];
          double[] s = new double[c.length];
          double[] t = new double[c.length];
          for (long i = from; i < to; i += TILE) {
            int n = (int) Math.min(TILE, to - i);
            m.get(i, n, c);
            a.get(i, n, s);
            b.get(i, n, t);
            for (int k = 0; k < n; k++) {
              s[k] = c[k] != 0 ? s[k] : t[k];
            }
            o.put(i, n, s);
          }
        });
  }
}
