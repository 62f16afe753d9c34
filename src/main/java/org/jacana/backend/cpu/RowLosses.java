package org.jacana.backend.cpu;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.HostBuffer;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/** Softmax cross-entropy and its gradient in one pass over rows of F32 logits. */
final class RowLosses {
  private RowLosses() {}

  static int label(IntBuffer labels, long at, int k) {
    int label = labels.get((int) at);
    if (label < 0 || label >= k) {
      throw new IllegalArgumentException(
          "crossEntropy: label " + label + " is out of range for " + k + " classes");
    }
    return label;
  }

  private static IntBuffer ints(View v) {
    return ((HostBuffer) v.buffer()).ints();
  }

  /** max + log(sum exp(z - max)) of a row. */
  static double logSumExp(float[] z, int k) {
    float max = z[0];
    for (int c = 1; c < k; c++) {
      max = Math.max(max, z[c]);
    }
    double sum = 0;
    for (int c = 0; c < k; c++) {
      sum += Math.exp(z[c] - max);
    }
    return max + Math.log(sum);
  }

  static void loss(Loops loops, View loss, View z, View labels) {
    int k = z.shape().dim(1);
    IntBuffer y = ints(labels);
    long first = labels.layout().offset();
    loops.ranges(
        z.shape().dim(0),
        Math.max(1, 4096 / k),
        (from, to) -> {
          Cursor rows = new Cursor(z);
          Cursor out = new Cursor(loss);
          float[] t = Tiles.floats(k);
          float[] one = Tiles.floats(1);
          for (long i = from; i < to; i++) {
            rows.get(i * k, k, t);
            one[0] = (float) (logSumExp(t, k) - t[label(y, first + i, k)]);
            out.put(i, 1, one);
          }
        });
  }

  static void grad(Loops loops, View dz, View dloss, View z, View labels) {
    int k = z.shape().dim(1);
    IntBuffer y = ints(labels);
    long first = labels.layout().offset();
    FloatBuffer target = ((HostBuffer) dz.buffer()).floats();
    loops.ranges(
        z.shape().dim(0),
        Math.max(1, 4096 / k),
        (from, to) -> {
          Cursor rows = new Cursor(z);
          Cursor weights = new Cursor(dloss);
          float[] t = Tiles.floats(k);
          float[] one = Tiles.floats(1);
          for (long i = from; i < to; i++) {
            rows.get(i * k, k, t);
            weights.get(i, 1, one);
            double l = logSumExp(t, k);
            int hit = label(y, first + i, k);
            for (int c = 0; c < k; c++) {
              t[c] = (float) (one[0] * (Math.exp(t[c] - l) - (c == hit ? 1 : 0)));
            }
            target.put((int) (dz.layout().offset() + i * k), t, 0, k);
          }
        });
  }
}
