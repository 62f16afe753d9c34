package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MatmulTest {
  private static final int[] SIZES = {1, 2, 3, 7, 17, 64};

  /** Largest index plus one that the strides reach. */
  private static int reach(MatmulShape s, long s0, long s1, long r, long c, int rows, int columns) {
    return (int)
        (1 + (s.batch0() - 1) * s0 + (s.batch1() - 1) * s1 + (rows - 1) * r + (columns - 1) * c);
  }

  private static void check(MatmulShape s, boolean withBias) {
    try (Memory memory = new Memory(s.toString().hashCode())) {
      float[] a = memory.random(reach(s, s.a0(), s.a1(), s.aRow(), s.aColumn(), s.m(), s.k()));
      float[] b = memory.random(reach(s, s.b0(), s.b1(), s.bRow(), s.bColumn(), s.k(), s.n()));
      float[] bias = memory.random(s.n());
      int size = reach(s, s.c0(), s.c1(), s.cRow(), s.cColumn(), s.m(), s.n());
      long c = memory.floats(size);
      boolean ran =
          OneDnn.matmul(
              c, memory.floats(a), memory.floats(b), withBias ? memory.floats(bias) : 0, s);
      assertTrue(ran, () -> "no kernel for " + s);
      double[] want = new double[size];
      double[] scale = new double[size];
      java.util.Arrays.fill(want, -777.25);
      for (int p = 0; p < s.batch0(); p++) {
        for (int q = 0; q < s.batch1(); q++) {
          for (int i = 0; i < s.m(); i++) {
            for (int j = 0; j < s.n(); j++) {
              double sum = withBias ? bias[j] : 0;
              double size1 = Math.abs(sum);
              for (int l = 0; l < s.k(); l++) {
                double term =
                    (double) a[(int) (p * s.a0() + q * s.a1() + i * s.aRow() + l * s.aColumn())]
                        * b[(int) (p * s.b0() + q * s.b1() + l * s.bRow() + j * s.bColumn())];
                sum += term;
                size1 += Math.abs(term);
              }
              int at = (int) (p * s.c0() + q * s.c1() + i * s.cRow() + j * s.cColumn());
              want[at] = sum;
              scale[at] = size1;
            }
          }
        }
      }
      Memory.close(s.toString(), want, scale, Memory.read(c, size), 3e-7);
    }
  }

  @Test
  void everySizeAndTransposition() {
    for (int m : SIZES) {
      for (int k : SIZES) {
        for (int n : SIZES) {
          for (int t = 0; t < 4; t++) {
            check(MatmulShape.dense(m, k, n, (t & 1) != 0, (t & 2) != 0), false);
          }
        }
      }
    }
  }

  @Test
  void biasAndRelu() {
    for (int m : SIZES) {
      for (int n : SIZES) {
        check(MatmulShape.dense(m, 17, n, false, true), true);
        check(MatmulShape.dense(m, 5, n, false, false), true);
        check(MatmulShape.dense(m, 5, n, true, false), false);
        check(MatmulShape.batched(3, m, 7, n, false, true), true);
      }
    }
  }

  @Test
  void batches() {
    for (int t = 0; t < 4; t++) {
      for (int m : new int[] {1, 3, 17}) {
        for (int n : new int[] {1, 2, 17}) {
          check(MatmulShape.batched(5, m, 7, n, (t & 1) != 0, (t & 2) != 0), false);
        }
      }
    }
  }

  @Test
  void repeatedOperands() {
    int m = 3;
    int k = 7;
    int n = 5;
    // b repeats over both axes, over one, a repeats, and a with one row each.
    check(new MatmulShape(2, 4, m, k, n, 84, 21, 7, 1, 0, 0, 5, 1, 60, 15, 5, 1), true);
    check(new MatmulShape(2, 4, m, k, n, 84, 21, 7, 1, 0, 35, 5, 1, 60, 15, 5, 1), false);
    check(new MatmulShape(2, 4, m, k, n, 84, 21, 7, 1, 35, 0, 5, 1, 60, 15, 5, 1), false);
    check(new MatmulShape(2, 4, m, k, n, 0, 21, 7, 1, 140, 35, 5, 1, 60, 15, 5, 1), false);
    check(new MatmulShape(2, 4, m, k, n, 0, 0, 7, 1, 140, 35, 5, 1, 60, 15, 5, 1), false);
    check(new MatmulShape(2, 4, 1, k, n, 28, 7, 7, 1, 0, 0, 5, 1, 20, 5, 5, 1), true);
  }

  /** Attention: [B,L,H,D] read as [B,H,L,D], scores [B,H,L,L], values back into [B,L,H,D]. */
  @Test
  void interleavedHeads() {
    int b = 2;
    int h = 3;
    int l = 5;
    int d = 4;
    long row = h * d;
    check(
        new MatmulShape(
            b, h, l, d, l, l * row, d, row, 1, l * row, d, 1, row, h * l * l, l * l, l, 1),
        false);
    check(
        new MatmulShape(
            b, h, l, l, d, h * l * l, l * l, l, 1, l * row, d, row, 1, l * row, d, row, 1),
        false);
  }

  @Test
  void slicesOfLargerMatrices() {
    check(new MatmulShape(1, 1, 7, 3, 5, 0, 0, 11, 1, 0, 0, 13, 1, 0, 0, 9, 1), true);
    check(new MatmulShape(1, 1, 7, 3, 5, 0, 0, 1, 11, 0, 0, 1, 13, 0, 0, 9, 1), false);
  }

  @Test
  void layoutsWithoutKernelAreDeclined() {
    try (Memory memory = new Memory(1)) {
      long a = memory.floats(memory.random(400));
      long c = memory.floats(100);
      float[] before = Memory.read(c, 100);
      // Every second column, a repeated row, a repeated result, nothing to add up.
      MatmulShape skip = new MatmulShape(1, 1, 3, 4, 5, 0, 0, 16, 2, 0, 0, 5, 1, 0, 0, 5, 1);
      MatmulShape row = new MatmulShape(1, 1, 3, 4, 5, 0, 0, 0, 1, 0, 0, 5, 1, 0, 0, 5, 1);
      MatmulShape same = new MatmulShape(1, 2, 3, 4, 5, 0, 12, 4, 1, 0, 20, 5, 1, 0, 0, 5, 1);
      for (MatmulShape s :
          new MatmulShape[] {skip, row, same, MatmulShape.dense(3, 0, 5, false, false)}) {
        assertFalse(OneDnn.matmul(c, a, a, 0, s), s::toString);
        assertFalse(OneDnn.matmul(c, a, a, 0, s), s::toString);
      }
      assertEquals(
          java.util.Arrays.toString(before), java.util.Arrays.toString(Memory.read(c, 100)));
      assertThrows(
          IllegalArgumentException.class,
          () -> OneDnn.matmul(c, 0, a, 0, MatmulShape.dense(2, 2, 2, false, false)));
    }
  }

  @Test
  void infinitiesAndNaNsPass() {
    try (Memory memory = new Memory(1)) {
      long a = memory.floats(Float.POSITIVE_INFINITY, 1, 2, Float.NaN);
      long b = memory.floats(1, 2, 3, 4);
      long c = memory.floats(4);
      assertTrue(OneDnn.matmul(c, a, b, 0, MatmulShape.dense(2, 2, 2, false, false)));
      float[] got = Memory.read(c, 4);
      assertEquals(Float.POSITIVE_INFINITY, got[0]);
      assertEquals(Float.POSITIVE_INFINITY, got[1]);
      assertTrue(Float.isNaN(got[2]) && Float.isNaN(got[3]));
    }
  }
}
