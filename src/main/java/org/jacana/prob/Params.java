package org.jacana.prob;

import java.util.Arrays;
import java.util.function.DoublePredicate;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/** The rules for the parameters of distributions, and the sentences when they are broken. */
final class Params {
  private Params() {}

  /** A parameter of type F32 or F64. */
  static void real(String dist, String name, Tensor t) {
    if (t == null) {
      throw new IllegalArgumentException(dist + ": " + name + " is null");
    }
    t.requireOpen(dist, 0);
    if (t.dtype() != DType.F32 && t.dtype() != DType.F64) {
      throw new IllegalArgumentException(
          dist
              + ": "
              + name
              + " must be F32 or F64, got "
              + t.dtype()
              + "; cast with to(DType.F64)");
    }
  }

  /** Parameters of one type. */
  static void same(String dist, Tensor... ts) {
    for (Tensor t : ts) {
      if (t.dtype() != ts[0].dtype()) {
        throw new IllegalArgumentException(
            dist
                + ": the parameters must have one type, got "
                + ts[0].dtype()
                + " and "
                + t.dtype()
                + "; cast one with to(...)");
      }
    }
  }

  static Tensor finite(String dist, String name, Tensor t) {
    return all(dist, name, t, Double::isFinite, "finite");
  }

  static Tensor positive(String dist, String name, Tensor t) {
    return all(dist, name, t, v -> v > 0 && Double.isFinite(v), "positive and finite");
  }

  static Tensor nonNegative(String dist, String name, Tensor t) {
    return all(dist, name, t, v -> v >= 0 && Double.isFinite(v), "at least 0 and finite");
  }

  static Tensor probability(String dist, String name, Tensor t) {
    return all(dist, name, t, v -> v >= 0 && v <= 1, "between 0 and 1");
  }

  /** Every element fulfils the rule. */
  static Tensor all(String dist, String name, Tensor t, DoublePredicate rule, String words) {
    real(dist, name, t);
    double[] v = t.doubles();
    for (int i = 0; i < v.length; i++) {
      if (!rule.test(v[i])) {
        throw new IllegalArgumentException(
            dist + ": " + name + " must be " + words + ", got " + v[i] + where(t.shape(), i));
      }
    }
    return t;
  }

  /** Probabilities whose last axis sums to 1, to within 1e-6 (F32: 1e-5). */
  static Tensor simplex(String dist, String name, Tensor t) {
    all(dist, name, t, v -> v >= 0 && v <= 1, "between 0 and 1");
    if (t.rank() == 0 || t.shape().dim(-1) == 0) {
      throw new IllegalArgumentException(
          dist + ": " + name + " needs a last axis of at least one category, got " + t.shape());
    }
    int k = t.shape().dim(-1);
    double[] v = t.doubles();
    for (int i = 0; i < v.length; i += k) {
      double sum = Arrays.stream(v, i, i + k).sum();
      if (Math.abs(sum - 1) > (t.dtype() == DType.F64 ? 1e-6 : 1e-5)) {
        throw new IllegalArgumentException(
            dist
                + ": "
                + name
                + " must sum to 1 along the last axis, got "
                + sum
                + where(t.shape().without(t.rank() - 1), i / k)
                + "; divide by the sum");
      }
    }
    return t;
  }

  /** Finite numbers or minus infinity, of which each row has a finite one. */
  static Tensor logits(String dist, Tensor t) {
    all(dist, "logits", t, v -> v < Double.POSITIVE_INFINITY, "below infinity and not NaN");
    if (t.rank() == 0 || t.shape().dim(-1) == 0) {
      throw new IllegalArgumentException(
          dist + ": logits need a last axis of at least one category, got " + t.shape());
    }
    try (Scope s = Scope.open(t.device())) {
      finite(dist, "the largest of a row of logits", t.detach().max(-1));
    }
    return t;
  }

  static int count(String dist, String name, int n) {
    if (n < 0) {
      throw new IllegalArgumentException(dist + ": " + name + " must be at least 0, got " + n);
    }
    return n;
  }

  private static String where(Shape s, int i) {
    if (s.rank() == 0) {
      return "";
    }
    int[] at = new int[s.rank()];
    for (int a = at.length - 1; a >= 0; a--) {
      at[a] = i % s.dim(a);
      i /= s.dim(a);
    }
    return " at " + Arrays.toString(at);
  }
}
