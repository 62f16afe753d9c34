package org.jacana.backend.cpu;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.jacana.DType;
import org.jacana.backend.Layout;
import org.jacana.backend.View;
import org.jacana.backend.reference.HostBuffer;
import org.jacana.backend.reference.Loops;

/**
 * Copies matrices whose last axis but one lies together in memory into ones whose last axis does,
 * block by block, so that a cache line is read once.
 */
final class TransposedCopy {
  private static final int BLOCK = 64;
  private static final int LEAST = 32;

  private final View out;
  private final View x;
  private final int rows;
  private final int columns;
  private final long stride;

  private TransposedCopy(View out, View x) {
    this.out = out;
    this.x = x;
    Layout l = x.layout();
    rows = l.dim(l.rank() - 2);
    columns = l.dim(l.rank() - 1);
    stride = l.stride(l.rank() - 1);
  }

  /** out = x; false where they are not such matrices of F32 or F64. */
  static boolean run(Loops loops, View out, View x) {
    Layout l = x.layout();
    int r = l.rank();
    boolean wide = x.dtype() == DType.F64;
    if (r < 2
        || out.dtype() != x.dtype()
        || !(wide || x.dtype() == DType.F32)
        || !out.layout().isContiguous()
        || l.stride(r - 2) != 1
        || l.stride(r - 1) == 1
        || l.dim(r - 2) < LEAST
        || l.dim(r - 1) < LEAST) {
      return false;
    }
    TransposedCopy c = new TransposedCopy(out, x);
    int bands = (c.rows + BLOCK - 1) / BLOCK;
    long matrices = out.size() / c.rows / c.columns;
    loops.ranges(
        matrices * bands,
        Math.max(1, bands / 8),
        (from, to) -> {
          for (long i = from; i < to; i++) {
            int first = (int) (i % bands) * BLOCK;
            int count = Math.min(BLOCK, c.rows - first);
            if (wide) {
              c.doubles(i / bands, first, count);
            } else {
              c.floats(i / bands, first, count);
            }
          }
        });
    return true;
  }

  /** Where a matrix begins in x. */
  private long start(long matrix) {
    Layout l = x.layout();
    long at = l.offset();
    for (int a = l.rank() - 3; a >= 0; a--) {
      at += matrix % l.dim(a) * l.stride(a);
      matrix /= l.dim(a);
    }
    return at;
  }

  private long target(long matrix, int row) {
    return out.layout().offset() + (matrix * rows + row) * columns;
  }

  private void doubles(long matrix, int first, int count) {
    DoubleBuffer from = ((HostBuffer) x.buffer()).doubles();
    DoubleBuffer to = ((HostBuffer) out.buffer()).doubles();
    double[][] block = new double[BLOCK][count];
    double[] row = new double[BLOCK];
    for (int j = 0; j < columns; j += BLOCK) {
      int n = Math.min(BLOCK, columns - j);
      for (int c = 0; c < n; c++) {
        from.get((int) (start(matrix) + first + (j + c) * stride), block[c], 0, count);
      }
      for (int i = 0; i < count; i++) {
        for (int c = 0; c < n; c++) {
          row[c] = block[c][i];
        }
        to.put((int) target(matrix, first + i) + j, row, 0, n);
      }
    }
  }

  private void floats(long matrix, int first, int count) {
    FloatBuffer from = ((HostBuffer) x.buffer()).floats();
    FloatBuffer to = ((HostBuffer) out.buffer()).floats();
    float[][] block = new float[BLOCK][count];
    float[] row = new float[BLOCK];
    for (int j = 0; j < columns; j += BLOCK) {
      int n = Math.min(BLOCK, columns - j);
      for (int c = 0; c < n; c++) {
        from.get((int) (start(matrix) + first + (j + c) * stride), block[c], 0, count);
      }
      for (int i = 0; i < count; i++) {
        for (int c = 0; c < n; c++) {
          row[c] = block[c][i];
        }
        to.put((int) target(matrix, first + i) + j, row, 0, n);
      }
    }
  }
}
