package org.jacana.optim.minimize;

/** How to minimise; each method's own class documents it. Methods hold no state between runs. */
public abstract class Method {
  Method() {}

  /** The method's name, for tables. */
  public abstract String name();

  /** Whether it takes a non-smooth term or a constraint. */
  boolean takesProx() {
    return false;
  }

  /** Whether it needs gradients. */
  boolean needsGradient() {
    return true;
  }

  /** Goes from the run's point to its end. */
  abstract StopReason minimize(Run run);

  @Override
  public String toString() {
    return name();
  }

  /** Gradient descent with Armijo's backtracking. */
  public static Method gradientDescent() {
    return gradientDescent(LineSearch.armijo());
  }

  /** Gradient descent: x -= t g with t by a line search. */
  public static Method gradientDescent(LineSearch search) {
    return new Descent("gradient descent, " + search.name(), search, SteepestDescent::new);
  }

  /**
   * Polyak's heavy ball: v = momentum v - rate g, x += v.
   *
   * @throws IllegalArgumentException if the rate is not positive or the momentum not in [0, 1)
   */
  public static Method momentum(double rate, double momentum) {
    return new Momentum(rate, momentum, false);
  }

  /** Nesterov's momentum: as {@link #momentum} with the gradient at x + momentum v. */
  public static Method nesterov(double rate, double momentum) {
    return new Momentum(rate, momentum, true);
  }

  /**
   * Nesterov's accelerated gradient for convex functions: {@link #fista()} without a second term.
   */
  public static Method accelerated() {
    return new ProximalGradient("accelerated gradient", true);
  }

  /**
   * Newton's method by a modified Cholesky decomposition (the least multiple of the identity found
   * by doubling that makes H positive definite; Nocedal and Wright 2006, algorithm 3.3) and
   * backtracking from length 1.
   */
  public static Method newton() {
    return new NewtonDescent();
  }

  /**
   * Newton's method in a trust region, each subproblem solved exactly by the Hessian's eigenvalues
   * (Moré and Sorensen 1983), so it leaves saddle points.
   */
  public static Method trustRegion() {
    return new TrustRegion(false);
  }

  /**
   * Newton's method in a trust region by conjugate gradients on Hessian-vector products (Steihaug
   * 1983), for many variables: no matrix is formed.
   */
  public static Method newtonCg() {
    return new TrustRegion(true);
  }

  /** BFGS with a strong Wolfe search. */
  public static Method bfgs() {
    return bfgs(LineSearch.strongWolfe());
  }

  /** BFGS: an n x n inverse Hessian from changes of the gradient (Nocedal and Wright, 6.1). */
  public static Method bfgs(LineSearch search) {
    return new Descent("BFGS", search, Bfgs::new);
  }

  /** Limited-memory BFGS with 10 pairs. */
  public static Method lbfgs() {
    return lbfgs(10);
  }

  /** Limited-memory BFGS with a strong Wolfe search, for many variables. */
  public static Method lbfgs(int history) {
    if (history < 1) {
      throw new IllegalArgumentException("lbfgs: the history must be at least 1, got " + history);
    }
    return new Descent("L-BFGS", LineSearch.strongWolfe(), start -> new LimitedBfgs(history));
  }

  /** Nonlinear conjugate gradients of Polak and Ribière, with a search of c2 = 0.1. */
  public static Method conjugateGradient() {
    return conjugateGradient(ConjugateDirection.POLAK_RIBIERE, LineSearch.strongWolfe(1e-4, 0.1));
  }

  /** Nonlinear conjugate gradients. */
  public static Method conjugateGradient(ConjugateDirection formula, LineSearch search) {
    return new Descent(
        "conjugate gradients, " + formula.text(), search, start -> new Conjugate(formula));
  }

  /** Nelder and Mead's simplex of values alone, with dimension-dependent parameters. */
  public static Method nelderMead() {
    return new NelderMead();
  }

  /**
   * The spectral projected gradient (Birgin, Martínez and Raydan 2000), for a constraint with a
   * projection: Barzilai and Borwein's step lengths, and a decrease against the largest of the last
   * ten values.
   */
  public static Method projectedGradient() {
    return new SpectralGradient();
  }

  /**
   * Frank and Wolfe's method over a set with corners: x += 2 / (k + 2) (corner - x). The gradient's
   * tolerance is one for the duality gap g (x - corner), which the result's {@code gradientNorm}
   * holds.
   */
  public static Method frankWolfe() {
    return new FrankWolfe();
  }

  /** Iterative shrinkage and thresholding: x = prox(x - t g, t), t by backtracking. */
  public static Method ista() {
    return new ProximalGradient("ISTA", false);
  }

  /**
   * Accelerated shrinkage and thresholding (Beck and Teboulle 2009) with a restart where the
   * momentum points uphill (O'Donoghue and Candès 2015).
   */
  public static Method fista() {
    return new ProximalGradient("FISTA", true);
  }
}
