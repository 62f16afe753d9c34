package org.jacana.optim.minimize;

import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;

/**
 * Minimises f(x) subject to h(x) = 0 and g(x) &lt;= 0, and finds the Lagrange multipliers.
 *
 * <pre>{@code
 * ConstrainedMinimum m =
 *     Constrained.of(x -> x.square().sum()).equality(x -> x.sum().sub(1)).from(x0);
 * }</pre>
 *
 * <p>With equalities alone: Newton's method on the conditions of the first order (sequential
 * quadratic programming), one step for a quadratic f and linear h. With inequalities: the augmented
 * Lagrangian (Hestenes 1969, Powell 1969, Rockafellar 1973), minimised by BFGS; when the active
 * constraints are known, Newton's method with these as equalities finishes, if its point satisfies
 * all conditions. The point found is a local minimum. All functions need two derivatives. For sets
 * with a projection see {@link Minimize#within}.
 */
public final class Constrained {
  private final UnaryOperator<Tensor> f;
  private UnaryOperator<Tensor> equality;
  private UnaryOperator<Tensor> inequality;
  private double[] low;
  private double[] high;
  private double tolerance = Double.NaN;
  private int iterations = 200;

  private Constrained(UnaryOperator<Tensor> f) {
    this.f = f;
  }

  /** Minimises f, whose value has one element. */
  public static Constrained of(UnaryOperator<Tensor> f) {
    return new Constrained(f);
  }

  /** Constraints h(x) = 0, a tensor of any shape. */
  public Constrained equality(UnaryOperator<Tensor> h) {
    equality = h;
    return this;
  }

  /** Constraints g(x) &lt;= 0, a tensor of any shape. */
  public Constrained inequality(UnaryOperator<Tensor> g) {
    inequality = g;
    return this;
  }

  /**
   * low_i &lt;= x_i &lt;= high_i, infinities for none; further inequalities after g. One bound
   * counts for all components.
   */
  public Constrained bounds(double[] low, double[] high) {
    new Sets.Box(low, high);
    this.low = low.clone();
    this.high = high.clone();
    return this;
  }

  /** What every {@link Kkt} residual must reach, gradients over max(1, |grad f|); 1e-8. */
  public Constrained tolerance(double tolerance) {
    this.tolerance = Minimize.notNegative("tolerance", tolerance);
    return this;
  }

  /** The most Newton steps, or rounds of the augmented Lagrangian; 200. */
  public Constrained maxIterations(int iterations) {
    this.iterations = Minimize.positive("iterations", iterations);
    return this;
  }

  /** {@link #from(Tensor)} for a vector of doubles on the standard device. */
  public ConstrainedMinimum from(double... x0) {
    try (Tensor start = Scope.release(Tensor.of(x0, x0.length))) {
      return from(start);
    }
  }

  /**
   * Runs.
   *
   * @param x0 the start, F64 (recommended) or F32, of any shape; need not satisfy the constraints
   * @throws IllegalArgumentException if there are no constraints, x0 is empty or not finite, or f,
   *     a constraint or a derivative is not finite there
   */
  public ConstrainedMinimum from(Tensor x0) {
    double[] x = Minimize.start("constrained", x0);
    double limit = !Double.isNaN(tolerance) ? tolerance : x0.dtype() == DType.F64 ? 1e-8 : 1e-4;
    UnaryOperator<Tensor> g = inequalities(x.length);
    if (equality == null && g == null) {
      throw new IllegalArgumentException(
          "constrained: there are no constraints; name some, or use Minimize");
    }
    Lagrangian problem = new Lagrangian(f, equality, g, x0);
    problem.requireFinite(x);
    return g == null
        ? new NewtonKkt(problem, limit, iterations).run(x)
        : new AugmentedLagrangian(problem, limit, iterations).run(x);
  }

  /** g and the bounds as one vector. */
  private UnaryOperator<Tensor> inequalities(int n) {
    if (low == null) {
      return inequality;
    }
    if (low.length != n && low.length != 1) {
      throw new IllegalArgumentException(
          "constrained: there are " + low.length + " bounds for x of " + n + " elements");
    }
    int[] lower = finite(low, n);
    int[] upper = finite(high, n);
    return x -> {
      Tensor flat = x.reshape(n);
      Tensor all = inequality == null ? null : flat(inequality.apply(x));
      all = join(all, lower.length == 0 ? null : side(flat, lower, low).neg());
      return join(all, upper.length == 0 ? null : side(flat, upper, high));
    };
  }

  private static int[] finite(double[] bounds, int n) {
    return IntStream.range(0, n)
        .filter(i -> Double.isFinite(bounds[bounds.length == 1 ? 0 : i]))
        .toArray();
  }

  private static Tensor side(Tensor x, int[] which, double[] bounds) {
    double[] b = new double[which.length];
    for (int i = 0; i < b.length; i++) {
      b[i] = bounds[bounds.length == 1 ? 0 : which[i]];
    }
    return x.indexSelect(0, Tensor.of(which)).sub(Tensor.of(b).to(x.dtype()));
  }

  static Tensor flat(Tensor t) {
    return t.reshape(Math.toIntExact(t.size()));
  }

  static Tensor join(Tensor a, Tensor b) {
    return a == null ? b : b == null ? a : Tensor.concat(0, a, b);
  }
}
