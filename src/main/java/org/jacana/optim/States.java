package org.jacana.optim;

import java.util.Map;
import java.util.Set;

/** Checks of saved numbers, with one wording. */
final class States {
  private States() {}

  static void requireKeys(String who, Map<String, Double> state, String... keys) {
    if (!state.keySet().equals(Set.of(keys))) {
      throw new IllegalArgumentException(
          who + ": the state must have " + Set.of(keys) + ", got " + state.keySet());
    }
  }

  static double notNegative(String who, Map<String, Double> state, String key) {
    double v = state.get(key);
    if (!(v >= 0) || Double.isInfinite(v)) {
      throw new IllegalArgumentException(
          who + ": the state's '" + key + "' must be finite and not negative, got " + v);
    }
    return v;
  }

  static long whole(String who, Map<String, Double> state, String key) {
    double v = state.get(key);
    if (!(v >= 0 && v == Math.rint(v) && v < 1L << 53)) {
      throw new IllegalArgumentException(
          who + ": the state's '" + key + "' must be a whole number from 0, got " + v);
    }
    return (long) v;
  }
}
