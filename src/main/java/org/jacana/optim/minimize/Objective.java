package org.jacana.optim.minimize;

import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.Transforms;

/** A scalar function of a tensor and its derivatives as functions of doubles, counted. */
final class Objective {
  /** A value with its gradient. */
  record Point(double value, double[] gradient) {
    boolean finite() {
      return Double.isFinite(value) && Vectors.finite(gradient);
    }
  }

  private final UnaryOperator<Tensor> f;
  private final UnaryOperator<Tensor> userGradient;
  private final UnaryOperator<Tensor> userHessian;
  final Shape shape;
  final DType dtype;
  private final Device device;
  final int size;
  private int functions;
  private int gradients;
  private int hessians;
  private int products;

  Objective(
      UnaryOperator<Tensor> f,
      UnaryOperator<Tensor> gradient,
      UnaryOperator<Tensor> hessian,
      Tensor like) {
    this.f = f;
    userGradient = gradient;
    userHessian = hessian;
    shape = like.shape();
    dtype = like.dtype();
    device = like.device();
    size = Math.toIntExact(like.size());
  }

  Evaluations counts() {
    return new Evaluations(functions, gradients, hessians, products);
  }

  int functions() {
    return functions;
  }

  /** x as the function sees it: rounded to its type. */
  double[] round(double[] x) {
    if (dtype == DType.F64) {
      return x;
    }
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = (float) x[i];
    }
    return out;
  }

  /** Relative rounding of the type. */
  double epsilon() {
    return dtype == DType.F64 ? Math.ulp(1.0) : Math.ulp(1f);
  }

  /**
   * How much of a difference from this value may be rounding. Sums that cancel are rounded as their
   * parts are, which are unknown: taken to be of size 1 at least.
   */
  double slack(double value) {
    return 4 * epsilon() * Math.max(1, Math.abs(value));
  }

  private Tensor tensor(double[] x) {
    return Tensor.of(x, x.length).reshape(shape).to(dtype);
  }

  /** x as a tensor of the function's device, owned by the innermost scope. */
  Tensor tensorOf(double[] x) {
    try (Scope scope = Scope.open(device)) {
      return scope.keep(tensor(x));
    }
  }

  private Tensor scalar(Tensor y) {
    if (y.size() != 1) {
      throw new IllegalArgumentException(
          "minimize: the function must give one element, got "
              + y.shape()
              + " for x "
              + shape
              + "; reduce it with sum() or mean(), or use LeastSquares for residuals");
    }
    return y;
  }

  /** f(x), NaN and infinities included. */
  double value(double[] x) {
    functions++;
    try (Scope scope = Scope.open(device);
        Autograd.Mode off = Autograd.noGrad()) {
      return scalar(f.apply(tensor(x))).item();
    }
  }

  /** f(x) and its gradient. */
  Point at(double[] x) {
    functions++;
    gradients++;
    try (Scope scope = Scope.open(device);
        Autograd.Mode on = Autograd.enableGrad()) {
      if (userGradient != null) {
        Tensor t = tensor(x);
        double y = Autograd.noGrad(() -> scalar(f.apply(t))).item();
        return new Point(y, flat(Autograd.noGrad(() -> userGradient.apply(t)), "gradient", shape));
      }
      Tensor t = tensor(x).requiresGrad(true);
      Tensor y = tracked(t);
      return new Point(y.item(), Autograd.grad(y, t).doubles());
    }
  }

  private Tensor tracked(Tensor t) {
    Tensor y = scalar(f.apply(t));
    if (y.node() == null) {
      throw new IllegalArgumentException(
          "minimize: the function's value does not depend on x "
              + shape
              + " through operations that have a gradient; compute it from its argument with Tensor"
              + " operations, give a gradient, or use Method.nelderMead()");
    }
    return y;
  }

  private double[] flat(Tensor t, String what, Shape expected) {
    if (t.size() != expected.size()) {
      throw new IllegalArgumentException(
          "minimize: the " + what + " given must be " + expected + ", got " + t.shape());
    }
    return t.doubles();
  }

  /** The Hessian, made symmetric. */
  double[][] hessian(double[] x) {
    hessians++;
    double[] h;
    try (Scope scope = Scope.open(device);
        Autograd.Mode on = Autograd.enableGrad()) {
      Tensor t = tensor(x);
      Tensor all =
          userHessian != null
              ? Autograd.noGrad(() -> userHessian.apply(t))
              : userGradient != null
                  ? Transforms.jacobian(userGradient, t)
                  : Transforms.hessian(v -> scalar(f.apply(v)), t);
      h = flat(all, "Hessian", Shape.of(size, size));
    }
    double[][] out = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        out[i][j] = (h[i * size + j] + h[j * size + i]) / 2;
      }
    }
    return out;
  }

  /** Calls {@code use} with v to H(x) v, which is valid during the call. */
  <T> T withProducts(double[] x, Function<UnaryOperator<double[]>, T> use) {
    try (Scope scope = Scope.open(device);
        Autograd.Mode on = Autograd.enableGrad()) {
      Tensor t = tensor(x).requiresGrad(true);
      if (userHessian != null) {
        double[] h = flat(userHessian.apply(t.detach()), "Hessian", Shape.of(size, size));
        hessians++;
        return use.apply(v -> times(h, v));
      }
      Tensor g =
          userGradient != null
              ? userGradient.apply(t)
              : Autograd.grad(tracked(t), List.of(t), true).get(0);
      if (userGradient == null) {
        gradients++;
        functions++;
      }
      return use.apply(
          v -> {
            products++;
            try (Scope inner = Scope.open(device)) {
              Tensor slope = g.mul(tensor(v)).sum();
              return Autograd.grad(slope, null, List.of(t), false, true, true).get(0).doubles();
            }
          });
    }
  }

  private static double[] times(double[] h, double[] v) {
    double[] out = new double[v.length];
    for (int i = 0; i < v.length; i++) {
      for (int j = 0; j < v.length; j++) {
        out[i] += h[i * v.length + j] * v[j];
      }
    }
    return out;
  }
}
