package org.jacana.calculus;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * Derivatives from values of a function alone: central differences at shrinking steps, extrapolated
 * to a step of zero (C. J. F. Ridders, Accurate computation of F'(x) and F'(x)F''(x), 1982). They
 * check derivatives found otherwise; for training use {@link org.jacana.autograd.Transforms}.
 *
 * <p>First derivatives of smooth functions come out to about 12 digits, each further order costs
 * two or three. A function is called about 20 times for each first derivative.
 */
public final class NumericDerivative {
  private static final int MOST = 8;

  private NumericDerivative() {}

  /** f'(x). */
  public static Estimate derivative(DoubleUnaryOperator f, double x) {
    return derivative(f, x, 1);
  }

  /** The derivative of an order from 1 to 8, from a first step of about a tenth of x's size. */
  public static Estimate derivative(DoubleUnaryOperator f, double x, int order) {
    return derivative(f, x, order, 0.1 * Math.max(1, Math.abs(x)) * (1 + 0.5 * order));
  }

  /**
   * The derivative of an order from 1 to 8.
   *
   * @param step the largest distance between neighbouring points; about the length over which f
   *     changes. It shrinks by itself where f has no finite value at a point.
   * @throws IllegalArgumentException if the order or the step is out of range, or f has no finite
   *     values however small the step is
   */
  public static Estimate derivative(DoubleUnaryOperator f, double x, int order, double step) {
    if (order < 1 || order > MOST) {
      throw new IllegalArgumentException(
          "derivative: the order must be from 1 to " + MOST + ", got " + order);
    }
    if (!(step > 0) || Double.isInfinite(step) || !Double.isFinite(x)) {
      throw new IllegalArgumentException(
          "derivative: x must be finite and the step positive, got x " + x + ", step " + step);
    }
    return Ridders.derivative(f, x, order, step);
  }

  /** The partial derivative by x[i]. */
  public static Estimate partial(ToDoubleFunction<double[]> f, double[] x, int i) {
    if (i < 0 || i >= x.length) {
      throw new IllegalArgumentException(
          "partial: index " + i + " is out of range for " + x.length + " variables");
    }
    return derivative(t -> f.applyAsDouble(with(x, i, t)), x[i]);
  }

  private static double[] with(double[] x, int i, double t) {
    double[] y = x.clone();
    y[i] = t;
    return y;
  }

  /** The slope of t -> f(x + t v) at 0; v is not normalised. */
  public static Estimate directional(ToDoubleFunction<double[]> f, double[] x, double[] v) {
    if (v.length != x.length) {
      throw new IllegalArgumentException(
          "directional: the direction needs " + x.length + " components, got " + v.length);
    }
    double size = Arrays.stream(v).map(Math::abs).max().orElse(0);
    if (size == 0) {
      return new Estimate(0, 0);
    }
    DoubleUnaryOperator along =
        t -> {
          double[] y = x.clone();
          for (int i = 0; i < y.length; i++) {
            y[i] += t * v[i];
          }
          return f.applyAsDouble(y);
        };
    return derivative(along, 0, 1, 0.15 / size);
  }

  /** All partial derivatives of a scalar function. */
  public static double[] gradient(ToDoubleFunction<double[]> f, double[] x) {
    double[] g = new double[x.length];
    Arrays.setAll(g, i -> partial(f, x, i).value());
    return g;
  }

  /** Row k holds the partial derivatives of the function's component k. */
  public static double[][] jacobian(Function<double[], double[]> f, double[] x) {
    int rows = f.apply(x.clone()).length;
    double[][] j = new double[rows][x.length];
    for (int r = 0; r < rows; r++) {
      int row = r;
      j[r] = gradient(y -> f.apply(y)[row], x);
    }
    return j;
  }

  /** All second derivatives of a scalar function, symmetric. */
  public static double[][] hessian(ToDoubleFunction<double[]> f, double[] x) {
    int n = x.length;
    double[][] h = new double[n][n];
    for (int i = 0; i < n; i++) {
      h[i][i] = diagonal(f, x, i);
      for (int j = 0; j < i; j++) {
        h[i][j] = mixed(f, x, i, j);
        h[j][i] = h[i][j];
      }
    }
    return h;
  }

  private static double diagonal(ToDoubleFunction<double[]> f, double[] x, int i) {
    return derivative(t -> f.applyAsDouble(with(x, i, t)), x[i], 2).value();
  }

  /** From second differences along both diagonals: (f_uu - f_vv) / (4 a b). */
  private static double mixed(ToDoubleFunction<double[]> f, double[] x, int i, int j) {
    double a = Math.max(1, Math.abs(x[i]));
    double b = Math.max(1, Math.abs(x[j]));
    DoubleUnaryOperator sum = t -> f.applyAsDouble(with(with(x, i, x[i] + a * t), j, x[j] + b * t));
    DoubleUnaryOperator difference =
        t -> f.applyAsDouble(with(with(x, i, x[i] + a * t), j, x[j] - b * t));
    double u = derivative(sum, 0, 2).value();
    double v = derivative(difference, 0, 2).value();
    return (u - v) / (4 * a * b);
  }

  /** The gradient of a function with one element as its value; x float64, the result x's shape. */
  public static Tensor gradient(UnaryOperator<Tensor> f, Tensor x) {
    double[] g = gradient(values -> one(f, values, x.shape()), numbers("gradient", x));
    return Tensor.of(g, x.shape().dims());
  }

  /** The Jacobian [value's shape..., x's shape...]; x float64. */
  public static Tensor jacobian(UnaryOperator<Tensor> f, Tensor x) {
    Shape[] shape = new Shape[1];
    double[][] j = jacobian(values -> all(f, values, x.shape(), shape), numbers("jacobian", x));
    return Tensor.of(Arrays.stream(j).flatMapToDouble(Arrays::stream).toArray(), join(shape[0], x));
  }

  /** The Hessian [x's shape..., x's shape...] of a function with one element as its value. */
  public static Tensor hessian(UnaryOperator<Tensor> f, Tensor x) {
    double[][] h = hessian(values -> one(f, values, x.shape()), numbers("hessian", x));
    return Tensor.of(
        Arrays.stream(h).flatMapToDouble(Arrays::stream).toArray(), join(x.shape(), x));
  }

  private static int[] join(Shape first, Tensor x) {
    int[] d = Arrays.copyOf(first.dims(), first.rank() + x.rank());
    System.arraycopy(x.shape().dims(), 0, d, first.rank(), x.rank());
    return d;
  }

  /** The slope of t -> f(x + t v) at 0 of a function with one element; x and v float64. */
  public static Estimate directional(UnaryOperator<Tensor> f, Tensor x, Tensor v) {
    if (!v.shape().equals(x.shape())) {
      throw new IllegalArgumentException(
          "directional: the direction must have x's shape " + x.shape() + ", got " + v.shape());
    }
    return directional(
        values -> one(f, values, x.shape()), numbers("directional", x), numbers("directional", v));
  }

  private static double[] numbers(String op, Tensor x) {
    if (x.dtype() != DType.F64) {
      throw new IllegalArgumentException(
          op
              + ": differences of "
              + x.dtype()
              + " values lose all digits; cast x "
              + x.shape()
              + " to F64 with to(DType.F64)");
    }
    return x.doubles();
  }

  private static double one(UnaryOperator<Tensor> f, double[] values, Shape shape) {
    double[] y = all(f, values, shape, new Shape[1]);
    if (y.length != 1) {
      throw new IllegalArgumentException(
          "NumericDerivative: the function must give one element, got " + y.length + "; reduce it");
    }
    return y[0];
  }

  private static double[] all(
      UnaryOperator<Tensor> f, double[] values, Shape shape, Shape[] result) {
    try (Scope s = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor y = f.apply(Tensor.of(values, shape.dims()));
      result[0] = y.shape();
      return y.doubles();
    }
  }
}
