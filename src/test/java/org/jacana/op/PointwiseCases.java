package org.jacana.op;

import static org.jacana.op.OpCase.args;
import static org.jacana.op.OpCase.row;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jacana.Tensor;

/** Rows of element-by-element methods. */
final class PointwiseCases {
  final List<OpCase> rows = new ArrayList<>();

  static List<OpCase> all() {
    PointwiseCases t = new PointwiseCases();
    t.smooth();
    t.kinked();
    t.scalars();
    t.binaries();
    t.predicates();
    t.choice();
    t.kernels();
    return t.rows;
  }

  interface Draw {
    Arg apply(Values v, int... shape);
  }

  /** A function of one tensor at shapes of every sort. */
  void unary(String method, Draw draw, UnaryOperator<Tensor> f, UnaryOperator<OpCase> as) {
    int[][] shapes = {{2, 3}, {}, {0, 3}, {1, 3, 1}, {5}};
    String[] samples = {"plain", "scalar", "empty", "ones", "vector"};
    for (int i = 0; i < shapes.length; i++) {
      int[] s = shapes[i];
      rows.add(
          as.apply(
              row(method + " " + samples[i], v -> args(draw.apply(v, s)), x -> f.apply(x[0]))));
    }
    rows.add(
        as.apply(row(method + " large", v -> args(draw.apply(v, 97, 257)), x -> f.apply(x[0])))
            .big());
  }

  void smooth(String method, double low, double high, UnaryOperator<Tensor> f) {
    unary(method, (v, s) -> v.in(low, high, s), f, c -> c.transcendental().order(3));
  }

  private void smooth() {
    unary("neg()", (v, s) -> v.in(-2, 2, s), Tensor::neg, c -> c.exact().order(3));
    unary("square()", (v, s) -> v.in(-2, 2, s), Tensor::square, c -> c.order(3));
    unary("sqrt()", (v, s) -> v.in(0.4, 3, s), Tensor::sqrt, c -> c.order(3));
    unary("reciprocal()", (v, s) -> v.signed(0.5, 3, s), Tensor::reciprocal, c -> c.order(3));
    smooth("rsqrt()", 0.5, 3, Tensor::rsqrt);
    smooth("exp()", -2, 2, Tensor::exp);
    smooth("expm1()", -2, 2, Tensor::expm1);
    smooth("log()", 0.5, 3, Tensor::log);
    smooth("log1p()", -0.5, 2, Tensor::log1p);
    smooth("log2()", 0.5, 3, Tensor::log2);
    smooth("log10()", 0.5, 3, Tensor::log10);
    smooth("sin()", -3, 3, Tensor::sin);
    smooth("cos()", -3, 3, Tensor::cos);
    smooth("tan()", -1, 1, Tensor::tan);
    smooth("asin()", -0.7, 0.7, Tensor::asin);
    smooth("acos()", -0.7, 0.7, Tensor::acos);
    smooth("atan()", -2, 2, Tensor::atan);
    smooth("sinh()", -2, 2, Tensor::sinh);
    smooth("cosh()", -2, 2, Tensor::cosh);
    smooth("tanh()", -2, 2, Tensor::tanh);
    smooth("sigmoid()", -3, 3, Tensor::sigmoid);
    smooth("erf()", -2, 2, Tensor::erf);
    smooth("softplus()", -3, 3, Tensor::softplus);
    smooth("gelu()", -3, 3, Tensor::gelu);
    smooth("silu()", -3, 3, Tensor::silu);
  }

  private void kinked() {
    unary("abs()", Values::grid, Tensor::abs, OpCase::exact);
    unary("relu()", Values::grid, Tensor::relu, OpCase::exact);
    unary("sign()", Values::grid, Tensor::sign, OpCase::exact);
    unary("floor()", Values::grid, Tensor::floor, OpCase::exact);
    unary("ceil()", Values::grid, Tensor::ceil, OpCase::exact);
    unary("round()", Values::grid, Tensor::round, OpCase::exact);
    unary("trunc()", Values::grid, Tensor::trunc, OpCase::exact);
    unary("leakyRelu(double)", Values::grid, x -> x.leakyRelu(0.1), c -> c);
    unary("elu(double)", Values::grid, x -> x.elu(1.5), OpCase::transcendental);
    unary("clamp(double,double)", Values::grid, x -> x.clamp(-1, 0.7), c -> c);
  }

  private void scalars() {
    unary("add(double)", Values::grid, x -> x.add(0.75), c -> c.order(3));
    unary("sub(double)", Values::grid, x -> x.sub(0.75), c -> c.order(3));
    unary("rsub(double)", Values::grid, x -> x.rsub(0.75), c -> c.order(3));
    unary("mul(double)", Values::grid, x -> x.mul(-1.5), c -> c.order(3));
    unary("div(double)", Values::grid, x -> x.div(-1.5), c -> c.order(3));
    unary("rdiv(double)", (v, s) -> v.signed(0.5, 2, s), x -> x.rdiv(1.25), c -> c.order(3));
    unary("remainder(double)", Values::grid, x -> x.remainder(0.75), c -> c);
    unary("maximum(double)", Values::grid, x -> x.maximum(0.25), OpCase::exact);
    unary("minimum(double)", Values::grid, x -> x.minimum(0.25), OpCase::exact);
    for (double p : new double[] {2, 3, 1, 0, 0.5, -1.5}) {
      rows.add(
          row("pow(double) to " + p, v -> args(v.in(0.5, 2, 2, 3)), x -> x[0].pow(p))
              .transcendental()
              .order(3));
    }
    rows.add(
        row("pow(double) negative base", v -> args(v.in(-2, -0.5, 4)), x -> x[0].pow(3))
            .transcendental()
            .order(3));
    unary("pow(double)", (v, s) -> v.in(0.5, 2, s), x -> x.pow(1.5), OpCase::transcendental);
  }

  /** A function of two tensors at shapes of every sort, and of one tensor twice. */
  void binary(String method, Draw a, Draw b, BinaryOperator<Tensor> f, UnaryOperator<OpCase> as) {
    int[][][] shapes = {
      {{2, 3}, {2, 3}},
      {{2, 1, 3}, {4, 1}},
      {{3}, {2, 3}},
      {{2, 3}, {1, 1}},
      {{}, {2, 2}},
      {{2, 2}, {}},
      {{}, {}},
      {{0, 3}, {1, 3}},
      {{1}, {1}}
    };
    String[] samples = {
      "plain", "broadcast", "row", "ones", "scalar left", "scalar right", "scalars", "empty", "one"
    };
    Function<Tensor[], Tensor> g = x -> f.apply(x[0], x[1]);
    for (int i = 0; i < shapes.length; i++) {
      int[][] s = shapes[i];
      rows.add(
          as.apply(
              row(method + " " + samples[i], v -> args(a.apply(v, s[0]), b.apply(v, s[1])), g)));
    }
    int[][][] large = {{{90, 270}, {90, 270}}, {{90, 270}, {270}}, {{90, 1}, {90, 270}}};
    for (int i = 0; i < large.length; i++) {
      int[][] s = large[i];
      rows.add(
          as.apply(row(method + " large " + i, v -> args(a.apply(v, s[0]), b.apply(v, s[1])), g))
              .big());
    }
  }

  private void twice(String method, Draw a, BinaryOperator<Tensor> f, UnaryOperator<OpCase> as) {
    rows.add(
        as.apply(
            row(
                method + " repeated operand",
                v -> args(a.apply(v, 2, 3)),
                x -> f.apply(x[0], x[0]))));
    rows.add(
        as.apply(
                row(
                    method + " repeated operand, transposed",
                    v -> args(a.apply(v, 3, 3)),
                    x -> f.apply(x[0], x[0].transpose(0, 1))))
            .inSteps());
  }

  private void binaries() {
    Draw plain = (v, s) -> v.in(-2, 2, s);
    Draw away = (v, s) -> v.signed(0.5, 2, s);
    Draw positive = (v, s) -> v.in(0.5, 2, s);
    binary("add(Tensor)", plain, plain, Tensor::add, c -> c.order(3));
    binary("sub(Tensor)", plain, plain, Tensor::sub, c -> c.order(3));
    binary("mul(Tensor)", plain, plain, Tensor::mul, c -> c.order(3));
    binary("div(Tensor)", plain, away, Tensor::div, c -> c.order(3));
    binary("pow(Tensor)", positive, plain, Tensor::pow, c -> c.transcendental().order(3));
    binary("atan2(Tensor)", away, away, Tensor::atan2, c -> c.transcendental().order(3));
    binary("maximum(Tensor)", Values::grid, Values::grid, Tensor::maximum, OpCase::exact);
    binary("minimum(Tensor)", Values::grid, Values::grid, Tensor::minimum, OpCase::exact);
    binary("remainder(Tensor)", Values::grid, away, Tensor::remainder, c -> c);
    binary("reluGrad(Tensor)", plain, Values::grid, Tensor::reluGrad, OpCase::exact);
    twice("add(Tensor)", plain, Tensor::add, c -> c.order(3));
    twice("sub(Tensor)", plain, Tensor::sub, c -> c.order(3));
    twice("mul(Tensor)", plain, Tensor::mul, c -> c.order(3));
    twice("div(Tensor)", away, Tensor::div, c -> c.order(3));
    twice("pow(Tensor)", positive, Tensor::pow, c -> c.transcendental().order(3));
    twice("atan2(Tensor)", away, Tensor::atan2, c -> c.transcendental().order(3));
  }

  private void predicates() {
    Draw ties = (v, s) -> v.whole(-1, 1, s);
    binary("eq(Tensor)", ties, ties, Tensor::eq, OpCase::constant);
    binary("ne(Tensor)", ties, ties, Tensor::ne, OpCase::constant);
    binary("lt(Tensor)", ties, ties, Tensor::lt, OpCase::constant);
    binary("le(Tensor)", ties, ties, Tensor::le, OpCase::constant);
    binary("gt(Tensor)", ties, ties, Tensor::gt, OpCase::constant);
    binary("ge(Tensor)", ties, ties, Tensor::ge, OpCase::constant);
    binary("logicalAnd(Tensor)", ties, ties, Tensor::logicalAnd, OpCase::constant);
    binary("logicalOr(Tensor)", ties, ties, Tensor::logicalOr, OpCase::constant);
    binary("logicalXor(Tensor)", ties, ties, Tensor::logicalXor, OpCase::constant);
    unary("logicalNot()", ties, Tensor::logicalNot, OpCase::constant);
    unary("eq(double)", ties, x -> x.eq(1), OpCase::constant);
    unary("ne(double)", ties, x -> x.ne(1), OpCase::constant);
    unary("lt(double)", ties, x -> x.lt(0), OpCase::constant);
    unary("le(double)", ties, x -> x.le(0), OpCase::constant);
    unary("gt(double)", ties, x -> x.gt(0), OpCase::constant);
    unary("ge(double)", ties, x -> x.ge(0), OpCase::constant);
    unary("isNaN()", Values::grid, Tensor::isNaN, OpCase::constant);
    unary("isInf()", Values::grid, Tensor::isInf, OpCase::constant);
  }

  private void choice() {
    int[][][] shapes = {
      {{2, 3}, {2, 3}, {2, 3}},
      {{3}, {2, 1}, {1, 3}},
      {{2, 3}, {}, {2, 3}},
      {{}, {2}, {2}},
      {{0, 3}, {0, 3}, {3}}
    };
    for (int[][] s : shapes) {
      rows.add(
          row(
                  "where(Tensor,Tensor,Tensor) " + java.util.Arrays.deepToString(s),
                  v -> args(v.mask(s[0]), v.in(-2, 2, s[1]), v.in(-2, 2, s[2])),
                  x -> Tensor.where(x[0], x[1], x[2]))
              .exact());
    }
    rows.add(
        row(
                "where(Tensor,Tensor,Tensor) repeated operand",
                v -> args(v.mask(2, 3), v.in(-2, 2, 2, 3)),
                x -> Tensor.where(x[0], x[1], x[1]))
            .exact());
    rows.add(
        row(
                "where(Tensor,Tensor,double) plain",
                v -> args(v.mask(2, 3), v.in(-2, 2, 2, 3)),
                x -> Tensor.where(x[0], x[1], 0.5))
            .exact());
  }

  /** Every kernel by its row in the enums, so that a new one is checked without a method. */
  private void kernels() {
    for (Unary f : Unary.values()) {
      Draw draw =
          switch (f) {
            case ACOSH, LGAMMA, POLYGAMMA -> (v, s) -> v.in(1.5, 4, s);
            case SQRT, RSQRT, LOG, LOG2, LOG10, POW_SCALAR -> (v, s) -> v.in(0.5, 2, s);
            case ASIN, ACOS, ATANH, ERFINV, LOG1P, TAN -> (v, s) -> v.in(-0.7, 0.7, s);
            case RECIPROCAL -> (v, s) -> v.signed(0.5, 2, s);
            default -> Values::grid;
          };
      double p = f == Unary.CLAMP ? -0.5 : f == Unary.POLYGAMMA ? 1 : 1.5;
      double q = 1.25;
      rows.add(
          row(
                  "Unary." + f + " plain",
                  v -> args(draw.apply(v, 3, 2)),
                  x -> Pointwise.unary(f, p, q, x[0]))
              .transcendental()
              .order(f.type == Unary.Type.BOOL ? 0 : 2));
    }
    for (Binary f : Binary.values()) {
      Draw right =
          f == Binary.DIV || f == Binary.REMAINDER
              ? (v, s) -> v.signed(0.5, 2, s)
              : f == Binary.RELU_GRAD ? Values::grid : (v, s) -> v.in(0.5, 2, s);
      Draw left = f == Binary.POW ? (v, s) -> v.in(0.5, 2, s) : Values::grid;
      rows.add(
          row(
                  "Binary." + f + " plain",
                  v -> args(left.apply(v, 3, 2), right.apply(v, 1, 2)),
                  x -> Pointwise.binary(f, x[0], x[1]))
              .transcendental()
              .order(f.type == Binary.Type.BOOL ? 0 : 2));
    }
  }
}
