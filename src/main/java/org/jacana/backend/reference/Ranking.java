package org.jacana.backend.reference;

import java.util.PriorityQueue;
import org.jacana.backend.View;

/** Positions of extremes, and running sums: kernels that walk along one axis. */
final class Ranking {
  private Ranking() {}

  /** The view with {@code axis} last. */
  static View last(View v, int axis) {
    int n = v.layout().rank();
    int[] order = new int[n];
    int k = 0;
    for (int a = 0; a < n; a++) {
      if (a != axis) {
        order[k++] = a;
      }
    }
    order[n - 1] = axis;
    return v.with(v.layout().permute(order));
  }

  /** True when a is ranked before b: larger (or smaller), NaN first. */
  private static boolean before(boolean largest, double a, double b) {
    if (Double.isNaN(b)) {
      return false;
    }
    return Double.isNaN(a) || (largest ? a > b : a < b);
  }

  /** The order of topK: NaN above every number, so last among the smallest. */
  private static boolean ahead(boolean largest, double a, double b) {
    return largest ? before(true, a, b) : before(true, b, a);
  }

  static void argReduce(Loops loops, boolean largest, View out, View x, int axis) {
    View rows = last(x, axis);
    View result = last(out, axis);
    int n = x.layout().dim(axis);
    loops.ranges(
        out.size(),
        Math.max(1, 16 * Cursor.TILE / Math.max(1, n)),
        (from, to) -> {
          Cursor in = new Cursor(rows);
          Cursor o = new Cursor(result);
          double[] t = new double[n];
          double[] one = new double[1];
          for (long r = from; r < to; r++) {
            in.get(r * n, n, t);
            int best = 0;
            for (int i = 1; i < n; i++) {
              if (before(largest, t[i], t[best])) {
                best = i;
              }
            }
            one[0] = best;
            o.put(r, 1, one);
          }
        });
  }

  static void topK(Loops loops, boolean largest, View indices, View x) {
    int n = x.layout().dim(x.layout().rank() - 1);
    int k = indices.layout().dim(indices.layout().rank() - 1);
    if (k == 0) {
      return;
    }
    loops.ranges(
        indices.size() / k,
        Math.max(1, 4 * Cursor.TILE / Math.max(1, n)),
        (from, to) -> {
          Cursor in = new Cursor(x);
          Cursor o = new Cursor(indices);
          double[] t = new double[n];
          double[] best = new double[k];
          for (long r = from; r < to; r++) {
            in.get(r * n, n, t);
            // The worst of the kept k is at the head.
            PriorityQueue<Integer> kept =
                new PriorityQueue<>(
                    (a, b) ->
                        ahead(largest, t[a], t[b])
                            ? 1
                            : ahead(largest, t[b], t[a]) ? -1 : Integer.compare(b, a));
            for (int i = 0; i < n; i++) {
              kept.add(i);
              if (kept.size() > k) {
                kept.poll();
              }
            }
            for (int i = k - 1; i >= 0; i--) {
              best[i] = kept.remove();
            }
            o.put(r * k, k, best);
          }
        });
  }

  static void cumSum(Loops loops, View out, View x, int axis, boolean reverse) {
    View rows = last(x, axis);
    View result = last(out, axis);
    int n = x.layout().dim(axis);
    if (n == 0) {
      return;
    }
    loops.ranges(
        x.size() / n,
        Math.max(1, 16 * Cursor.TILE / n),
        (from, to) -> {
          Cursor in = new Cursor(rows);
          Cursor o = new Cursor(result);
          double[] t = new double[n];
          for (long r = from; r < to; r++) {
            in.get(r * n, n, t);
            double sum = 0;
            for (int i = 0; i < n; i++) {
              int k = reverse ? n - 1 - i : i;
              sum += t[k];
              t[k] = sum;
            }
            o.put(r * n, n, t);
          }
        });
  }
}
