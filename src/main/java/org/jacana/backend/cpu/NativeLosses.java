package org.jacana.backend.cpu;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.HostBuffer;
import org.jacana.backend.reference.Tiles;

/** Softmax cross-entropy of long rows by oneDNN's softmax, a few rows at a time. */
final class NativeLosses {
  /** Below this a probability says too little about its logarithm. */
  private static final float TINY = 1e-30f;

  private NativeLosses() {}

  private static IntBuffer labels(View labels) {
    return ((HostBuffer) labels.buffer()).ints();
  }

  /** As {@link org.jacana.backend.Backend#crossEntropy}; z is contiguous. */
  static boolean loss(Split split, View loss, View z, View labels) {
    int k = z.shape().dim(1);
    IntBuffer y = labels(labels);
    long first = labels.layout().offset();
    long from = Operands.address(z);
    return split.rowChunks(
        z.shape().dim(0),
        k,
        (at, n) -> {
          try (Scratch p = Scratch.lend(4L * n * k)) {
            if (!OneDnn.softmax(false, p.address(), from + 4 * at * k, n, k)) {
              return false;
            }
            FloatBuffer probabilities = p.floats();
            float[] losses = Tiles.floats(n);
            for (int i = 0; i < n; i++) {
              int label = RowLosses.label(y, first + at + i, k);
              float hit = probabilities.get(i * k + label);
              losses[i] = hit > TINY ? (float) -Math.log(hit) : exact(z, at + i, label, k);
            }
            new Cursor(loss).put(at, n, losses);
            return true;
          }
        });
  }

  private static float exact(View z, long row, int label, int k) {
    float[] t = new float[k];
    new Cursor(z).get(row * k, k, t);
    return (float) (RowLosses.logSumExp(t, k) - t[label]);
  }

  /** As {@link org.jacana.backend.Backend#crossEntropyGrad}; z and dz are contiguous. */
  static boolean grad(Split split, View dz, View dloss, View z, View labels) {
    int k = z.shape().dim(1);
    IntBuffer y = labels(labels);
    long first = labels.layout().offset();
    long from = Operands.address(z);
    long to = Operands.address(dz);
    FloatBuffer target = ((HostBuffer) dz.buffer()).floats();
    int targetAt = (int) dz.layout().offset();
    return split.rowChunks(
        z.shape().dim(0),
        k,
        (at, n) -> {
          long part = to + 4 * at * k;
          if (!OneDnn.softmax(false, part, from + 4 * at * k, n, k)) {
            return false;
          }
          float[] g = Tiles.floats(n);
          new Cursor(dloss).get(at, n, g);
          try (Scratch scratch = Scratch.lend(4L * (n + 1))) {
            long factors = scratch.address();
            scratch.floats().put(0, g).put(n, 0);
            for (int i = 0; i < n; ) {
              int same = i + 1;
              while (same < n && g[same] == g[i]) {
                same++;
              }
              long rows = part + 4L * i * k;
              long length = (long) (same - i) * k;
              if (!OneDnn.blend(rows, factors + 4L * i, rows, factors + 4L * n, rows, length)) {
                return false;
              }
              i = same;
            }
          }
          for (int i = 0; i < n; i++) {
            int hit = targetAt + (int) (at + i) * k + RowLosses.label(y, first + at + i, k);
            target.put(hit, target.get(hit) - g[i]);
          }
          return true;
        });
  }
}
