package org.jacana.calculus;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.DoubleUnaryOperator;

/**
 * Integrals from values of a function: the 15-point rule of Kronrod around Gauss's 7-point one, the
 * interval with the largest difference between the two halved until the error is small enough.
 */
public final class NumericIntegral {
  private static final double[] NODES = {
    0.991455371120812639206854697526329,
    0.949107912342758524526189684047851,
    0.864864423359769072789712788640926,
    0.741531185599394439863864773280788,
    0.586087235467691130294144691693013,
    0.405845151377397166906606412076961,
    0.207784955007898467600689403773245,
    0
  };
  private static final double[] KRONROD = {
    0.022935322010529224963732008058970,
    0.063092092629978553290700663189204,
    0.104790010322250183839876322541518,
    0.140653259715525918745189590510238,
    0.169004726639267902826583426598550,
    0.190350578064785409913256402421014,
    0.204432940075298892414161999234649,
    0.209482141084727828012999174891714
  };
  private static final double[] GAUSS = {
    0.129484966168869693270611432679082,
    0.279705391489276667901467771423780,
    0.381830050505118944950369775488975,
    0.417959183673469387755102040816327
  };
  private static final int MOST_INTERVALS = 2000;

  private NumericIntegral() {}

  private record Part(double a, double b, double value, double error) {}

  /** {@link #integrate(DoubleUnaryOperator, double, double, double)} to a relative 1e-10. */
  public static Estimate integrate(DoubleUnaryOperator f, double a, double b) {
    return integrate(f, a, b, 1e-10);
  }

  /**
   * The integral of f from a to b, either of which may be infinite; f is never called at the ends.
   *
   * @param tolerance of the error, relative to the value (absolute below values of 1)
   * @return the value and the difference of the two rules, which is larger than the error for
   *     smooth functions; above the tolerance where 2000 intervals do not suffice
   * @throws IllegalArgumentException if an end is NaN or f is not finite inside the interval
   */
  public static Estimate integrate(DoubleUnaryOperator f, double a, double b, double tolerance) {
    if (a != a || b != b || !(tolerance > 0)) {
      throw new IllegalArgumentException(
          "integrate: needs numbers as ends and a positive tolerance, got "
              + a
              + ", "
              + b
              + ", "
              + tolerance);
    }
    if (a > b) {
      Estimate back = integrate(f, b, a, tolerance);
      return new Estimate(-back.value(), back.error());
    }
    if (a == b) {
      return new Estimate(0, 0);
    }
    if (Double.isInfinite(a) || Double.isInfinite(b)) {
      return infinite(f, a, b, tolerance);
    }
    PriorityQueue<Part> parts =
        new PriorityQueue<>(Comparator.comparingDouble(Part::error).reversed());
    parts.add(rule(f, a, b));
    while (true) {
      double value = parts.stream().mapToDouble(Part::value).sum();
      double error = parts.stream().mapToDouble(Part::error).sum();
      Part worst = parts.peek();
      double middle = 0.5 * (worst.a + worst.b);
      boolean split = middle > worst.a && middle < worst.b && parts.size() < MOST_INTERVALS;
      if (error <= tolerance * Math.max(1, Math.abs(value)) || !split) {
        return new Estimate(value, error);
      }
      parts.poll();
      parts.add(rule(f, worst.a, middle));
      parts.add(rule(f, middle, worst.b));
    }
  }

  /** Maps the line to (-1, 1) by t / (1 - t^2), a half-line to (0, 1) by t / (1 - t). */
  private static Estimate infinite(DoubleUnaryOperator f, double a, double b, double tolerance) {
    if (Double.isInfinite(a) && Double.isInfinite(b)) {
      return integrate(
          t -> {
            double s = 1 - t * t;
            return f.applyAsDouble(t / s) * (1 + t * t) / (s * s);
          },
          -1,
          1,
          tolerance);
    }
    double end = Double.isInfinite(b) ? a : b;
    double sign = Double.isInfinite(b) ? 1 : -1;
    return integrate(
        t -> f.applyAsDouble(end + sign * t / (1 - t)) / ((1 - t) * (1 - t)), 0, 1, tolerance);
  }

  private static Part rule(DoubleUnaryOperator f, double a, double b) {
    double middle = 0.5 * (a + b);
    double half = 0.5 * (b - a);
    double kronrod = 0;
    double gauss = 0;
    for (int i = 0; i < NODES.length; i++) {
      double sum = f.applyAsDouble(middle + half * NODES[i]);
      if (NODES[i] != 0) {
        sum += f.applyAsDouble(middle - half * NODES[i]);
      }
      if (!Double.isFinite(sum)) {
        throw new IllegalArgumentException(
            "integrate: the function is not finite between " + a + " and " + b);
      }
      kronrod += KRONROD[i] * sum;
      gauss += i % 2 == 1 ? GAUSS[i / 2] * sum : 0;
    }
    return new Part(a, b, kronrod * half, Math.abs(kronrod - gauss) * half);
  }
}
