package org.jacana.peers;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Numbers that every framework starts from; the same in each process, made in plain Java. */
final class Inputs {
  private Inputs() {}

  /** Standard normal numbers. */
  static float[] normal(int seed, int n) {
    SplittableRandom r = new SplittableRandom(seed);
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      v[i] = (float) r.nextGaussian();
    }
    return v;
  }

  /** Normal numbers around one half, whose sum is far from zero. */
  static float[] shifted(int seed, int n) {
    float[] v = normal(seed, n);
    for (int i = 0; i < n; i++) {
      v[i] += 0.5f;
    }
    return v;
  }

  /**
   * Images [batch, size, size, channels] of classes that can be learnt: a pattern each, and noise.
   */
  static float[] images(Net net, int batch) {
    int size = net.size * net.size * net.channels;
    float[] patterns = normal(7, Net.CLASSES * size);
    float[] x = normal(8, batch * size);
    for (int i = 0; i < x.length; i++) {
      int label = i / size % Net.CLASSES;
      x[i] = 0.7f * x[i] + 0.7f * patterns[label * size + i % size];
    }
    return x;
  }

  /** Labels of {@link #images}. */
  static int[] labels(int batch) {
    int[] y = new int[batch];
    Arrays.setAll(y, i -> i % Net.CLASSES);
    return y;
  }

  /** Labels for rows of logits. */
  static int[] labels(int rows, int classes) {
    int[] y = new int[rows];
    Arrays.setAll(y, i -> i * 7 % classes);
    return y;
  }

  /** The numbers 0 to n - 1 in a random order. */
  static int[] permutation(int seed, int n) {
    SplittableRandom r = new SplittableRandom(seed);
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = r.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
