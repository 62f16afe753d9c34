package org.jacana.calculus;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Arithmetic on truncated power series: every rule computes coefficient k from those before (as in
 * Griewank and Walther, Evaluating Derivatives, 2008, section 13.2).
 */
final class PowerSeries {
  private PowerSeries() {}

  /** The first coefficients of f around a point. */
  static double[] of(Expr f, String variable, double at, int order) {
    double[] x = constant(at, order + 1);
    if (order > 0) {
      x[1] = 1;
    }
    return of(f, Map.of(variable, x), order + 1);
  }

  /** The series of f with series in place of its variables. */
  private static double[] of(Expr f, Map<String, double[]> variables, int n) {
    Map<Expr, double[]> found = new HashMap<>();
    for (Expr e : Graph.parts(List.of(f))) {
      found.put(e, rule(e, found, variables, n));
    }
    return found.get(f);
  }

  private static double[] rule(
      Expr e, Map<Expr, double[]> found, Map<String, double[]> variables, int n) {
    if (e instanceof Constant c) {
      return constant(c.value, n);
    }
    if (e instanceof Variable v) {
      double[] x = variables.get(v.name);
      if (x == null) {
        throw new IllegalArgumentException(
            "Taylor: the expression has another variable, '" + v.name + "'; substitute it first");
      }
      return x;
    }
    Expr[] parts = e.children();
    if (e instanceof Sum s) {
      double[] y = constant(s.constant.value, n);
      for (int i = 0; i < parts.length; i++) {
        for (int k = 0; k < n; k++) {
          y[k] += s.coefficients[i].value * found.get(parts[i])[k];
        }
      }
      return y;
    }
    if (e instanceof Product p) {
      double[] y = constant(p.coefficient.value, n);
      for (Expr part : parts) {
        y = mul(y, found.get(part));
      }
      return y;
    }
    if (e.equals(Calls.PI)) {
      return constant(Math.PI, n);
    }
    double[][] u = Arrays.stream(parts).map(found::get).toArray(double[][]::new);
    if (e instanceof Power p) {
      return p.exponent instanceof Constant c
          ? power(u[0], c, p)
          : exp(mul(u[1], call(new Call(Fn.LOG, p.base), new double[][] {u[0]})));
    }
    return call((Call) e, u);
  }

  private static double[] constant(double v, int n) {
    double[] c = new double[n];
    c[0] = v;
    return c;
  }

  private static double[] mul(double[] a, double[] b) {
    double[] y = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; a[i] != 0 && j < a.length - i; j++) {
        y[i + j] += a[i] * b[j];
      }
    }
    return y;
  }

  private static IllegalArgumentException none(Expr e, double at) {
    return new IllegalArgumentException(
        "Taylor: " + e + " has no Taylor series where its argument is " + at);
  }

  /** From y' u = p y u', coefficient by coefficient; whole powers of what is 0 by products. */
  private static double[] power(double[] u, Constant c, Expr e) {
    double p = c.value;
    int n = u.length;
    if (c.isInt() && c.signum() > 0 && (u[0] == 0 || c.intValue() < 4)) {
      double[] y = constant(1, n);
      // A power of what begins with u1 (x - a) begins with that power: later ones are cut off.
      for (int i = 0; i < Math.min(c.intValue(), u[0] == 0 ? n : Integer.MAX_VALUE); i++) {
        y = mul(y, u);
      }
      return y;
    }
    double[] y = constant(Math.pow(u[0], p), n);
    if (u[0] == 0 || !Double.isFinite(y[0])) {
      throw none(e, u[0]);
    }
    for (int k = 1; k < n; k++) {
      double sum = 0;
      for (int j = 1; j <= k; j++) {
        sum += (p * j - (k - j)) * u[j] * y[k - j];
      }
      y[k] = sum / (k * u[0]);
    }
    return y;
  }

  private static double[] exp(double[] u) {
    double[] y = constant(Math.exp(u[0]), u.length);
    for (int k = 1; k < y.length; k++) {
      y[k] = next(u, y, k);
    }
    return y;
  }

  /** Coefficient k of y where y' = s u'. */
  private static double next(double[] u, double[] s, int k) {
    double sum = 0;
    for (int j = 1; j <= k; j++) {
      sum += j * u[j] * s[k - j];
    }
    return sum / k;
  }

  private static double[] call(Call c, double[][] u) {
    int n = u[0].length;
    if (isKink(c.fn, u)) {
      throw none(c, u[0][0]);
    }
    return switch (c.fn) {
      case EXP -> exp(u[0]);
      case SIN, COS -> pair(u[0], c.fn == Fn.SIN, -1);
      case SINH, COSH -> pair(u[0], c.fn == Fn.SINH, 1);
      case TAN -> riccati(c.fn, u[0], 1, 0, 1);
      case TANH -> riccati(c.fn, u[0], 1, 0, -1);
      case SIGMOID -> riccati(c.fn, u[0], 0, 1, -1);
      case LGAMMA -> gamma(u[0], -1);
      case POLYGAMMA -> gamma(u[1], (int) u[0][0]);
      case DETACH -> constant(u[0][0], n);
      case WHERE -> u[0][0] != 0 ? u[1] : u[2];
      case MAX, MIN -> u[0][0] > u[1][0] == (c.fn == Fn.MAX) ? u[0] : u[1];
      case ERFINV ->
          throw new IllegalArgumentException("Taylor: there is no rule for " + c.fn.text());
      default -> bySlope(c, u);
    };
  }

  /** Whether the function jumps or bends here. */
  private static boolean isKink(Fn fn, double[][] u) {
    double x = u[0][0];
    return switch (fn) {
      case ABS, SIGN, RELU -> x == 0;
      case FLOOR, CEIL, TRUNC -> x == Math.rint(x);
      case ROUND -> x + 0.5 == Math.rint(x + 0.5);
      case LT, LE, EQ, MAX, MIN -> x == u[1][0] && !Arrays.equals(u[0], u[1]);
      default -> false;
    };
  }

  /** Sine and cosine, or the hyperbolic ones, together. */
  private static double[] pair(double[] u, boolean sine, int sign) {
    int n = u.length;
    double[] s = constant(sign < 0 ? Math.sin(u[0]) : Math.sinh(u[0]), n);
    double[] c = constant(sign < 0 ? Math.cos(u[0]) : Math.cosh(u[0]), n);
    for (int k = 1; k < n; k++) {
      s[k] = next(u, c, k);
      c[k] = sign * next(u, s, k);
    }
    return sine ? s : c;
  }

  /** y' = (a + b y + c y^2) u'. */
  private static double[] riccati(Fn fn, double[] u, double a, double b, double c) {
    int n = u.length;
    double[] y = constant(fn.apply(u[0]), n);
    double[] s = new double[n];
    for (int k = 0; k < n - 1; k++) {
      s[k] = (k == 0 ? a : 0) + b * y[k];
      for (int j = 0; j <= k; j++) {
        s[k] += c * y[j] * y[k - j];
      }
      y[k + 1] = next(u, s, k + 1);
    }
    return y;
  }

  /** The derivative of order m + 1 of log Gamma, composed with u. */
  private static double[] gamma(double[] u, int m) {
    int n = u.length;
    double[] outer = new double[n];
    double factorial = 1;
    for (int k = 0; k < n; k++) {
      factorial *= Math.max(1, k);
      int order = m + k;
      outer[k] = (order < 0 ? Fn.LGAMMA.apply(u[0]) : Fn.POLYGAMMA.apply(order, u[0])) / factorial;
    }
    double[] inner = u.clone();
    inner[0] = 0;
    double[] y = new double[n];
    for (int k = n - 1; k >= 0; k--) {
      y = mul(y, inner);
      y[0] += outer[k];
    }
    return y;
  }

  /** From the series of the function's derivatives by its arguments. */
  private static double[] bySlope(Call c, double[][] u) {
    int n = u[0].length;
    Map<String, double[]> series = new HashMap<>();
    Expr[] names = new Expr[u.length];
    double[] at = new double[u.length];
    for (int i = 0; i < u.length; i++) {
      names[i] = Expr.variable("u" + i);
      series.put("u" + i, u[i]);
      at[i] = u[i][0];
    }
    double[] y = constant(c.fn.apply(at), n);
    if (!Double.isFinite(y[0])) {
      throw none(c, at[0]);
    }
    for (int i = 0; i < u.length; i++) {
      double[] slope = of(c.fn.slope(names, i), series, n);
      for (int k = 1; k < n; k++) {
        y[k] += next(u[i], slope, k);
      }
    }
    return y;
  }
}
