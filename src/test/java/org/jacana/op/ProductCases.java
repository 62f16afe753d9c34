package org.jacana.op;

import static org.jacana.op.OpCase.args;
import static org.jacana.op.OpCase.row;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacana.Shape;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.PoolSpec;

/** Rows of matrix products, convolution and pooling. */
final class ProductCases {
  private final List<OpCase> rows = new ArrayList<>();

  static List<OpCase> all() {
    ProductCases t = new ProductCases();
    t.matrices();
    t.linear();
    t.convolutions();
    t.pooling();
    return t.rows;
  }

  private void matrices() {
    int[][][] samples = {
      {{2, 3}, {3, 4}},
      {{3}, {3}},
      {{3}, {3, 2}},
      {{2, 3}, {3}},
      {{2, 2, 3}, {2, 3, 2}},
      {{2, 2, 3}, {3, 2}},
      {{2, 3}, {2, 3, 2}},
      {{2, 1, 2, 3}, {3, 3, 2}},
      {{2, 2, 3}, {3}},
      {{3}, {2, 3, 2}},
      {{1, 1}, {1, 1}},
      {{0, 3}, {3, 2}},
      {{2, 0}, {0, 3}},
      {{0, 2, 3}, {3, 2}},
      {{2, 3}, {3, 0}},
      {{1, 2, 1, 1, 2, 3}, {2, 1, 3, 2}},
      {{3, 4, 1}, {3, 1, 2}},
      {{3, 1}, {1, 2}},
      {{70, 131}, {131, 53}},
      {{257, 64}, {64, 96}},
      {{5, 33, 40}, {40, 21}},
      {{3, 4, 33, 20}, {4, 20, 17}}
    };
    for (int[][] s : samples) {
      int k = s[0][s[0].length - 1];
      OpCase c =
          row(
                  "matmul(Tensor) " + Arrays.toString(s[0]) + Arrays.toString(s[1]),
                  v -> args(v.in(-1, 1, s[0]), v.in(-1, 1, s[1])),
                  x -> x[0].matmul(x[1]))
              .product(Math.max(1, k));
      rows.add(k > 4 ? c.big() : c);
    }
    rows.add(
        row(
                "matmul(Tensor) columns times rows",
                v -> args(v.in(-1, 1, 16, 1, 120), v.in(-1, 1, 16, 1, 300)),
                x -> x[0].transpose(-1, -2).matmul(x[1]))
            .product(1)
            .inSteps()
            .big());
    rows.add(
        row("matmul(Tensor) repeated operand", v -> args(v.in(-1, 1, 3, 3)), x -> x[0].matmul(x[0]))
            .product(3)
            .order(3));
    rows.add(
        row(
                "matmul(Tensor) with its transpose",
                v -> args(v.in(-1, 1, 2, 3)),
                x -> x[0].matmul(x[0].transpose(0, 1)))
            .product(3)
            .inSteps());
  }

  private void linear() {
    int[][] inputs = {{2, 3}, {3}, {2, 2, 3}, {0, 3}, {1, 1}, {2, 0}, {2, 3, 0}, {150, 90}};
    for (int[] s : inputs) {
      int in = s[s.length - 1];
      int out = in == 90 ? 70 : 4;
      String sample = " " + Arrays.toString(s);
      OpCase with =
          row(
                  "linear(Tensor,Tensor)" + sample,
                  v -> args(v.in(-1, 1, s), v.in(-1, 1, out, in), v.in(-1, 1, out)),
                  x -> x[0].linear(x[1], x[2]))
              .product(in + 1);
      OpCase without =
          row(
                  "linear(Tensor,Tensor) no bias" + sample,
                  v -> args(v.in(-1, 1, s), v.in(-1, 1, out, in)),
                  x -> x[0].linear(x[1], null))
              .product(in + 1);
      OpCase rectified =
          row(
                  "MatMul.linearRelu(Tensor,Tensor,Tensor)" + sample,
                  v -> args(v.in(-1, 1, s), v.in(-1, 1, out, in), v.in(-1, 1, out)),
                  x -> MatMul.linearRelu(x[0], x[1], x[2]))
              .product(in + 1);
      rows.add(in == 90 ? rectified.big() : rectified);
      rows.add(in == 90 ? with.big() : with);
      rows.add(in == 90 ? without.big() : without);
    }
  }

  private static ConvSpec spec(int... s) {
    return new ConvSpec(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8]);
  }

  private void convolutions() {
    // Input, filter, then stride, padding (top, left, bottom, right), dilation and groups.
    int[][][] samples = {
      {{1, 4, 4, 2}, {3, 3, 3, 2}, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
      {{2, 4, 3, 1}, {2, 2, 2, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1}},
      {{1, 5, 4, 2}, {2, 3, 2, 2}, {2, 1, 1, 0, 1, 0, 1, 1, 1}},
      {{1, 3, 5, 1}, {2, 2, 3, 1}, {1, 2, 2, 1, 0, 0, 1, 1, 1}},
      {{1, 6, 5, 1}, {1, 2, 2, 1}, {1, 1, 0, 0, 0, 0, 2, 3, 1}},
      {{1, 6, 6, 2}, {2, 3, 3, 2}, {3, 3, 1, 1, 0, 0, 1, 1, 1}},
      {{1, 3, 3, 4}, {4, 2, 2, 2}, {1, 1, 0, 0, 0, 0, 1, 1, 2}},
      {{1, 3, 3, 3}, {6, 2, 2, 1}, {1, 1, 1, 1, 0, 0, 1, 1, 3}},
      {{1, 5, 5, 2}, {2, 2, 2, 1}, {2, 2, 1, 0, 0, 1, 2, 1, 2}},
      {{1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
      {{2, 1, 1, 3}, {2, 1, 1, 3}, {2, 2, 0, 0, 0, 0, 1, 1, 1}},
      {{0, 4, 4, 1}, {2, 3, 3, 1}, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
      {{4, 17, 13, 8}, {16, 3, 3, 8}, {1, 1, 1, 1, 1, 1, 1, 1, 1}},
      {{3, 15, 16, 6}, {10, 5, 4, 3}, {2, 3, 2, 1, 0, 2, 1, 2, 2}},
      {{2, 20, 20, 16}, {16, 3, 3, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 16}}
    };
    for (int[][] s : samples) {
      ConvSpec c = spec(s[2]);
      int[] w = s[1];
      boolean large = s[0][3] > 4;
      int k = w[1] * w[2] * w[3] + 1;
      String sample = " " + Arrays.deepToString(s);
      int[] y = c.output(Shape.of(s[0]), Shape.of(w)).dims();
      List<OpCase> made =
          List.of(
              row(
                      "conv2d(Tensor,Tensor,ConvSpec)" + sample,
                      v -> args(v.in(-1, 1, s[0]), v.in(-1, 1, w), v.in(-1, 1, w[0])),
                      x -> x[0].conv2d(x[1], x[2], c))
                  .product(k),
              row(
                      "conv2d(Tensor,Tensor,ConvSpec) no bias" + sample,
                      v -> args(v.in(-1, 1, s[0]), v.in(-1, 1, w)),
                      x -> x[0].conv2d(x[1], null, c))
                  .product(k),
              row(
                      "Conv.convRelu(ConvSpec,Tensor,Tensor,Tensor)" + sample,
                      v -> args(v.in(-1, 1, s[0]), v.in(-1, 1, w), v.in(-1, 1, w[0])),
                      x -> Conv.convRelu(c, x[0], x[1], x[2]))
                  .product(k),
              row(
                      "Conv.convRelu(ConvSpec,Tensor,Tensor,Tensor) no bias" + sample,
                      v -> args(v.in(-1, 1, s[0]), v.in(-1, 1, w)),
                      x -> Conv.convRelu(c, x[0], x[1], null))
                  .product(k),
              row(
                      "Conv.gradInput(ConvSpec,Tensor,Tensor,Shape)" + sample,
                      v -> args(v.in(-1, 1, y), v.in(-1, 1, w)),
                      x -> Conv.gradInput(c, x[0], x[1], Shape.of(s[0])))
                  .product(w[0] * w[1] * w[2]),
              row(
                      "Conv.gradWeight(ConvSpec,Tensor,Tensor,Shape)" + sample,
                      v -> args(v.in(-1, 1, s[0]), v.in(-1, 1, y)),
                      x -> Conv.gradWeight(c, x[0], x[1], Shape.of(w)))
                  // Twice the tolerance: oneDNN sums all positions one after the other in float32.
                  .product(4 * Math.max(1, y[0] * y[1] * y[2])));
      made.forEach(m -> rows.add(large ? m.big() : m));
    }
    rows.add(
        row(
                "conv2d(Tensor,int,int) plain",
                v -> args(v.in(-1, 1, 1, 4, 4, 2), v.in(-1, 1, 2, 3, 3, 2)),
                x -> x[0].conv2d(x[1], 2, 1))
            .product(18));
  }

  private void pooling() {
    // Input, then window, stride, padding (h, w), ceil mode, counted padding.
    int[][][] samples = {
      {{1, 4, 4, 2}, {2, 2, 2, 2, 0, 0, 0, 1}},
      {{2, 5, 4, 1}, {3, 2, 1, 2, 1, 1, 0, 1}},
      {{2, 5, 4, 1}, {3, 2, 1, 2, 1, 1, 0, 0}},
      {{1, 5, 6, 2}, {2, 3, 2, 2, 0, 1, 1, 1}},
      {{1, 5, 6, 2}, {2, 3, 2, 2, 0, 1, 1, 0}},
      {{1, 6, 7, 1}, {2, 2, 3, 3, 1, 1, 1, 1}},
      {{1, 5, 5, 1}, {3, 3, 2, 2, 0, 0, 0, 1}},
      {{1, 7, 7, 1}, {2, 2, 3, 4, 0, 0, 0, 1}},
      {{1, 3, 3, 1}, {1, 1, 1, 1, 0, 0, 0, 1}},
      {{1, 3, 2, 3}, {3, 2, 1, 1, 0, 0, 0, 1}},
      {{0, 4, 4, 2}, {2, 2, 2, 2, 0, 0, 0, 1}},
      {{1, 17, 17, 1}, {17, 16, 1, 1, 0, 0, 0, 1}},
      {{5, 19, 16, 9}, {2, 2, 2, 2, 0, 0, 0, 1}},
      {{5, 19, 16, 9}, {3, 3, 2, 2, 1, 1, 0, 1}},
      {{5, 19, 16, 9}, {3, 3, 2, 2, 1, 1, 1, 0}}
    };
    for (int[][] s : samples) {
      int[] p = s[1];
      PoolSpec spec = new PoolSpec(p[0], p[1], p[2], p[3], p[4], p[5], p[6] != 0, p[7] != 0);
      boolean large = s[0][1] > 7;
      String sample = " " + Arrays.deepToString(s);
      OpCase max =
          row(
                  "maxPool2d(PoolSpec)" + sample,
                  v -> args(v.in(-2, 2, s[0])),
                  x -> x[0].maxPool2d(spec))
              .exact();
      OpCase average =
          row(
                  "avgPool2d(PoolSpec)" + sample,
                  v -> args(v.in(-2, 2, s[0])),
                  x -> x[0].avgPool2d(spec))
              .reduction();
      rows.add(large ? max.big() : max);
      rows.add(large ? average.big() : average);
    }
    rows.add(
        row(
                "maxPool2d(int,int) plain",
                v -> args(v.in(-2, 2, 1, 4, 5, 2)),
                x -> x[0].maxPool2d(2, 1))
            .exact());
    rows.add(
        row(
                "avgPool2d(int,int) plain",
                v -> args(v.in(-2, 2, 1, 4, 5, 2)),
                x -> x[0].avgPool2d(2, 1))
            .reduction());
  }
}
