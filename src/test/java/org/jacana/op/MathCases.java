package org.jacana.op;

import static org.jacana.op.OpCase.args;
import static org.jacana.op.OpCase.row;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Tensor;

/** Rows of less common mathematical functions of elements. */
final class MathCases {
  private MathCases() {}

  static List<OpCase> all() {
    PointwiseCases t = new PointwiseCases();
    unary(t);
    binary(t);
    ternary(t);
    return t.rows;
  }

  private static void unary(PointwiseCases t) {
    PointwiseCases.Draw grid = Values::grid;
    t.smooth("exp2()", -2, 2, Tensor::exp2);
    t.smooth("asinh()", -3, 3, Tensor::asinh);
    t.smooth("acosh()", 1.5, 4, Tensor::acosh);
    t.smooth("atanh()", -0.7, 0.7, Tensor::atanh);
    t.smooth("erfc()", -2, 2.5, Tensor::erfc);
    t.smooth("erfinv()", -0.8, 0.8, Tensor::erfinv);
    t.smooth("lgamma()", 0.6, 6, Tensor::lgamma);
    t.smooth("lgamma() negative", -1.7, -1.3, Tensor::lgamma);
    t.smooth("digamma()", 0.6, 6, Tensor::digamma);
    t.smooth("digamma() negative", -1.7, -1.3, Tensor::digamma);
    for (int n = 0; n < 4; n++) {
      int k = n;
      t.smooth("polygamma(int) " + n, 1.2, 6, x -> x.polygamma(k));
    }
    t.smooth("polygamma(int) negative", -2.6, -2.4, x -> x.polygamma(1));
    t.smooth("sinc()", -2, 2, Tensor::sinc);
    t.smooth("sinc() near zero", -1e-4, 1e-4, Tensor::sinc);
    t.unary("frac()", grid, Tensor::frac, OpCase::exact);
    t.smooth("logit()", 0.2, 0.8, Tensor::logit);
    t.smooth("logit(double)", 0.2, 0.8, x -> x.logit(0.1));
    t.unary(
        "logit(double) limited",
        (v, s) -> v.in(-0.98, 0.98, s),
        x -> x.logit(0.3),
        c -> c.transcendental());
    t.unary("nanToNum(double,double,double)", grid, x -> x.nanToNum(1, 2, 3), OpCase::exact);
    for (int d : new int[] {0, 1, -1}) {
      t.unary("round(int) " + d, grid, x -> x.mul(7).round(d), c -> c.inSteps());
    }
    t.unary("signBit()", grid, Tensor::signBit, OpCase::constant);
    t.binary(
        "heaviside(Tensor)",
        (v, s) -> v.whole(-1, 1, s),
        grid,
        Tensor::heaviside,
        OpCase::constant);
    t.rows.add(
        row(
                "heaviside(Tensor) away from zero",
                v -> args(v.grid(2, 3), v.grid(3)),
                x -> x[0].heaviside(x[1]))
            .exact());
    t.unary("isFinite()", grid, Tensor::isFinite, OpCase::constant);
    t.rows.add(
        row(
                "nanToNum(double,double,double) replaced",
                v -> args(odd()),
                x -> x[0].nanToNum(1, 2, 3))
            .exact()
            .order(0));
    t.rows.add(row("isFinite() odd", v -> args(odd()), x -> x[0].isFinite()).constant());
  }

  private static void ternary(PointwiseCases t) {
    int[][][] samples = {
      {{2, 3}, {3}, {2, 1}}, {{3}, {2, 3}, {}}, {{}, {2, 2}, {2, 2}}, {{0, 2}, {2}, {}}
    };
    for (int[][] s : samples) {
      String sample = " " + java.util.Arrays.deepToString(s);
      t.rows.add(
          row(
                  "addCMul(Tensor,Tensor,double)" + sample,
                  v -> args(v.in(-2, 2, s[0]), v.in(-2, 2, s[1]), v.in(-2, 2, s[2])),
                  x -> x[0].addCMul(x[1], x[2], -0.7))
              .terms(4)
              .order(3));
      t.rows.add(
          row(
                  "addCDiv(Tensor,Tensor,double)" + sample,
                  v -> args(v.in(-2, 2, s[0]), v.in(-2, 2, s[1]), v.signed(0.5, 2, s[2])),
                  x -> x[0].addCDiv(x[1], x[2], 0.6))
              .terms(9)
              .order(3));
      t.rows.add(
          row(
                  "clamp(Tensor,Tensor)" + sample,
                  v -> args(v.grid(s[0]), v.grid(s[1]), v.grid(s[2])),
                  x -> x[0].clamp(x[1], x[2].add(0.035)))
              .inSteps());
    }
  }

  private static Arg odd() {
    double[] v = {Double.NaN, 1, Double.POSITIVE_INFINITY, 0, Double.NEGATIVE_INFINITY, -2};
    return new Arg(v, DType.F64, 2, 3);
  }

  private static void binary(PointwiseCases t) {
    PointwiseCases.Draw grid = Values::grid;
    PointwiseCases.Draw plain = (v, s) -> v.in(-2, 2, s);
    PointwiseCases.Draw away = (v, s) -> v.signed(0.5, 2, s);
    PointwiseCases.Draw positive = (v, s) -> v.in(0.5, 2, s);
    UnaryOperator<OpCase> smooth = c -> c.transcendental().order(3);
    t.binary("hypot(Tensor)", away, away, Tensor::hypot, smooth);
    t.binary("logAddExp(Tensor)", plain, plain, Tensor::logAddExp, smooth);
    t.binary("logAddExp2(Tensor)", plain, plain, Tensor::logAddExp2, smooth);
    t.binary("fmod(Tensor)", grid, away, Tensor::fmod, c -> c);
    t.binary("floorDivide(Tensor)", grid, away, Tensor::floorDivide, c -> c);
    t.binary("xlogy(Tensor)", plain, positive, Tensor::xlogy, smooth);
    t.binary("lerp(Tensor,double)", plain, plain, (a, b) -> a.lerp(b, 0.3), c -> c.terms(9));
    t.binary("lerp(Tensor,double) late", plain, plain, (a, b) -> a.lerp(b, 0.8), c -> c.terms(9));
    t.binary("fmax(Tensor)", grid, grid, Tensor::fmax, OpCase::exact);
    t.binary("fmin(Tensor)", grid, grid, Tensor::fmin, OpCase::exact);
    t.binary("copySign(Tensor)", grid, grid, Tensor::copySign, OpCase::exact);
    t.binary("isClose(Tensor)", grid, grid, Tensor::isClose, OpCase::constant);
    t.binary(
        "isClose(Tensor,double,double,boolean)",
        (v, s) -> v.whole(-2, 2, s),
        (v, s) -> v.whole(-2, 2, s),
        (a, b) -> a.isClose(b, 0, 1.5, true),
        OpCase::constant);
    t.rows.add(
        row(
                "lerp(Tensor,Tensor) plain",
                v -> args(v.in(-2, 2, 2, 3), v.in(-2, 2, 3), v.in(0.05, 0.45, 2, 1)),
                x -> x[0].lerp(x[1], x[2]))
            .terms(9)
            .order(3));
    t.rows.add(
        row(
                "lerp(Tensor,Tensor) late",
                v -> args(v.in(-2, 2, 2, 3), v.in(-2, 2, 2, 3), v.in(0.55, 1.5)),
                x -> x[0].lerp(x[1], x[2]))
            .terms(9)
            .order(3));
    t.rows.add(
        row(
                "logAddExp(Tensor) repeated operand",
                v -> args(v.in(-2, 2, 2, 3)),
                x -> x[0].logAddExp(x[0]))
            .transcendental()
            .order(3));
  }
}
