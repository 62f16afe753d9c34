package org.jacana.backend.reference;

import static org.jacana.backend.reference.Cursor.TILE;

import java.util.Arrays;
import org.jacana.backend.Layout;
import org.jacana.backend.Reduction;
import org.jacana.backend.View;

/**
 * Reductions. The input is seen as [outer, reduced, inner], inner being the kept axes at its end,
 * and each piece of 2^15 elements or so is summed in double on its own; pieces are joined in order,
 * so the result does not depend on who ran them.
 */
final class Reducing {
  private static final int PIECE = 32 * TILE;

  private Reducing() {}

  /** Axes as [kept outer..., reduced..., kept suffix...]. */
  private record Plan(View x, View out, long outer, long reduced, int inner) {
    static Plan of(View out, View x) {
      int n = x.layout().rank();
      int suffix = n;
      while (suffix > 0 && !reduced(out, x, suffix - 1)) {
        suffix--;
      }
      int[] order = new int[n];
      int k = 0;
      long outer = 1;
      long red = 1;
      long inner = 1;
      for (int a = 0; a < suffix; a++) {
        if (!reduced(out, x, a)) {
          order[k++] = a;
          outer *= x.layout().dim(a);
        }
      }
      for (int a = 0; a < suffix; a++) {
        if (reduced(out, x, a)) {
          order[k++] = a;
          red *= x.layout().dim(a);
        }
      }
      for (int a = suffix; a < n; a++) {
        order[k++] = a;
        inner *= x.layout().dim(a);
      }
      Layout lx = x.layout().permute(order);
      Layout lo = out.layout().permute(order);
      return new Plan(x.with(lx), out.with(lo), outer, red, (int) inner);
    }

    private static boolean reduced(View out, View x, int axis) {
      return out.layout().dim(axis) == 1 && x.layout().dim(axis) != 1;
    }
  }

  static void reduce(Loops loops, Reduction f, View out, View x) {
    if (out.size() == 0) {
      return;
    }
    if (x.size() == 0) {
      Pointwise.fill(loops, out, f.identity());
      return;
    }
    Plan p = Plan.of(out, x);
    if (p.inner() == 1) {
      rows(loops, f, p);
    } else {
      columns(loops, f, p);
    }
  }

  /** Each output is a run of elements. */
  private static void rows(Loops loops, Reduction f, Plan p) {
    long r = p.reduced();
    long outer = p.outer();
    if (r <= PIECE) {
      long rowsPerPiece = Math.max(1, PIECE / r);
      loops.ranges(
          outer,
          rowsPerPiece,
          (from, to) -> {
            Cursor x = new Cursor(p.x());
            Cursor o = new Cursor(p.out());
            double[] t = new double[(int) Math.min(TILE, r)];
            double[] result = new double[(int) Math.min(to - from, TILE)];
            for (long row = from; row < to; row += result.length) {
              int m = (int) Math.min(result.length, to - row);
              for (int i = 0; i < m; i++) {
                result[i] = run(f, x, (row + i) * r, (row + i + 1) * r, t);
              }
              o.put(row, m, result);
            }
          });
      return;
    }
    int pieces = Math.toIntExact((r + PIECE - 1) / PIECE);
    double[] partial = new double[Math.toIntExact(outer * pieces)];
    loops.run(
        partial.length,
        i -> {
          long row = i / pieces;
          long from = (i % pieces) * (long) PIECE;
          partial[i] =
              run(
                  f,
                  new Cursor(p.x()),
                  row * r + from,
                  row * r + Math.min(r, from + PIECE),
                  new double[TILE]);
        });
    Cursor o = new Cursor(p.out());
    double[] one = new double[1];
    for (int row = 0; row < outer; row++) {
      double acc = partial[row * pieces];
      for (int i = 1; i < pieces; i++) {
        acc = f.join(acc, partial[row * pieces + i]);
      }
      one[0] = acc;
      o.put(row, 1, one);
    }
  }

  private static double run(Reduction f, Cursor x, long from, long to, double[] t) {
    double acc = f.identity();
    for (long i = from; i < to; i += t.length) {
      int n = (int) Math.min(t.length, to - i);
      x.get(i, n, t);
      acc = f.join(acc, tile(f, t, n));
    }
    return acc;
  }

  private static double tile(Reduction f, double[] t, int n) {
    if (f == Reduction.SUM) {
      double a = 0;
      double b = 0;
      double c = 0;
      double d = 0;
      int i = 0;
      for (; i + 4 <= n; i += 4) {
        a += t[i];
        b += t[i + 1];
        c += t[i + 2];
        d += t[i + 3];
      }
      for (; i < n; i++) {
        a += t[i];
      }
      return (a + b) + (c + d);
    }
    double acc = f.identity();
    for (int i = 0; i < n; i++) {
      acc = f.join(acc, t[i]);
    }
    return acc;
  }

  /** Each output is a column of a [reduced, inner] block. */
  private static void columns(Loops loops, Reduction f, Plan p) {
    int c = p.inner();
    long r = p.reduced();
    long rowsPerPiece = Math.max(1, PIECE / c);
    int pieces = Math.toIntExact((r + rowsPerPiece - 1) / rowsPerPiece);
    for (long o = 0; o < p.outer(); o++) {
      long base = o * r * c;
      double[][] partial = new double[pieces][];
      loops.run(
          pieces,
          i -> {
            long from = i * rowsPerPiece;
            partial[i] =
                block(f, new Cursor(p.x()), base, from, Math.min(r, from + rowsPerPiece), c);
          });
      double[] acc = partial[0];
      for (int i = 1; i < pieces; i++) {
        join(f, acc, partial[i], 0, c);
      }
      new Cursor(p.out()).put(o * c, c, acc);
    }
  }

  private static double[] block(Reduction f, Cursor x, long base, long from, long to, int c) {
    double[] acc = new double[c];
    Arrays.fill(acc, f.identity());
    int rows = Math.max(1, TILE / c);
    double[] t = Tiles.doubles((int) Math.min(rows, to - from) * c);
    for (long r = from; r < to; r += rows) {
      int m = (int) Math.min(rows, to - r);
      x.get(base + r * c, m * c, t);
      for (int i = 0; i < m; i++) {
        join(f, acc, t, i * c, c);
      }
    }
    return acc;
  }

  private static void join(Reduction f, double[] acc, double[] t, int at, int c) {
    if (f == Reduction.SUM) {
      for (int k = 0; k < c; k++) {
        acc[k] += t[at + k];
      }
    } else {
      for (int k = 0; k < c; k++) {
        acc[k] = f.join(acc[k], t[at + k]);
      }
    }
  }
}
