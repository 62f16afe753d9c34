package org.jacana.cli.bench;

import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import org.jacana.Tensor;

/** Looks at results by computing some of them again, in double and in plain Java. */
final class Check {
  private static final int SAMPLES = 32;

  private Check() {}

  /**
   * Compares elements spread over a tensor.
   *
   * @param wanted the element at a place in memory order
   * @param scale what an error is compared with, for that element
   * @param most the largest error, as a part of the scale
   * @return what is wrong, or null
   */
  static String elements(
      Tensor got, IntToDoubleFunction wanted, IntToDoubleFunction scale, double most) {
    float[] values = got.floats();
    for (int s = 0; s < SAMPLES; s++) {
      int i = (int) ((values.length - 1L) * s / (SAMPLES - 1));
      double want = wanted.applyAsDouble(i);
      double error = Math.abs(values[i] - want);
      if (!(error <= most * scale.applyAsDouble(i))) {
        return String.format(
            Locale.ROOT, "element %d is %s but should be %s", i, values[i], (float) want);
      }
    }
    return null;
  }

  /** Two numbers that should be one. */
  static String equal(String what, double got, double want, double scale, double most) {
    return Math.abs(got - want) <= most * scale
        ? null
        : String.format(Locale.ROOT, "%s is %s but should be %s", what, (float) got, (float) want);
  }

  /** The sum of products in double. */
  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** The root of the sum of squares. */
  static double norm(float[] a) {
    return Math.sqrt(dot(a, a));
  }
}
