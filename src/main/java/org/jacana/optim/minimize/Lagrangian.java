package org.jacana.optim.minimize;

import java.util.function.UnaryOperator;
import org.jacana.Tensor;

/** f, h and g of one problem, and what is made from them and multipliers. */
final class Lagrangian {
  private static final double[] NONE = {};

  private final UnaryOperator<Tensor> function;
  private final UnaryOperator<Tensor> h;
  private final UnaryOperator<Tensor> g;
  private final Tensor like;
  final Objective f;
  private final Residuals equality;
  private final Residuals inequality;
  private int functions;
  private int gradients;
  private int hessians;

  Lagrangian(
      UnaryOperator<Tensor> f, UnaryOperator<Tensor> h, UnaryOperator<Tensor> g, Tensor like) {
    function = f;
    this.h = h;
    this.g = g;
    this.like = like;
    this.f = new Objective(f, null, null, like);
    equality = h == null ? null : new Residuals("constrained: equality", h, null, like);
    inequality = g == null ? null : new Residuals("constrained: inequality", g, null, like);
  }

  double[] h(double[] x) {
    return equality == null ? NONE : equality.at(x);
  }

  double[] g(double[] x) {
    return inequality == null ? NONE : inequality.at(x);
  }

  double[][] equalityJacobian(double[] x, int m) {
    return equality == null ? new double[0][] : equality.jacobian(x, m);
  }

  void requireFinite(double[] x) {
    Objective.Point p = f.at(x);
    double[] hx = h(x);
    double[] gx = g(x);
    boolean values = p.finite() && Vectors.finite(hx) && Vectors.finite(gx);
    if (!values) {
      throw new IllegalArgumentException(
          "constrained: f, its gradient or a constraint is not finite at the start (f = "
              + p.value()
              + "); start from another point");
    }
  }

  /** grad f, and what is missing to stationarity with these multipliers. */
  Kkt kkt(double[] x, double[] gradient, double[] lambda, double[] mu) {
    double[] hx = h(x);
    double[] gx = g(x);
    double[] rest = gradient.clone();
    if (hx.length > 0) {
      double[][] j = equalityJacobian(x, hx.length);
      rest = Vectors.along(rest, 1, Dense.transposed(j, lambda, x.length));
    }
    double feasibility = Vectors.largest(hx);
    double complementarity = 0;
    double sign = 0;
    if (gx.length > 0) {
      double[][] j = inequality.jacobian(x, gx.length);
      rest = Vectors.along(rest, 1, Dense.transposed(j, mu, x.length));
      for (int i = 0; i < gx.length; i++) {
        feasibility = Math.max(feasibility, gx[i]);
        complementarity = Math.max(complementarity, Math.abs(mu[i] * gx[i]));
        sign = Math.max(sign, -mu[i]);
      }
    }
    return new Kkt(Vectors.largest(rest), feasibility, complementarity, sign);
  }

  /** Whether the residuals are within a tolerance. */
  static boolean holds(Kkt kkt, double[] gradient, double tolerance) {
    double scale = Math.max(1, Vectors.largest(gradient));
    return kkt.stationarity() <= tolerance * scale
        && kkt.feasibility() <= tolerance
        && kkt.complementarity() <= tolerance * scale
        && kkt.sign() <= tolerance * scale;
  }

  /** The Hessian of f + lambda h. */
  double[][] hessian(double[] x, double[] lambda) {
    Objective l =
        new Objective(
            t -> {
              Tensor y = function.apply(t);
              return lambda.length == 0 ? y : y.reshape(1).add(weighted(h.apply(t), lambda));
            },
            null,
            null,
            like);
    double[][] out = l.hessian(x);
    hessians++;
    return out;
  }

  private static Tensor weighted(Tensor values, double[] weights) {
    Tensor flat = Constrained.flat(values);
    return flat.mul(Tensor.of(weights).to(flat.dtype())).sum();
  }

  /** f + lambda h + rho |h|^2 / 2 + (|max(0, mu + rho g)|^2 - |mu|^2) / (2 rho). */
  UnaryOperator<Tensor> augmented(double[] lambda, double[] mu, double rho) {
    return t -> {
      Tensor y = function.apply(t).reshape(1);
      if (h != null) {
        Tensor hx = h.apply(t);
        y = y.add(weighted(hx, lambda)).add(hx.square().sum().mul(rho / 2));
      }
      if (g != null) {
        Tensor gx = Constrained.flat(g.apply(t));
        Tensor over = gx.mul(rho).add(Tensor.of(mu).to(gx.dtype())).relu();
        y = y.add(over.square().sum().sub(Vectors.dot(mu, mu)).div(2 * rho));
      }
      return y;
    };
  }

  /** The problem with h and some of the inequalities as equalities. */
  Lagrangian withActive(int[] active) {
    UnaryOperator<Tensor> all =
        t -> {
          Tensor hx = h == null ? null : Constrained.flat(h.apply(t));
          Tensor some =
              active.length == 0
                  ? null
                  : Constrained.flat(g.apply(t)).indexSelect(0, Tensor.of(active));
          return Constrained.join(hx, some);
        };
    return new Lagrangian(function, h == null && active.length == 0 ? null : all, null, like);
  }

  void count(Evaluations more) {
    functions += more.functions();
    gradients += more.gradients();
    hessians += more.hessians();
  }

  Evaluations counts() {
    Evaluations own = f.counts();
    return new Evaluations(
        functions + own.functions(), gradients + own.gradients(), hessians + own.hessians(), 0);
  }

  ConstrainedMinimum result(
      double[] x,
      double[] lambda,
      double[] mu,
      int iterations,
      StopReason reason,
      Trajectory trajectory) {
    Objective.Point p = f.at(x);
    return new ConstrainedMinimum(
        x,
        p.value(),
        lambda,
        mu,
        kkt(x, p.gradient(), lambda, mu),
        iterations,
        counts(),
        reason,
        trajectory,
        f.shape,
        f.dtype);
  }
}
