package org.jacana.optim.minimize;

import java.util.Arrays;
import org.jacana.Tensor;

/** The nearest point of a closed convex set. Vectors are flat. */
public interface Projection {
  /** The nearest point of the set; x is not changed. */
  double[] of(double[] x);

  /** The set in words, for messages. */
  String text();

  /** The point of a bounded set where g v is least; see {@link Method#frankWolfe}. */
  default double[] corner(double[] g) {
    throw new IllegalArgumentException(
        "frankWolfe: " + text() + " has no corners; use a simplex, a bounded box or a ball");
  }

  /** Whether x is within the tolerance of the set, in the largest component. */
  default boolean contains(double[] x, double tolerance) {
    return Vectors.largest(Vectors.minus(of(x), x)) <= tolerance;
  }

  /** Throws IllegalArgumentException unless x is in the set, but for rounding. */
  default void require(double[] x) {
    if (!contains(x, 1e-6 * Math.max(1, Vectors.largest(x)))) {
      throw new IllegalArgumentException(
          "minimize: the start "
              + (x.length <= 10 ? Arrays.toString(x) + " " : "")
              + "is not in "
              + text()
              + "; start from its projection");
    }
  }

  /** All x with low &lt;= x_i &lt;= high; bounds may be infinite. */
  static Projection box(double low, double high) {
    return new Sets.Box(new double[] {low}, new double[] {high});
  }

  /**
   * All x with low_i &lt;= x_i &lt;= high_i; bounds may be infinite, one bound counts for all
   * components.
   */
  static Projection box(double[] low, double[] high) {
    return new Sets.Box(low.clone(), high.clone());
  }

  /** All x with no negative component. */
  static Projection nonNegative() {
    return box(0, Double.POSITIVE_INFINITY);
  }

  /** The ball |x| &lt;= radius. */
  static Projection ball(double radius) {
    return new Sets.Ball(null, Sets.positive("ball", "radius", radius));
  }

  /** The ball |x - centre| &lt;= radius. */
  static Projection ball(double[] centre, double radius) {
    return new Sets.Ball(centre.clone(), Sets.positive("ball", "radius", radius));
  }

  /** All x &gt;= 0 with that sum; 1 for probabilities (Held, Wolfe and Crowder 1974). */
  static Projection simplex(double total) {
    return new Sets.Simplex(Sets.positive("simplex", "total", total));
  }

  /** All x with sum |x_i| &lt;= radius (Duchi et al. 2008). */
  static Projection l1Ball(double radius) {
    return new Sets.L1Ball(Sets.positive("l1Ball", "radius", radius));
  }

  /**
   * All x with A x = b.
   *
   * @param a [m, n]
   * @param b [m]
   * @throws IllegalArgumentException if no x satisfies that
   */
  static Projection affine(Tensor a, Tensor b) {
    return Sets.affine(a, b);
  }

  /** All x with a x &lt;= b. */
  static Projection halfSpace(double[] a, double b) {
    return new Sets.HalfSpace(a.clone(), b);
  }
}
