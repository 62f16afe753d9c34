package org.jacana.op;

import static org.jacana.op.OpCase.args;
import static org.jacana.op.OpCase.row;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jacana.Tensor;
import org.jacana.TensorReductions;

/** Rows of norms, order statistics and running products. */
final class StatisticsCases {
  private final List<OpCase> rows = new ArrayList<>();

  static List<OpCase> all() {
    StatisticsCases t = new StatisticsCases();
    t.norms();
    t.counts();
    t.alongAxes();
    t.located();
    t.moments();
    return t.rows;
  }

  private void norms() {
    int[][][] samples = {{{2, 3}, {1}}, {{2, 3, 2}, {0, 2}}, {{2, 3}, {}}, {{4}, {-1}}, {{}, {}}};
    double inf = Double.POSITIVE_INFINITY;
    for (int[][] s : samples) {
      String sample = " " + Arrays.deepToString(s);
      for (double p : new double[] {1, 2, 3, 0.5, -1, 0, inf, -inf}) {
        rows.add(
            row(
                    "norm(double,int[],boolean) " + p + sample,
                    v -> args(v.signed(0.5, 2, s[0])),
                    x -> x[0].norm(p, s[1], s[1].length == 1))
                .transcendental());
      }
      rows.add(
          row("norm(int...)" + sample, v -> args(v.signed(0.5, 2, s[0])), x -> x[0].norm(s[1]))
              .transcendental()
              .order(3));
    }
    rows.add(row("norm(int...) empty", v -> args(v.in(-2, 2, 0, 3)), x -> x[0].norm(0)));
  }

  private void counts() {
    int[][][] samples = {{{2, 3}, {1}}, {{2, 3, 2}, {0, 2}}, {{2, 3}, {}}, {{0, 3}, {1}}};
    for (int[][] s : samples) {
      String sample = " " + Arrays.deepToString(s);
      rows.add(
          row("nanSum(int...)" + sample, v -> args(v.in(-2, 2, s[0])), x -> x[0].nanSum(s[1]))
              .reduction());
      rows.add(
          row("nanMean(int...)" + sample, v -> args(v.in(-2, 2, s[0])), x -> x[0].nanMean(s[1]))
              .reduction());
      rows.add(
          row(
                  "countNonZero(int...)" + sample,
                  v -> args(v.whole(-1, 1, s[0])),
                  x -> x[0].countNonZero(s[1]))
              .constant());
    }
  }

  private void alongAxes() {
    int[][][] samples = {
      {{2, 5}, {1}}, {{4, 3}, {0}}, {{2, 3, 2}, {1}}, {{6}, {-1}}, {{2, 1}, {1}}, {{0, 3}, {1}}
    };
    for (int[][] s : samples) {
      int axis = s[1][0];
      String sample = " " + Arrays.deepToString(s);
      for (boolean down : new boolean[] {false, true}) {
        rows.add(
            row(
                    "argsort(int,boolean) " + down + sample,
                    v -> args(v.whole(-1, 1, s[0])),
                    x -> x[0].argsort(axis, down))
                .constant());
        rows.add(
            row(
                    "sort(int,boolean) " + down + sample,
                    v -> args(v.in(-2, 2, s[0])),
                    x -> x[0].sort(axis, down))
                .exact());
        rows.add(
            row(
                    "median(int,boolean) " + down + sample,
                    v -> args(v.in(-2, 2, s[0])),
                    x -> x[0].median(axis, down))
                .exact());
      }
      rows.add(
          row("cumProd(int)" + sample, v -> args(v.signed(0.5, 1.5, s[0])), x -> x[0].cumProd(axis))
              .transcendental()
              .order(3));
      rows.add(
          row(
                  "cumProd(int) zeros" + sample,
                  v -> args(v.whole(0, 2, s[0])),
                  x -> x[0].cumProd(axis))
              .transcendental());
      rows.add(
          row(
                  "logCumSumExp(int)" + sample,
                  v -> args(v.in(-3, 3, s[0])),
                  x -> x[0].logCumSumExp(axis))
              .transcendental()
              .order(3));
    }
  }

  private void located() {
    int[][][] samples = {
      {{2, 5}, {1}}, {{4, 3}, {0}}, {{2, 3, 2}, {1}}, {{6}, {-1}}, {{2, 1}, {1}}
    };
    for (int[][] s : samples) {
      int axis = s[1][0];
      String sample = " " + Arrays.deepToString(s);
      along("maxAt(int,boolean)" + sample, s[0], x -> x.maxAt(axis, true).values());
      along("minAt(int,boolean)" + sample, s[0], x -> x.minAt(axis, false).values());
      along("cumMax(int)" + sample, s[0], x -> x.cumMax(axis).values());
      along("cumMin(int)" + sample, s[0], x -> x.cumMin(axis).values());
      positions("maxAt(int,boolean) positions" + sample, s[0], x -> x.maxAt(axis, true).indices());
      positions("cumMax(int) positions" + sample, s[0], x -> x.cumMax(axis).indices());
      positions("cumMin(int) positions" + sample, s[0], x -> x.cumMin(axis).indices());
      for (int n = 0; n < 3; n++) {
        int times = n;
        rows.add(
            row(
                    "diff(int,int) " + n + sample,
                    v -> args(v.in(-2, 2, s[0])),
                    x -> x[0].diff(times, axis))
                .terms(9));
      }
      for (double q : new double[] {0, 0.3, 0.5, 1}) {
        rows.add(
            row(
                    "quantile(double,int,boolean) " + q + sample,
                    v -> args(v.in(-2, 2, s[0])),
                    x -> x[0].quantile(q, axis, q == 0.5))
                .terms(9));
      }
    }
  }

  private void along(String name, int[] shape, UnaryOperator<Tensor> f) {
    rows.add(row(name, v -> args(v.grid(shape)), x -> f.apply(x[0])).exact().inSteps());
  }

  private void positions(String name, int[] shape, UnaryOperator<Tensor> f) {
    rows.add(row(name, v -> args(v.whole(-1, 1, shape)), x -> f.apply(x[0])).constant().inSteps());
  }

  private void moments() {
    int[][][] samples = {{{2, 3}, {1}}, {{2, 3, 2}, {0, 2}}, {{2, 3}, {}}};
    for (int[][] s : samples) {
      String sample = " " + Arrays.deepToString(s);
      for (int c = 0; c < 2; c++) {
        int correction = c;
        rows.add(
            row(
                    "varMean(int[],boolean,int) " + c + sample,
                    v -> args(v.in(-2, 2, s[0])),
                    x -> both(x[0].varMean(s[1], correction == 0, correction)))
                .reduction()
                .order(3)
                .inSteps());
      }
      rows.add(
          row(
                  "stdMean(int[],boolean,int)" + sample,
                  v -> args(v.in(-2, 2, s[0])),
                  x -> both(x[0].stdMean(s[1], true, 1)))
              .reduction()
              .inSteps());
      rows.add(row("amax(int...)" + sample, v -> args(v.grid(s[0])), x -> x[0].amax(s[1])).exact());
      rows.add(row("amin(int...)" + sample, v -> args(v.grid(s[0])), x -> x[0].amin(s[1])).exact());
    }
  }

  private static Tensor both(TensorReductions.Spread s) {
    return Tensor.stack(0, s.spread(), s.mean());
  }
}
