package org.jacana.op;

import static org.jacana.op.OpCase.args;
import static org.jacana.op.OpCase.row;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Tensor;

/** Rows of methods that join elements along axes. */
final class ReductionCases {
  private final List<OpCase> rows = new ArrayList<>();

  static List<OpCase> all() {
    ReductionCases t = new ReductionCases();
    t.joins();
    t.spreads();
    t.positions();
    t.normalised();
    return t.rows;
  }

  private interface Join {
    Tensor apply(Tensor x, int... axes);
  }

  private interface Kept {
    Tensor apply(Tensor x, int[] axes, boolean keepDims);
  }

  private static final int[][][] SAMPLES = {
    {{2, 3, 4}, {}},
    {{2, 3, 4}, {0}},
    {{2, 3, 4}, {1}},
    {{2, 3, 4}, {-1}},
    {{2, 3, 4}, {2, 0}},
    {{2, 3, 4}, {0, 1}},
    {{2, 3, 4}, {-2, -1}},
    {{2, 3}, {1}},
    {{1, 3, 1}, {0, 2}},
    {{5}, {0}},
    {{}, {}},
    {{0, 3}, {1}}
  };

  private void join(String name, boolean ofNothing, Join f, Kept g, UnaryOperator<OpCase> as) {
    List<int[][]> samples = new ArrayList<>(Arrays.asList(SAMPLES));
    if (ofNothing) {
      samples.add(new int[][] {{0, 3}, {0}});
      samples.add(new int[][] {{2, 0}, {}});
    }
    for (int[][] s : samples) {
      String sample = Arrays.toString(s[0]) + " over " + Arrays.toString(s[1]);
      rows.add(
          as.apply(
              row(
                  name + "(int...) " + sample,
                  v -> args(v.in(-1.5, 1.5, s[0])),
                  x -> f.apply(x[0], s[1]))));
      for (boolean keep : new boolean[] {false, true}) {
        rows.add(
            as.apply(
                row(
                    name + "(int[],boolean) " + sample + (keep ? " kept" : ""),
                    v -> args(v.in(-1.5, 1.5, s[0])),
                    x -> g.apply(x[0], s[1], keep))));
      }
    }
    int[][][] large = {
      {{130, 301}, {1}},
      {{130, 301}, {0}},
      {{40000}, {0}},
      {{3, 70, 5, 40}, {0, 2}},
      {{90, 410}, {}}
    };
    for (int[][] s : large) {
      double width = name.equals("prod") ? 0.02 : 1;
      rows.add(
          as.apply(
                  row(
                      name + "(int...) " + Arrays.toString(s[0]) + Arrays.toString(s[1]),
                      v -> args(v.in(1 - width, 1 + width / 2, s[0])),
                      x -> f.apply(x[0], s[1])))
              .big());
    }
  }

  private void joins() {
    join("sum", true, Tensor::sum, Tensor::sum, OpCase::reduction);
    join("mean", false, Tensor::mean, Tensor::mean, OpCase::reduction);
    join("prod", true, Tensor::prod, Tensor::prod, OpCase::reduction);
    join("max", false, Tensor::max, Tensor::max, OpCase::exact);
    join("min", false, Tensor::min, Tensor::min, OpCase::exact);
    rows.add(
        row(
                "prod(int...) zeros",
                v -> args(new Arg(new double[] {0, 2, 3, 0, 0, 4, 1, 2, 3}, DType.F64, 3, 3)),
                x -> x[0].prod(1))
            .reduction()
            .order(3));
  }

  private void spreads() {
    int[][][] samples = {
      {{2, 3, 4}, {}},
      {{2, 3, 4}, {1}},
      {{2, 3, 4}, {0, 2}},
      {{4, 3}, {-1}},
      {{1, 3, 1}, {1}},
      {{5}, {0}},
      {{0, 3}, {1}},
      {{40, 90}, {0}}
    };
    for (int[][] s : samples) {
      for (boolean keep : new boolean[] {false, true}) {
        String sample = " " + Arrays.toString(s[0]) + Arrays.toString(s[1]) + keep;
        boolean large = s[0][0] == 40;
        for (int c = 0; c < 2; c++) {
          int correction = c;
          rows.add(
              big(
                  large,
                  row(
                          "var(int[],boolean,int)" + sample + c,
                          v -> args(v.in(-2, 2, s[0])),
                          x -> x[0].var(s[1], keep, correction))
                      .reduction()));
          rows.add(
              big(
                  large,
                  row(
                          "std(int[],boolean,int)" + sample + c,
                          v -> args(v.in(-2, 2, s[0])),
                          x -> x[0].std(s[1], keep, correction))
                      .reduction()));
        }
        rows.add(
            big(
                large,
                row(
                        "logSumExp(int[],boolean)" + sample,
                        v -> args(v.in(-3, 3, s[0])),
                        x -> x[0].logSumExp(s[1], keep))
                    .transcendental()));
      }
    }
    rows.add(
        row(
                "logSumExp(int[],boolean) scalar",
                v -> args(v.in(-3, 3)),
                x -> x[0].logSumExp(new int[0], false))
            .transcendental());
    int[][] cums = {{2, 3, 4}, {5, 1}, {4}, {0, 3}, {60, 70}};
    for (int[] s : cums) {
      for (int a = 0; a < s.length; a++) {
        int axis = a == s.length - 1 ? -1 : a;
        rows.add(
            big(
                s[0] == 60,
                row(
                        "cumSum(int) " + Arrays.toString(s) + axis,
                        v -> args(v.in(-2, 2, s)),
                        x -> x[0].cumSum(axis))
                    .reduction()));
        rows.add(
            big(
                s[0] == 60,
                row(
                        "Reduce.cumSum(Tensor,int,boolean) " + Arrays.toString(s) + axis,
                        v -> args(v.in(-2, 2, s)),
                        x -> Reduce.cumSum(x[0], axis, true))
                    .reduction()));
      }
    }
  }

  private static OpCase big(boolean large, OpCase c) {
    return large ? c.big() : c;
  }

  private void positions() {
    int[][][] samples = {
      {{2, 3, 4}, {1}}, {{2, 3}, {-1}}, {{3, 2}, {0}}, {{4}, {0}}, {{0, 3}, {1}}
    };
    for (int[][] s : samples) {
      int axis = s[1][0];
      String sample = " " + Arrays.toString(s[0]) + axis;
      rows.add(ranked("argmax(int)" + sample, s[0], x -> x.argmax(axis)));
      rows.add(ranked("argmin(int)" + sample, s[0], x -> x.argmin(axis)));
      rows.add(ranked("argmax(int,boolean)" + sample, s[0], x -> x.argmax(axis, true)));
      rows.add(ranked("argmin(int,boolean)" + sample, s[0], x -> x.argmin(axis, true)));
      rows.add(ranked("any(int...)" + sample, s[0], x -> x.any(axis)));
      rows.add(ranked("all(int...)" + sample, s[0], x -> x.all(axis)));
    }
    rows.add(ranked("any(int...) everything", new int[] {2, 3}, x -> x.any()));
    rows.add(ranked("all(int...) everything", new int[] {2, 3}, x -> x.all()));
    rows.add(ranked("any(int...) scalar", new int[0], x -> x.any()));
    rows.add(ranked("argmax(int) large", new int[] {200, 300}, x -> x.argmax(1)).big());
    rows.add(ranked("argmax(int) large, columns", new int[] {200, 300}, x -> x.argmax(0)).big());
  }

  private static OpCase ranked(String name, int[] shape, UnaryOperator<Tensor> f) {
    return row(name, v -> args(v.whole(0, 2, shape)), x -> f.apply(x[0])).constant();
  }

  private void normalised() {
    int[][][] samples = {
      {{2, 3}, {1}},
      {{2, 3}, {0}},
      {{2, 3, 4}, {1}},
      {{2, 3, 4}, {-1}},
      {{4}, {0}},
      {{3, 1}, {1}},
      {{0, 3}, {1}},
      {{70, 33}, {1}},
      {{33, 70}, {0}},
      {{9, 1000}, {1}}
    };
    for (int[][] s : samples) {
      boolean large = s[0][0] > 4;
      String sample = " " + Arrays.toString(s[0]) + s[1][0];
      rows.add(
          big(
              large,
              row("softmax(int)" + sample, v -> args(v.in(-3, 3, s[0])), x -> x[0].softmax(s[1][0]))
                  .transcendental()));
      rows.add(
          big(
              large,
              row(
                      "logSoftmax(int)" + sample,
                      v -> args(v.in(-3, 3, s[0])),
                      x -> x[0].logSoftmax(s[1][0]))
                  .transcendental()));
    }
    int[][] logits = {{3, 4}, {1, 3}, {4, 1}, {0, 3}, {300, 10}, {40, 400}};
    for (int[] s : logits) {
      rows.add(
          big(
              s[0] > 4,
              row(
                      "CrossEntropy.crossEntropy(Tensor,Tensor) " + Arrays.toString(s),
                      v -> args(v.in(-3, 3, s), v.ints(s[1], s[0])),
                      x -> CrossEntropy.crossEntropy(x[0], x[1]))
                  .transcendental()));
    }
    int[][] batches = {{4, 3}, {2, 3, 2}, {2, 2, 2, 3}, {5, 1}, {40, 17}, {6, 9, 7, 16}};
    for (int[] s : batches) {
      int c = s[s.length - 1];
      rows.add(
          big(
              s[0] > 5,
              row(
                      "BatchNorm.batchNorm(Tensor,Tensor,Tensor,double) " + Arrays.toString(s),
                      v -> args(v.in(-2, 2, s), v.in(0.5, 1.5, c), v.in(-1, 1, c)),
                      x -> BatchNorm.batchNorm(x[0], x[1], x[2], 1e-3).y())
                  .transcendental()
                  .inSteps()));
      rows.add(
          big(
              s[0] > 5,
              row(
                      "BatchNormRelu.batchNormRelu(Tensor,Tensor,Tensor,Tensor,double) "
                          + Arrays.toString(s),
                      v -> args(v.in(-2, 2, s), v.in(-2, 2, s), v.in(0.5, 1.5, c), v.in(-1, 1, c)),
                      x -> BatchNormRelu.batchNormRelu(x[0], x[1], x[2], x[3], 1e-3).y())
                  .transcendental()
                  .inSteps()));
      rows.add(
          big(
              s[0] > 5,
              row(
                      "BatchNormRelu.batchNormRelu(Tensor,Tensor,Tensor,Tensor,double) alone "
                          + Arrays.toString(s),
                      v -> args(v.in(-2, 2, s), v.in(0.5, 1.5, c), v.in(-1, 1, c)),
                      x -> BatchNormRelu.batchNormRelu(x[0], null, x[1], x[2], 1e-3).y())
                  .transcendental()
                  .inSteps()));
    }
  }
}
