package org.jacana.backend.cpu;

/**
 * out = sum of factor[j] * in[j], for many positions at once. A loop writes one array and reads at
 * most four: the JIT makes no vector instructions of longer ones.
 */
final class Combination {
  private static final int MOST = 4;

  private final int[] index;
  private final float[] factor;

  /** Of the terms whose factor is not 0: one to four. */
  Combination(double[] factors) {
    int count = 0;
    for (double f : factors) {
      count += f != 0 ? 1 : 0;
    }
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException("a combination has 1 to 4 terms, not " + count);
    }
    index = new int[count];
    factor = new float[count];
    int at = 0;
    for (int j = 0; j < factors.length; j++) {
      if (factors[j] != 0) {
        index[at] = j;
        factor[at++] = (float) factors[j];
      }
    }
  }

  /** The first n positions of {@code out}, which is none of {@code in}. */
  void into(float[] out, int n, float[][] in) {
    float[] f = factor;
    float[] a = in[index[0]];
    switch (f.length) {
      case 1 -> one(n, out, f[0], a);
      case 2 -> two(n, out, f[0], a, f[1], in[index[1]]);
      case 3 -> three(n, out, f, a, in[index[1]], in[index[2]]);
      default -> four(n, out, f, a, in[index[1]], in[index[2]], in[index[3]]);
    }
  }

  private static void one(int n, float[] out, float f, float[] a) {
    if (f == 1) {
      System.arraycopy(a, 0, out, 0, n);
      return;
    }
    for (int i = 0; i < n; i++) {
      out[i] = f * a[i];
    }
  }

  private static void two(int n, float[] out, float f, float[] a, float g, float[] b) {
    for (int i = 0; i < n; i++) {
      out[i] = f * a[i] + g * b[i];
    }
  }

  private static void three(int n, float[] out, float[] f, float[] a, float[] b, float[] c) {
    float f0 = f[0];
    float f1 = f[1];
    float f2 = f[2];
    for (int i = 0; i < n; i++) {
      out[i] = f0 * a[i] + f1 * b[i] + f2 * c[i];
    }
  }

  private static void four(
      int n, float[] out, float[] f, float[] a, float[] b, float[] c, float[] d) {
    float f0 = f[0];
    float f1 = f[1];
    float f2 = f[2];
    float f3 = f[3];
    for (int i = 0; i < n; i++) {
      out[i] = (f0 * a[i] + f1 * b[i]) + (f2 * c[i] + f3 * d[i]);
    }
  }

  /** out = a + b. */
  static void sum(int n, float[] out, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      out[i] = a[i] + b[i];
    }
  }

  /** out = a - b. */
  static void difference(int n, float[] out, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      out[i] = a[i] - b[i];
    }
  }
}
