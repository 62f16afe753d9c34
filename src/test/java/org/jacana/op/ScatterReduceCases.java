package org.jacana.op;

import static org.jacana.op.OpCase.args;
import static org.jacana.op.OpCase.row;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacana.DType;

/** Rows of writing by index. */
final class ScatterReduceCases {
  private final List<OpCase> rows = new ArrayList<>();

  static List<OpCase> all() {
    ScatterReduceCases t = new ScatterReduceCases();
    t.reductions();
    t.slices();
    return t.rows;
  }

  private void reductions() {
    // Tensor, axis, index.
    int[][][] samples = {
      {{3, 4}, {1}, {3, 6}}, {{3, 4}, {0}, {5, 2}}, {{6}, {-1}, {5}}, {{2, 3, 2}, {1}, {2, 4, 2}}
    };
    for (int[][] s : samples) {
      int axis = s[1][0];
      int n = s[0][axis < 0 ? s[0].length + axis : axis];
      for (ScatterReduce how : ScatterReduce.values()) {
        for (boolean self : new boolean[] {true, false}) {
          rows.add(
              row(
                      "scatterReduce(int,Tensor,Tensor,ScatterReduce,boolean) "
                          + how
                          + " "
                          + self
                          + Arrays.deepToString(s),
                      v -> args(v.grid(s[0]), v.ints(n, s[2]), v.grid(s[2])),
                      x -> x[0].scatterReduce(axis, x[1], x[2], how, self))
                  .reduction()
                  .order(how == ScatterReduce.PROD ? 3 : 2));
        }
      }
    }
    for (boolean self : new boolean[] {true, false}) {
      rows.add(
          row(
                  "scatterReduce(int,Tensor,Tensor,ScatterReduce,boolean) zeros " + self,
                  v -> args(v.in(-2, 2, 3), index(0, 0, 0, 2, 2, 2), zeros()),
                  x -> x[0].scatterReduce(0, x[1], x[2], ScatterReduce.PROD, self))
              .reduction()
              .order(3));
    }
    rows.add(
        row(
                "scatterReduce(int,Tensor,Tensor,ScatterReduce,boolean) empty",
                v -> args(v.in(-2, 2, 3), v.ints(3, 0), v.in(-2, 2, 0)),
                x -> x[0].scatterReduce(0, x[1], x[2], ScatterReduce.PROD, true))
            .exact());
  }

  private static Arg index(double... v) {
    return new Arg(v, DType.I32, v.length);
  }

  private static Arg zeros() {
    return new Arg(new double[] {0, 1.5, -2, 0, 0, 3}, DType.F64, 6);
  }

  private void slices() {
    int[][][] samples = {
      {{3, 4}, {1}, {2}}, {{3, 2}, {0}, {5}}, {{4}, {-1}, {2}}, {{3, 2}, {0}, {0}}
    };
    for (int[][] s : samples) {
      int axis = s[1][0];
      int a = axis < 0 ? s[0].length + axis : axis;
      int[] source = s[0].clone();
      source[a] = s[2][0];
      String sample = " " + Arrays.deepToString(s);
      rows.add(
          row(
                  "indexCopy(int,Tensor,Tensor)" + sample,
                  v -> args(v.in(-2, 2, s[0]), v.ints(s[0][a], s[2]), v.in(-2, 2, source)),
                  x -> x[0].indexCopy(axis, x[1], x[2]))
              .exact());
      rows.add(
          row(
                  "indexFill(int,Tensor,double)" + sample,
                  v -> args(v.in(-2, 2, s[0]), v.ints(s[0][a], s[2])),
                  x -> x[0].indexFill(axis, x[1], 0.25))
              .exact());
    }
  }
}
