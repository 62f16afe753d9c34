package org.jacana.optim.minimize;

import java.util.function.UnaryOperator;

/**
 * Conjugate gradients (Hestenes and Stiefel 1952) as Newton's method needs them: they end early
 * where the curvature is not positive, or at the border of a trust region (Steihaug 1983; Nocedal
 * and Wright 2006, algorithms 7.1 and 7.2).
 */
public final class ConjugateGradients {
  private ConjugateGradients() {}

  /**
   * An approximate solution of A x = b from 0 until the residual is at most the tolerance. Where
   * the curvature is not positive it ends with what it has, b itself if that is at once.
   *
   * @param a v to A v, A symmetric
   */
  public static double[] solve(
      UnaryOperator<double[]> a, double[] b, double tolerance, int iterations) {
    return solve(a, b, tolerance, iterations, Double.POSITIVE_INFINITY);
  }

  /**
   * As {@link #solve(UnaryOperator, double[], double, int)}, with |x| at most the radius: the
   * solution lies on the border where the path leaves it, or where the curvature is not positive.
   */
  public static double[] solve(
      UnaryOperator<double[]> a, double[] b, double tolerance, int iterations, double radius) {
    double[] x = new double[b.length];
    double[] r = b;
    double[] p = b;
    double rr = Vectors.dot(r, r);
    for (int n = 0; n < iterations && Math.sqrt(rr) > tolerance; n++) {
      double[] ap = a.apply(p);
      double curvature = Vectors.dot(p, ap);
      if (!(curvature > 0)) {
        return Double.isInfinite(radius) ? n == 0 ? b : x : toBorder(x, p, radius);
      }
      double alpha = rr / curvature;
      double[] next = Vectors.along(x, alpha, p);
      if (Vectors.norm(next) >= radius) {
        return toBorder(x, p, radius);
      }
      x = next;
      r = Vectors.along(r, -alpha, ap);
      double then = Vectors.dot(r, r);
      p = Vectors.along(r, then / rr, p);
      rr = then;
    }
    return x;
  }

  /** x + t p with t &gt;= 0 and that length. */
  private static double[] toBorder(double[] x, double[] p, double radius) {
    double pp = Vectors.dot(p, p);
    double xp = Vectors.dot(x, p);
    double gap = radius * radius - Vectors.dot(x, x);
    // The form without cancellation: both terms of the denominator have one sign.
    double root = Math.sqrt(xp * xp + pp * gap);
    double t = xp > 0 ? gap / (xp + root) : (root - xp) / pp;
    return Vectors.along(x, t, p);
  }
}
