package org.jacana.op;

import static org.jacana.op.OpCase.args;
import static org.jacana.op.OpCase.row;

import java.util.Arrays;
import java.util.List;
import org.jacana.Tensor;

/** Rows of networks' nonlinearities. */
final class ActivationCases {
  private ActivationCases() {}

  static List<OpCase> all() {
    PointwiseCases t = new PointwiseCases();
    PointwiseCases.Draw grid = Values::grid;
    t.unary("hardtanh()", grid, Tensor::hardtanh, OpCase::exact);
    t.unary("hardtanh(double,double)", grid, x -> x.hardtanh(-0.5, 1.2), c -> c);
    t.unary("relu6()", (v, s) -> v.in(-1.99, 7.98, s), Tensor::relu6, OpCase::exact);
    t.unary("hardsigmoid()", (v, s) -> v.in(-4.98, 5.01, s), Tensor::hardsigmoid, c -> c.terms(9));
    t.unary("hardswish()", (v, s) -> v.in(-4.98, 5.01, s), Tensor::hardswish, c -> c.terms(9));
    t.smooth("mish()", -3, 3, Tensor::mish);
    t.unary("selu()", grid, Tensor::selu, OpCase::transcendental);
    t.unary("celu(double)", grid, x -> x.celu(0.7), OpCase::transcendental);
    t.unary("celu(double) negative alpha", grid, x -> x.celu(-1.5), OpCase::transcendental);
    t.smooth("geluTanh()", -3, 3, Tensor::geluTanh);
    t.smooth("logSigmoid()", -3, 3, Tensor::logSigmoid);
    t.smooth("tanhShrink()", -2, 2, Tensor::tanhShrink);
    t.unary("softShrink(double)", grid, x -> x.softShrink(0.5), c -> c);
    t.unary("hardShrink(double)", grid, x -> x.hardShrink(0.5), OpCase::exact);
    t.unary("threshold(double,double)", grid, x -> x.threshold(0.2, 7), OpCase::exact);
    t.unary("softsign()", grid, Tensor::softsign, c -> c.terms(9));
    int[][][] slopes = {{{2, 3}, {3}}, {{2, 3}, {}}, {{2, 2, 3}, {1, 3}}, {{0, 3}, {3}}, {{}, {}}};
    for (int[][] s : slopes) {
      t.rows.add(
          row(
              "prelu(Tensor) " + Arrays.deepToString(s),
              v -> args(v.grid(s[0]), v.in(0.1, 0.5, s[1])),
              x -> x[0].prelu(x[1])));
    }
    int[][][] gates = {{{2, 4}, {1}}, {{4, 3}, {0}}, {{2, 2, 3}, {-2}}, {{6}, {0}}, {{0, 2}, {1}}};
    for (int[][] s : gates) {
      t.rows.add(
          row(
                  "glu(int) " + Arrays.deepToString(s),
                  v -> args(v.in(-2, 2, s[0])),
                  x -> x[0].glu(s[1][0]))
              .transcendental()
              .order(3));
    }
    return t.rows;
  }
}
