package org.jacana.optim.minimize;

import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;

/**
 * Minimises a function of one tensor.
 *
 * <pre>{@code
 * Minimum m = Minimize.of(x -> x.sub(3).square().sum()).method(Method.bfgs()).from(x0);
 * }</pre>
 *
 * <p>The function gives one element from an F64 (recommended) or F32 tensor of x0's shape; it must
 * give the same value each time. Gradients come from Autograd, unless given. The tensors made on
 * the way are freed; the result holds no device memory. For functions of a module's parameters see
 * the optimizers of {@code org.jacana.optim}, for residuals {@link LeastSquares}, for general
 * constraints {@link Constrained}.
 */
public final class Minimize {
  private final UnaryOperator<Tensor> f;
  private UnaryOperator<Tensor> gradient;
  private UnaryOperator<Tensor> hessian;
  private Method method;
  private Prox prox;
  private Projection projection;
  private double gradientTolerance = Double.NaN;
  private double stepTolerance;
  private double valueTolerance;
  private int iterations = 10_000;
  private int evaluations = Integer.MAX_VALUE;
  private boolean recording;

  private Minimize(UnaryOperator<Tensor> f) {
    this.f = f;
  }

  /** Minimises f. */
  public static Minimize of(UnaryOperator<Tensor> f) {
    return new Minimize(f);
  }

  /**
   * The gradient, of x's shape, instead of Autograd's. Second derivatives, where a method needs
   * them, are its Jacobian.
   */
  public Minimize gradient(UnaryOperator<Tensor> gradient) {
    this.gradient = gradient;
    return this;
  }

  /** The Hessian, of n n elements, instead of Autograd's. */
  public Minimize hessian(UnaryOperator<Tensor> hessian) {
    this.hessian = hessian;
    return this;
  }

  /**
   * How. Unless set: BFGS, for more than 500 variables L-BFGS; the projected gradient with a
   * constraint; FISTA with a non-smooth term.
   */
  public Minimize method(Method method) {
    this.method = method;
    return this;
  }

  /** Adds a term that need not have a gradient, and turns to the minimum of the sum. */
  public Minimize plus(Prox term) {
    prox = term;
    projection = null;
    return this;
  }

  /** Minimises over a set; the start must lie in it. */
  public Minimize within(Projection set) {
    projection = set;
    prox = Prox.indicator(set);
    return this;
  }

  /**
   * Stops where the gradient's largest component is at most this; 1e-8, for F32 1e-4. With a
   * constraint or a non-smooth term it is the gradient mapping's.
   */
  public Minimize gradientTolerance(double tolerance) {
    gradientTolerance = notNegative("gradient tolerance", tolerance);
    return this;
  }

  /** Stops where no component of x moves by more than this part of max(1, |x|); 0 is never. */
  public Minimize stepTolerance(double tolerance) {
    stepTolerance = notNegative("step tolerance", tolerance);
    return this;
  }

  /** Stops where f changes by at most this part of max(1, |f|); 0 is never. */
  public Minimize valueTolerance(double tolerance) {
    valueTolerance = notNegative("value tolerance", tolerance);
    return this;
  }

  /** The most iterations; 10,000. */
  public Minimize maxIterations(int iterations) {
    this.iterations = positive("iterations", iterations);
    return this;
  }

  /** The most evaluations of the function, tested after each iteration. */
  public Minimize maxEvaluations(int evaluations) {
    this.evaluations = positive("evaluations", evaluations);
    return this;
  }

  /** Keeps every point, for charts. */
  public Minimize recordPath() {
    recording = true;
    return this;
  }

  static double notNegative(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "minimize: the " + what + " must be finite and not negative, got " + value);
    }
    return value;
  }

  static int positive(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("minimize: " + what + " must be at least 1, got " + value);
    }
    return value;
  }

  /** {@link #from(Tensor)} for a vector of doubles on the standard device. */
  public Minimum from(double... x0) {
    try (Tensor start = Scope.release(Tensor.of(x0, x0.length))) {
      return from(start);
    }
  }

  /**
   * Runs.
   *
   * @param x0 the start, F64 or F32, of any shape; it is not changed
   * @throws IllegalArgumentException if x0 is empty, not finite or outside the constraint, the
   *     function's value is not one element, not finite at x0 or has no gradient, or the method
   *     does not take a non-smooth term or a constraint
   */
  public Minimum from(Tensor x0) {
    double[] x = start("minimize", x0);
    Method m = method != null ? method : standard(x.length);
    if (prox != null && !m.takesProx()) {
      throw new IllegalArgumentException(
          "minimize: "
              + m.name()
              + " takes neither a constraint nor a non-smooth term; use Method.fista(), ista() or,"
              + " for a constraint, projectedGradient()");
    }
    if (projection == null && m instanceof ConstraintMethod) {
      throw new IllegalArgumentException(
          "minimize: " + m.name() + " needs a constraint; name one with within(...)");
    }
    if (projection != null) {
      projection.require(x);
    }
    double tolerance =
        !Double.isNaN(gradientTolerance)
            ? gradientTolerance
            : x0.dtype() == DType.F64 ? 1e-8 : 1e-4;
    Limits limits =
        new Limits(tolerance, stepTolerance, valueTolerance, iterations, evaluations, 60);
    Objective objective = new Objective(f, gradient, hessian, x0);
    Run run = new Run(objective, prox, limits, recording, x);
    StopReason reason = first(run, m);
    return run.result(reason != null ? reason : m.minimize(run));
  }

  private Method standard(int n) {
    if (prox != null) {
      return projection != null ? Method.projectedGradient() : Method.fista();
    }
    return n <= 500 ? Method.bfgs() : Method.lbfgs();
  }

  static double[] start(String who, Tensor x0) {
    x0.requireOpen(who, 0);
    if (!x0.dtype().isFloat() || x0.dtype().bytes() < 4) {
      throw new IllegalArgumentException(
          who + ": x0 must be F64 or F32, got " + x0.dtype() + "; convert it with to(DType.F64)");
    }
    double[] x = x0.doubles();
    if (x.length == 0 || !Vectors.finite(x)) {
      throw new IllegalArgumentException(
          who
              + ": x0 "
              + x0.shape()
              + (x.length == 0 ? " has no elements" : " holds NaN or an infinity")
              + "; start from a finite point");
    }
    return x;
  }

  private static StopReason first(Run run, Method m) {
    if (!m.needsGradient()) {
      double v = finite(run.f.value(run.x), true);
      run.start(v, new double[0], Double.POSITIVE_INFINITY);
      return null;
    }
    Objective.Point p = run.f.at(run.x);
    finite(p.value(), Vectors.finite(p.gradient()));
    if (run.prox == null) {
      return run.start(p.value(), p.gradient(), Vectors.largest(p.gradient()));
    }
    double[] there = run.prox.apply(Vectors.minus(run.x, p.gradient()), 1);
    double norm = Vectors.largest(Vectors.minus(run.x, there));
    return run.start(p.value() + run.prox.value(run.x), p.gradient(), norm);
  }

  private static double finite(double value, boolean gradientToo) {
    if (!Double.isFinite(value) || !gradientToo) {
      throw new IllegalArgumentException(
          "minimize: the function's value at the start is "
              + value
              + (gradientToo ? "" : " and its gradient is not finite")
              + "; start from another point");
    }
    return value;
  }
}
