package org.jacana.op;

import java.util.Random;
import org.jacana.DType;

/** Draws inputs that have no ties and keep away from kinks, for difference quotients. */
final class Values {
  private final Random random;
  private int drawn;

  Values(long seed) {
    random = new Random(seed);
  }

  static int size(int... shape) {
    int n = 1;
    for (int d : shape) {
      n *= d;
    }
    return n;
  }

  private int[] permutation(int n) {
    int[] p = new int[n];
    for (int i = 0; i < n; i++) {
      int k = random.nextInt(i + 1);
      p[i] = p[k];
      p[k] = i;
    }
    return p;
  }

  /** Distinct numbers between low and high. */
  Arg in(double low, double high, int... shape) {
    int n = size(shape);
    int[] p = permutation(n);
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      v[i] = low + (high - low) * (p[i] + 0.25 + 0.5 * random.nextDouble()) / n;
    }
    return new Arg(v, DType.F64, shape);
  }

  /** Numbers in [-2, 2] at 0.03 or more from each other argument's and from multiples of 0.1. */
  Arg grid(int... shape) {
    int n = size(shape);
    double offset = 0.03 + 0.03 * (drawn++ % 2);
    int[] p = permutation(Math.max(40, n));
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      v[i] = 0.1 * (p[i] % 40 - 20) + offset;
    }
    return new Arg(v, DType.F64, shape);
  }

  /** Numbers between low and high with random signs. */
  Arg signed(double low, double high, int... shape) {
    Arg a = in(low, high, shape);
    for (int i = 0; i < a.values().length; i++) {
      if (random.nextBoolean()) {
        a.values()[i] *= -1;
      }
    }
    return a;
  }

  /** I32 in 0..bound-1. */
  Arg ints(int bound, int... shape) {
    double[] v = new double[size(shape)];
    for (int i = 0; i < v.length; i++) {
      v[i] = random.nextInt(bound);
    }
    return new Arg(v, DType.I32, shape);
  }

  /** Whole float numbers in low..high, with ties. */
  Arg whole(int low, int high, int... shape) {
    double[] v = new double[size(shape)];
    for (int i = 0; i < v.length; i++) {
      v[i] = low + random.nextInt(high - low + 1);
    }
    return new Arg(v, DType.F64, shape);
  }

  Arg mask(int... shape) {
    return new Arg(ints(2, shape).values(), DType.BOOL, shape);
  }
}
