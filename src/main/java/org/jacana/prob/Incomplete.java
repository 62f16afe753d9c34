package org.jacana.prob;

import java.util.function.DoubleUnaryOperator;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.CustomOp;

/**
 * Distribution functions and quantiles as operations on tensors that broadcast. All but the normal
 * quantile are computed in float64 on the host, element by element. Their gradients can be taken
 * once; those for x are 0 at the ends of the support, where values beyond are clamped to, and those
 * for shape parameters are difference quotients of about ten digits.
 */
final class Incomplete {
  private interface Value {
    double of(double[] in);
  }

  private Incomplete() {}

  // ---- gamma ----

  private static final CustomOp GAMMA_P =
      op("gammaP", v -> SpecialFunctions.gammaP(v[0], v[1]))
          .gradientOnce((in, out, g) -> gammaGradient(in, g));

  private static final CustomOp GAMMA_Q =
      op("gammaQ", v -> SpecialFunctions.gammaQ(v[0], v[1]))
          .gradientOnce((in, out, g) -> gammaGradient(in, g.neg()));

  private static final CustomOp GAMMA_BY_A = op("gammaP by a", v -> gammaByShape(v[0], v[1]));

  private static final CustomOp GAMMA_DENSITY =
      op(
          "gamma density",
          v -> v[1] <= 0 ? 0 : v[0] / v[1] * SpecialFunctions.poissonTerm(v[0], v[1]));

  private static final CustomOp GAMMA_MOVE = op("gamma move", v -> move(v[0], v[1]));

  private static final CustomOp GAMMA_QUANTILE =
      op("Gamma.icdf", v -> Quantiles.gamma(v[0], v[1]))
          .gradientOnce(
              (in, x, g) ->
                  new Tensor[] {
                    wanted(in[0], () -> g.mul(GAMMA_MOVE.apply(in[0], x))),
                    g.div(GAMMA_DENSITY.apply(in[0], x))
                  });

  static Tensor gammaP(Tensor a, Tensor x) {
    return apply(GAMMA_P, a, x);
  }

  static Tensor gammaQ(Tensor a, Tensor x) {
    return apply(GAMMA_Q, a, x);
  }

  static Tensor gammaQuantile(Tensor a, Tensor p) {
    return apply(GAMMA_QUANTILE, a, p);
  }

  /** How the x of fixed P(a, x) moves with a. */
  static Tensor gammaMove(Tensor a, Tensor x) {
    return apply(GAMMA_MOVE, a, x);
  }

  private static Tensor[] gammaGradient(Tensor[] in, Tensor g) {
    return new Tensor[] {
      wanted(in[0], () -> g.mul(GAMMA_BY_A.apply(in[0], in[1]))),
      g.mul(GAMMA_DENSITY.apply(in[0], in[1]))
    };
  }

  private static double gammaByShape(double a, double x) {
    // Of the smaller tail, so that the quotient keeps its digits.
    return x < a
        ? slope(t -> SpecialFunctions.gammaP(t, x), a)
        : -slope(t -> SpecialFunctions.gammaQ(t, x), a);
  }

  private static double move(double a, double x) {
    if (x == 0) {
      return 0;
    }
    if (x < 1e-10 * (a + 1)) {
      // P is x^a / Gamma(a + 1) there.
      return -x * (Math.log(x) - org.jacana.op.Gamma.polygamma(0, a + 1)) / a;
    }
    return -gammaByShape(a, x) / (a / x * SpecialFunctions.poissonTerm(a, x));
  }

  // ---- beta ----

  private static final CustomOp BETA_I =
      op("betaI", v -> SpecialFunctions.betaI(v[0], v[1], v[2]))
          .gradientOnce(
              (in, out, g) ->
                  new Tensor[] {
                    wanted(in[0], () -> g.mul(byFirst().apply(in))),
                    wanted(in[1], () -> g.mul(bySecond().apply(in))),
                    g.mul(betaDensity().apply(in))
                  });

  private static final CustomOp BETA_QUANTILE =
      op("Beta.icdf", v -> Quantiles.beta(v[0], v[1], v[2]))
          .gradientOnce(
              (in, x, g) -> {
                Tensor scaled = g.div(betaDensity().apply(in[0], in[1], x));
                return new Tensor[] {
                  wanted(in[0], () -> scaled.mul(byFirst().apply(in[0], in[1], x)).neg()),
                  wanted(in[1], () -> scaled.mul(bySecond().apply(in[0], in[1], x)).neg()),
                  scaled
                };
              });

  private static CustomOp byFirst() {
    return op("betaI by a", v -> slope(a -> SpecialFunctions.betaI(a, v[1], v[2]), v[0]));
  }

  private static CustomOp bySecond() {
    return op("betaI by b", v -> slope(b -> SpecialFunctions.betaI(v[0], b, v[2]), v[1]));
  }

  private static CustomOp betaDensity() {
    return op(
        "beta density",
        v ->
            v[2] <= 0 || v[2] >= 1
                ? 0
                : SpecialFunctions.betaTerm(v[0], v[1], v[2], 1 - v[2]) / (v[2] * (1 - v[2])));
  }

  static Tensor betaI(Tensor a, Tensor b, Tensor x) {
    return apply(BETA_I, a, b, x);
  }

  static Tensor betaQuantile(Tensor a, Tensor b, Tensor p) {
    return apply(BETA_QUANTILE, a, b, p);
  }

  // ---- Student ----

  private static final CustomOp STUDENT =
      op("StudentT.cdf", v -> student(v[0], v[1]))
          .gradientOnce(
              (in, out, g) ->
                  new Tensor[] {
                    wanted(in[0], () -> g.mul(studentByDf().apply(in))),
                    g.mul(studentDensity().apply(in))
                  });

  private static final CustomOp STUDENT_QUANTILE =
      op("StudentT.icdf", v -> Quantiles.studentT(v[0], v[1]))
          .gradientOnce(
              (in, x, g) -> {
                Tensor scaled = g.div(studentDensity().apply(in[0], x));
                return new Tensor[] {
                  wanted(in[0], () -> scaled.mul(studentByDf().apply(in[0], x)).neg()), scaled
                };
              });

  private static CustomOp studentByDf() {
    return op("StudentT.cdf by df", v -> slope(n -> student(n, v[1]), v[0]));
  }

  private static CustomOp studentDensity() {
    return op(
        "StudentT density",
        v -> {
          double n = v[0];
          double norm =
              org.jacana.op.Gamma.logGamma((n + 1) / 2) - org.jacana.op.Gamma.logGamma(n / 2);
          double tail = -(n + 1) / 2 * Math.log1p(v[1] * v[1] / n);
          return Math.exp(norm + tail) / Math.sqrt(n * Math.PI);
        });
  }

  static Tensor studentCdf(Tensor df, Tensor z) {
    return apply(STUDENT, df, z);
  }

  static Tensor studentQuantile(Tensor df, Tensor p) {
    return apply(STUDENT_QUANTILE, df, p);
  }

  private static double student(double n, double z) {
    if (Double.isInfinite(z)) {
      return z > 0 ? 1 : 0;
    }
    double square = z * z;
    double near = square / (n + square);
    double far = n / (n + square);
    double tail = 0.5 * SpecialFunctions.betaI(n / 2, 0.5, far, near);
    return z < 0 ? tail : 1 - tail;
  }

  // ---- counts ----

  private static final CustomOp POISSON_QUANTILE =
      op(
          "Poisson.icdf",
          v -> {
            double guess = v[0] + Math.sqrt(v[0]) * start(v[1]);
            return Quantiles.discrete(
                k -> v[0] == 0 ? 1 : SpecialFunctions.gammaQ(k + 1, v[0]),
                v[1],
                guess,
                Double.POSITIVE_INFINITY);
          });

  /** The count at probability u; no gradient. */
  static Tensor poissonQuantile(Tensor rate, Tensor u) {
    return apply(POISSON_QUANTILE, rate.to(u.dtype()).detach(), u.detach());
  }

  /** The count at probability u of n trials that succeed with probability p; no gradient. */
  static Tensor binomialQuantile(int n, Tensor p, Tensor u) {
    CustomOp quantile = op("Binomial.icdf", v -> binomial(n, v[0], v[1]));
    return apply(quantile, p.to(u.dtype()).detach(), u.detach());
  }

  static double binomial(double n, double p, double u) {
    double guess = n * p + Math.sqrt(n * p * (1 - p)) * start(u);
    return Quantiles.discrete(
        k -> k >= n ? 1 : SpecialFunctions.betaI(n - k, k + 1, 1 - p, p), u, guess, n);
  }

  private static double start(double u) {
    return u > 0 && u < 1 ? Quantiles.normal(u) : 0;
  }

  // ---- normal ----

  private static final CustomOp NORMAL_QUANTILE =
      CustomOp.of("Normal.icdf", in -> standardQuantile(in[0]))
          .gradient(
              (in, z, g) ->
                  new Tensor[] {
                    g.mul(normalQuantile(in[0]).square().mul(0.5).exp()).mul(Math.sqrt(2 * Math.PI))
                  });

  /** By a rough start and Halley's method on the smaller tail; to every order differentiable. */
  static Tensor normalQuantile(Tensor p) {
    return NORMAL_QUANTILE.apply(p);
  }

  private static Tensor standardQuantile(Tensor p) {
    Tensor tail = p.minimum(p.rsub(1));
    Tensor q = Tensor.where(tail.gt(0), tail, 0.5);
    Tensor t = q.log().mul(-2).sqrt();
    Tensor top = t.mul(0.010328).add(0.802853).mul(t).add(2.515517);
    Tensor bottom = t.mul(0.001308).add(0.189269).mul(t).add(1.432788).mul(t).add(1);
    Tensor z = top.div(bottom).sub(t);
    for (int i = 0; i < 3; i++) {
      Tensor density = z.square().mul(-0.5).exp().div(Math.sqrt(2 * Math.PI));
      Tensor off = Normal.standardCdf(z).sub(q).div(density);
      z = z.sub(off.div(z.mul(off).mul(0.5).add(1)));
    }
    z = Tensor.where(tail.eq(0), z.zerosLike().sub(Double.POSITIVE_INFINITY), z);
    z = Tensor.where(p.lt(0.5), z, z.neg());
    return Tensor.where(tail.ge(0), z, Double.NaN);
  }

  // ---- how ----

  private static CustomOp op(String name, Value f) {
    return CustomOp.ofDoubles(
        name,
        shapes -> shapes[0],
        (in, shapes) -> {
          double[] out = new double[in[0].length];
          double[] v = new double[in.length];
          for (int i = 0; i < out.length; i++) {
            for (int j = 0; j < v.length; j++) {
              v[j] = in[j][i];
            }
            out[i] = f.of(v);
          }
          return out;
        });
  }

  private static Tensor apply(CustomOp op, Tensor... in) {
    Shape s = in[0].shape();
    for (Tensor t : in) {
      s = Shape.broadcast("prob", s, t.shape());
    }
    Tensor[] wide = new Tensor[in.length];
    for (int i = 0; i < in.length; i++) {
      wide[i] = in[i].shape().equals(s) ? in[i] : in[i].expand(s);
    }
    return op.apply(wide);
  }

  private static Tensor wanted(Tensor x, java.util.function.Supplier<Tensor> gradient) {
    return x.requiresGrad() ? gradient.get() : null;
  }

  /** The derivative at a > 0 by central differences at three steps (Richardson). */
  private static double slope(DoubleUnaryOperator f, double a) {
    double h = 0.04 * Math.min(a, Math.sqrt(a));
    double[] d = new double[3];
    for (int i = 0; i < 3; i++, h /= 2) {
      d[i] = (f.applyAsDouble(a + h) - f.applyAsDouble(a - h)) / (2 * h);
    }
    double first = (4 * d[1] - d[0]) / 3;
    double second = (4 * d[2] - d[1]) / 3;
    return (16 * second - first) / 15;
  }
}
