package org.jacana.backend.reference;

import static org.jacana.backend.reference.Cursor.TILE;

import org.jacana.backend.Layout;
import org.jacana.backend.View;

/** Gather and scatter-add along an axis. */
final class Indexing {
  private Indexing() {}

  /** Walks a view element by element in logical order: the element's coordinates. */
  private static void coordinates(long linear, Layout l, int[] to) {
    for (int a = l.rank() - 1; a >= 0; a--) {
      int d = l.dim(a);
      to[a] = (int) (linear % d);
      linear /= d;
    }
  }

  private static int checked(double index, int extent, String op) {
    int i = (int) index;
    if (i < 0 || i >= extent) {
      throw new IllegalArgumentException(
          op + ": index " + i + " is out of range for an axis of " + extent + " elements");
    }
    return i;
  }

  /** The start in x, in logical elements, of what each (outer, index) pair names. */
  static void gather(Loops loops, View out, View x, View index, int axis) {
    if (rowwise(index, axis) && sameTail(out, x, axis)) {
      gatherRows(loops, out, x, index, axis);
      return;
    }
    long n = out.size();
    loops.ranges(
        n,
        4 * TILE,
        (from, to) -> {
          Cursor in = new Cursor(index);
          Cursor o = new Cursor(out);
          Cursor source = new Cursor(x);
          double[] t = new double[TILE];
          double[] one = new double[1];
          int[] at = new int[x.layout().rank()];
          for (long i = from; i < to; i += TILE) {
            int m = (int) Math.min(TILE, to - i);
            in.get(i, m, t);
            for (int k = 0; k < m; k++) {
              coordinates(i + k, out.layout(), at);
              at[axis] = checked(t[k], x.layout().dim(axis), "gather");
              source.get(linear(at, x.layout()), 1, one);
              t[k] = one[0];
            }
            o.put(i, m, t);
          }
        });
  }

  static void scatterAdd(View out, View index, View x, int axis) {
    if (rowwise(index, axis) && sameTail(x, out, axis)) {
      scatterRows(out, index, x, axis);
      return;
    }
    Cursor in = new Cursor(index);
    Cursor source = new Cursor(x);
    Cursor o = new Cursor(out);
    double[] t = new double[TILE];
    double[] v = new double[TILE];
    double[] one = new double[1];
    int[] at = new int[out.layout().rank()];
    for (long i = 0; i < x.size(); i += TILE) {
      int m = (int) Math.min(TILE, x.size() - i);
      in.get(i, m, t);
      source.get(i, m, v);
      for (int k = 0; k < m; k++) {
        coordinates(i + k, x.layout(), at);
        at[axis] = checked(t[k], out.layout().dim(axis), "scatterAdd");
        long p = linear(at, out.layout());
        o.get(p, 1, one);
        one[0] += v[k];
        o.put(p, 1, one);
      }
    }
  }

  private static long linear(int[] at, Layout l) {
    long p = 0;
    for (int a = 0; a < at.length; a++) {
      p = p * l.dim(a) + at[a];
    }
    return p;
  }

  /** One index per position of the axis, broadcast over everything else: whole rows move. */
  private static boolean rowwise(View index, int axis) {
    Layout l = index.layout();
    for (int a = 0; a < l.rank(); a++) {
      if (a != axis && l.dim(a) != 1 && l.stride(a) != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameTail(View a, View b, int axis) {
    for (int i = 0; i < a.layout().rank(); i++) {
      if (i != axis && a.layout().dim(i) != b.layout().dim(i)) {
        return false;
      }
    }
    return true;
  }

  private static int[] indices(View index, int axis, int extent, String op) {
    Layout l = index.layout();
    int n = l.dim(axis);
    if (index.size() == 0) {
      return new int[0];
    }
    for (int a = 0; a < l.rank(); a++) {
      if (a != axis) {
        l = l.slice(a, 0, 1, 1);
      }
    }
    double[] t = new double[n];
    new Cursor(index.with(l)).get(0, n, t);
    int[] out = new int[n];
    for (int i = 0; i < n; i++) {
      out[i] = checked(t[i], extent, op);
    }
    return out;
  }

  private static void gatherRows(Loops loops, View out, View x, View index, int axis) {
    int extent = x.layout().dim(axis);
    int[] rows = indices(index, axis, extent, "gather");
    long inner = 1;
    for (int a = axis + 1; a < x.layout().rank(); a++) {
      inner *= x.layout().dim(a);
    }
    long outer = rows.length == 0 || inner == 0 ? 0 : out.size() / rows.length / inner;
    long width = inner;
    loops.ranges(
        outer * rows.length,
        Math.max(1, 16 * TILE / Math.max(1, inner)),
        (from, to) -> {
          Cursor source = new Cursor(x);
          Cursor o = new Cursor(out);
          double[] t = new double[(int) Math.min(TILE, width)];
          for (long r = from; r < to; r++) {
            long start = (r / rows.length * extent + rows[(int) (r % rows.length)]) * width;
            for (long i = 0; i < width; i += TILE) {
              int m = (int) Math.min(TILE, width - i);
              source.get(start + i, m, t);
              o.put(r * width + i, m, t);
            }
          }
        });
  }

  private static void scatterRows(View out, View index, View x, int axis) {
    int extent = out.layout().dim(axis);
    int[] rows = indices(index, axis, extent, "scatterAdd");
    long inner = 1;
    for (int a = axis + 1; a < x.layout().rank(); a++) {
      inner *= x.layout().dim(a);
    }
    long outer = rows.length == 0 || inner == 0 ? 0 : x.size() / rows.length / inner;
    Cursor source = new Cursor(x);
    Cursor o = new Cursor(out);
    double[] s = new double[(int) Math.min(TILE, inner)];
    double[] t = new double[s.length];
    for (long r = 0; r < outer * rows.length; r++) {
      long start = (r / rows.length * extent + rows[(int) (r % rows.length)]) * inner;
      for (long i = 0; i < inner; i += TILE) {
        int m = (int) Math.min(TILE, inner - i);
        source.get(r * inner + i, m, s);
        o.get(start + i, m, t);
        for (int k = 0; k < m; k++) {
          t[k] += s[k];
        }
        o.put(start + i, m, t);
      }
    }
  }
}
