package org.jacana.nn;

import org.jacana.Generator;

/** Checks of layers' hyper-parameters, with one wording. */
final class Check {
  private Check() {}

  static int positive(String layer, String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(layer + ": " + what + " must be at least 1, got " + value);
    }
    return value;
  }

  static double probability(String layer, String what, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(
          layer + ": " + what + " must be between 0 and 1, got " + value);
    }
    return value;
  }

  static double finite(String layer, String what, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(layer + ": " + what + " must be finite, got " + value);
    }
    return value;
  }

  static double notNegative(String layer, String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          layer + ": " + what + " must be finite and not negative, got " + value);
    }
    return value;
  }

  static Generator generator(String layer, Generator g) {
    if (g == null) {
      throw new IllegalArgumentException(
          layer + ": the generator must not be null; Generator.standard() is the default");
    }
    return g;
  }
}
