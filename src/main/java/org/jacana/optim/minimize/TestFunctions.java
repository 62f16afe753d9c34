package org.jacana.optim.minimize;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Tensor;

/**
 * Functions on which methods are compared, with what is known of them.
 *
 * @param name in print
 * @param f the function of a vector
 * @param start the customary start
 * @param minima all points of least value (for Rastrigin's function the global one)
 * @param value the least value
 */
public record TestFunctions(
    String name, UnaryOperator<Tensor> f, double[] start, double[][] minima, double value) {
  /**
   * Rosenbrock's valley: sum 100 (x_(i+1) - x_i^2)^2 + (1 - x_i)^2, from (-1.2, 1, ...). For n of 4
   * to 30 it has another, local minimum near (-1, 1, ..., 1) (Shang and Qiu 2006).
   *
   * @throws IllegalArgumentException if n is below 2
   */
  public static TestFunctions rosenbrock(int n) {
    if (n < 2) {
      throw new IllegalArgumentException("rosenbrock: n must be at least 2, got " + n);
    }
    double[] start = new double[n];
    double[] ones = new double[n];
    for (int i = 0; i < n; i++) {
      start[i] = i % 2 == 0 ? -1.2 : 1;
      ones[i] = 1;
    }
    return new TestFunctions(
        "Rosenbrock", TestFunctions::rosenbrock, start, new double[][] {ones}, 0);
  }

  private static Tensor rosenbrock(Tensor x) {
    int n = x.shape().dim(0);
    Tensor a = x.slice(0, 0, n - 1);
    Tensor b = x.slice(0, 1, n);
    return b.sub(a.square()).square().mul(100).add(a.rsub(1).square()).sum();
  }

  /** Himmelblau's function: (x^2 + y - 11)^2 + (x + y^2 - 7)^2, four minima of value 0. */
  public static TestFunctions himmelblau() {
    return new TestFunctions(
        "Himmelblau",
        v -> {
          Tensor x = v.select(0, 0);
          Tensor y = v.select(0, 1);
          return x.square().add(y).sub(11).square().add(x.add(y.square()).sub(7).square());
        },
        new double[] {0, 0},
        new double[][] {
          {3, 2},
          {-2.8051180869527448, 3.1313125182505730},
          {-3.7793102533777469, -3.2831859912861694},
          {3.5844283403304917, -1.8481265269644035}
        },
        0);
  }

  /** Rastrigin's function: 10 n + sum x^2 - 10 cos(2 pi x), a minimum near every whole point. */
  public static TestFunctions rastrigin(int n) {
    double[] start = new double[n];
    Arrays.fill(start, 0.2);
    return new TestFunctions(
        "Rastrigin",
        x -> x.square().sub(x.mul(2 * Math.PI).cos().mul(10)).add(10).sum(),
        start,
        new double[][] {new double[n]},
        0);
  }

  /** Beale's function: (1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2. */
  public static TestFunctions beale() {
    return new TestFunctions(
        "Beale",
        v -> {
          Tensor x = v.select(0, 0);
          Tensor y = v.select(0, 1);
          Tensor sum = null;
          double[] c = {1.5, 2.25, 2.625};
          for (int k = 1; k <= 3; k++) {
            Tensor part = x.mul(y.pow(k).sub(1)).add(c[k - 1]).square();
            sum = sum == null ? part : sum.add(part);
          }
          return sum;
        },
        new double[] {1, 1},
        new double[][] {{3, 0.5}},
        0);
  }

  /** Booth's function: (x + 2y - 7)^2 + (2x + y - 5)^2. */
  public static TestFunctions booth() {
    return new TestFunctions(
        "Booth",
        v -> {
          Tensor x = v.select(0, 0);
          Tensor y = v.select(0, 1);
          return x.add(y.mul(2)).sub(7).square().add(x.mul(2).add(y).sub(5).square());
        },
        new double[] {0, 0},
        new double[][] {{1, 3}},
        0);
  }

  /**
   * The bowl sum c_i x_i^2 / 2 with curvatures c from 1 to the condition number k in equal ratios,
   * from (k, ..., 1), which is the start where gradient descent with an exact search is slowest for
   * n = 2: each step multiplies x by (k - 1) / (k + 1) in size (Nocedal and Wright 2006, 3.29).
   *
   * @throws IllegalArgumentException if n is below 2 or the condition below 1
   */
  public static TestFunctions bowl(int n, double condition) {
    if (n < 2 || !(condition >= 1)) {
      throw new IllegalArgumentException(
          "bowl: needs n of at least 2 and a condition of at least 1, got "
              + n
              + " and "
              + condition);
    }
    double[] c = new double[n];
    double[] start = new double[n];
    for (int i = 0; i < n; i++) {
      c[i] = Math.pow(condition, i / (n - 1.0));
      start[i] = condition / c[i];
    }
    return new TestFunctions(
        "bowl of condition " + condition,
        x -> {
          Tensor curvature = Tensor.of(c, n).to(x.dtype());
          return x.square().mul(curvature).sum().mul(0.5);
        },
        start,
        new double[][] {new double[n]},
        0);
  }

  /** The start as an F64 tensor of the innermost scope. */
  public Tensor startTensor() {
    return Tensor.of(start, start.length).to(DType.F64);
  }

  /** The Euclidean distance from a point to the nearest minimum. */
  public double distance(double[] x) {
    double least = Double.POSITIVE_INFINITY;
    for (double[] m : minima) {
      least = Math.min(least, Vectors.norm(Vectors.minus(x, m)));
    }
    return least;
  }
}
