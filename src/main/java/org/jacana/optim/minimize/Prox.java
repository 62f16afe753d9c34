package org.jacana.optim.minimize;

import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.linalg.Linalg;
import org.jacana.linalg.Svd;

/**
 * A convex term h that need not have a gradient, known by its value and its proximal operator,
 * argmin_z h(z) + |z - x|^2 / (2 t) (Parikh and Boyd 2014, Proximal Algorithms). Vectors are flat.
 */
public interface Prox {
  /** The proximal operator with step t &gt; 0; x is not changed. */
  double[] apply(double[] x, double t);

  /** h(x), infinite outside a set. */
  double value(double[] x);

  /**
   * The point of a set where g v is least.
   *
   * @throws IllegalArgumentException if this is not a bounded set with a known one
   */
  default double[] corner(double[] g) {
    throw new IllegalArgumentException(
        "frankWolfe: this constraint has no corners; use a simplex, a bounded box or a ball");
  }

  /** h = 0. */
  static Prox none() {
    return of((x, t) -> x.clone(), x -> 0);
  }

  /** An operator and a value as one. */
  static Prox of(
      BiFunction<double[], Double, double[]> operator, ToDoubleFunction<double[]> value) {
    return new Prox() {
      @Override
      public double[] apply(double[] x, double t) {
        return operator.apply(x, t);
      }

      @Override
      public double value(double[] x) {
        return value.applyAsDouble(x);
      }
    };
  }

  /** lambda sum |x|: soft thresholding. */
  static Prox l1(double lambda) {
    return elasticNet(lambda, 0);
  }

  /** sum lambda_i |x_i|; 0 leaves a component free, such as an intercept. */
  static Prox l1(double[] lambda) {
    double[] each = lambda.clone();
    for (double l : each) {
      Minimize.notNegative("weight of l1", l);
    }
    return of(
        (x, t) -> {
          double[] z = new double[x.length];
          for (int i = 0; i < z.length; i++) {
            z[i] = soft(x[i], t * each[i]);
          }
          return z;
        },
        x -> {
          double s = 0;
          for (int i = 0; i < x.length; i++) {
            s += each[i] * Math.abs(x[i]);
          }
          return s;
        });
  }

  /** lambda / 2 sum x^2: shrinking. */
  static Prox squaredL2(double lambda) {
    return elasticNet(0, lambda);
  }

  /** l1 sum |x| + l2 / 2 sum x^2. */
  static Prox elasticNet(double l1, double l2) {
    Minimize.notNegative("weight of l1", l1);
    Minimize.notNegative("weight of l2", l2);
    return of(
        (x, t) -> {
          double[] z = new double[x.length];
          for (int i = 0; i < z.length; i++) {
            z[i] = soft(x[i], t * l1) / (1 + t * l2);
          }
          return z;
        },
        x -> {
          double s = 0;
          for (double v : x) {
            s += Math.abs(v);
          }
          return l1 * s + l2 / 2 * Vectors.dot(x, x);
        });
  }

  /** sign(x) max(0, |x| - by). */
  static double soft(double x, double by) {
    return x > by ? x - by : x < -by ? x + by : 0;
  }

  /** 0 in a set and infinite outside: projection. */
  static Prox indicator(Projection set) {
    return new Prox() {
      @Override
      public double[] apply(double[] x, double t) {
        return set.of(x);
      }

      @Override
      public double value(double[] x) {
        return 0;
      }

      @Override
      public double[] corner(double[] g) {
        return set.corner(g);
      }
    };
  }

  /**
   * lambda times the sum of the groups' Euclidean norms (Yuan and Lin 2006): whole groups become 0.
   *
   * @param groups indices; components in none are free, and none is in two
   */
  static Prox groupLasso(double lambda, int[]... groups) {
    return new GroupLasso(Minimize.notNegative("weight of the group lasso", lambda), groups);
  }

  /** lambda times the sum of the singular values of x as a matrix: low rank. */
  static Prox nuclear(double lambda, int rows, int columns) {
    Minimize.notNegative("weight of the nuclear norm", lambda);
    return of(
        (x, t) -> {
          try (Scope scope = Scope.open(Device.CPU)) {
            Svd svd = Linalg.svd(Tensor.of(x, rows, columns));
            Tensor s = svd.s().sub(lambda * t).relu();
            return svd.u().mul(s).matmul(svd.vh()).doubles();
          }
        },
        x -> {
          try (Scope scope = Scope.open(Device.CPU)) {
            return lambda * Linalg.nuclearNorm(Tensor.of(x, rows, columns)).item();
          }
        });
  }
}
