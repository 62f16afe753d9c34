package org.jacana.linalg;

import static org.jacana.linalg.LinalgTest.close;
import static org.jacana.linalg.LinalgTest.matrix;
import static org.jacana.linalg.LinalgTest.normal;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.GradientCheck;
import org.junit.jupiter.api.Test;

class CsrTest {
  @Test
  void knownMatrix() {
    try (Scope s = Scope.open()) {
      Tensor a =
          matrix(4, 10, 20, 0, 0, 0, 0, 0, 30, 0, 40, 0, 0, 0, 0, 50, 60, 70, 0, 0, 0, 0, 0, 0, 80);
      Csr c = Csr.ofDense(a);
      assertArrayEquals(new int[] {0, 2, 4, 7, 8}, c.rowPointers());
      assertArrayEquals(new int[] {0, 1, 1, 3, 2, 3, 4, 5}, c.columnIndices());
      close(new double[] {10, 20, 30, 40, 50, 60, 70, 80}, c.values(), 0);
      close(a, c.dense(), 0);
      close(a.transpose(0, 1), c.transpose().dense(), 0);
      Tensor x = normal(1, 6);
      close(a.matmul(x), c.matmul(x), 1e-13);
      Tensor many = normal(2, 6, 3);
      close(a.matmul(many), c.matmul(many), 1e-13);
    }
  }

  @Test
  void randomOnesAgreeWithDense() {
    try (Scope s = Scope.open()) {
      Random random = new Random(3);
      int[] is = random.ints(300, 0, 40).toArray();
      int[] js = random.ints(300, 0, 30).toArray();
      double[] v = random.doubles(300).toArray();
      Csr c = Csr.ofCoordinates(40, 30, is, js, v, DType.F64);
      double[] dense = new double[1200];
      for (int k = 0; k < 300; k++) {
        dense[is[k] * 30 + js[k]] += v[k];
      }
      close(dense, c.dense(), 1e-15);
      GradientCheck.check(
          x -> Csr.of(3, 3, new int[] {0, 2, 2, 3}, new int[] {0, 2, 1}, x[0]).matmul(x[1]),
          normal(4, 3),
          normal(5, 3, 2));
      Csr none = Csr.ofCoordinates(2, 3, new int[0], new int[0], new double[0], DType.F64);
      close(new double[] {0, 0}, none.matmul(Tensor.ones(DType.F64, 3)), 0);
    }
  }

  @Test
  void wrongOnesAreRefused() {
    try (Scope s = Scope.open()) {
      Tensor v = Tensor.ones(2);
      assertThrows(
          IllegalArgumentException.class,
          () -> Csr.of(2, 2, new int[] {0, 2, 1}, new int[] {0, 1}, v));
      assertThrows(
          IllegalArgumentException.class,
          () -> Csr.of(2, 2, new int[] {0, 1, 2}, new int[] {0, 2}, v));
      Csr c = Csr.of(1, 2, new int[] {0, 2}, new int[] {0, 1}, v);
      assertEquals(
          "csr.matmul: needs [2] or [2, k] for a matrix [1, 2], got [3]",
          assertThrows(IllegalArgumentException.class, () -> c.matmul(Tensor.ones(3)))
              .getMessage());
      assertThrows(IllegalArgumentException.class, c::operator);
    }
  }
}
