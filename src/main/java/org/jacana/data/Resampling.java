package org.jacana.data;

import org.jacana.Tensor;

/**
 * Weights that bring an axis from one length to another: linear between pixels where it grows, and
 * a triangle as wide as needed to take in every pixel where it shrinks (antialiasing as in Pillow).
 */
final class Resampling {
  final int in;
  final int out;

  /** The first pixel that counts for each of the result, and how many there are. */
  private final int[] first;

  private final int[] count;
  private final float[][] weights;

  Resampling(int in, int out) {
    this.in = in;
    this.out = out;
    first = new int[out];
    count = new int[out];
    weights = new float[out][];
    double scale = (double) in / out;
    double reach = Math.max(1, scale);
    for (int i = 0; i < out; i++) {
      double centre = (i + 0.5) * scale;
      int from = Math.max(0, (int) Math.floor(centre - reach));
      int end = Math.min(in, (int) Math.ceil(centre + reach));
      double[] w = new double[end - from];
      double sum = 0;
      for (int j = from; j < end; j++) {
        w[j - from] = Math.max(0, 1 - Math.abs(j + 0.5 - centre) / reach);
        sum += w[j - from];
      }
      first[i] = from;
      count[i] = w.length;
      weights[i] = new float[w.length];
      for (int j = 0; j < w.length; j++) {
        weights[i][j] = (float) (w[j] / sum);
      }
    }
  }

  /**
   * Resamples the middle axis of [outer, in, inner] from {@code x[0]} on to [outer, out, inner]
   * from {@code y[to]} on.
   */
  void apply(int outer, int inner, float[] x, float[] y, int to) {
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < out; i++) {
        float[] w = weights[i];
        int target = to + (o * out + i) * inner;
        for (int k = 0; k < inner; k++) {
          int from = (o * in + first[i]) * inner + k;
          float sum = 0;
          for (int j = 0; j < count[i]; j++) {
            sum += w[j] * x[from + j * inner];
          }
          y[target + k] = sum;
        }
      }
    }
  }

  /** The weights as a matrix F32 [out, in], made on the device. */
  static Tensor matrix(int in, int out) {
    double scale = (double) in / out;
    double reach = Math.max(1, scale);
    Tensor centre = Grid.count(out, out, 1).add(0.5).mul(scale);
    Tensor w = Grid.count(in, 1, in).add(0.5).sub(centre).abs().div(reach).rsub(1).maximum(0);
    return w.div(w.sum(new int[] {1}, true));
  }
}
