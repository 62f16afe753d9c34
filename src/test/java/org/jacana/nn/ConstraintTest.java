package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.junit.jupiter.api.Test;

class ConstraintTest {
  @Test
  void maxNormShortensLongUnits() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.of(new double[] {3, 4, 0, 0, 0.3, 0.4}, 3, 2).requiresGrad(true);
      Tensor f = Tensor.of(new double[] {3, 4, 0, 0, 0.3, 0.4}, 3, 1, 2, 1);
      Tensor b = Tensor.of(new double[] {3, 4});
      Constraint.maxNorm(2).apply(List.of(w, f, b));
      double[] expected = {1.2, 1.6, 0, 0, 0.3, 0.4};
      assertArrayEquals(expected, w.doubles(), 1e-15);
      assertArrayEquals(expected, f.doubles(), 1e-15);
      assertArrayEquals(new double[] {1.2, 1.6}, b.doubles(), 1e-15);
      assertTrue(w.node().isLeaf());
      assertThrows(IllegalArgumentException.class, () -> Constraint.maxNorm(Double.NaN));
    }
  }

  @Test
  void unitNormAndNotNegative() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.of(new double[] {3, -4, 0, 0}, 2, 2);
      Constraint.unitNorm().apply(List.of(w));
      assertArrayEquals(new double[] {0.6, -0.8, 0, 0}, w.doubles(), 1e-15);
      Constraint.notNegative().apply(List.of(w));
      assertArrayEquals(new double[] {0.6, 0, 0, 0}, w.doubles(), 1e-15);
    }
  }

  /** W^T W = [[5, 4], [4, 5]] has eigenvalues 9 and 1, so the singular values are 3 and 1. */
  @Test
  void spectralNorm() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.of(new double[] {1, 2, 2, 1}, 2, 2).requiresGrad(true);
      try (SpectralNorm norm = new SpectralNorm(w, 1, new Generator(1))) {
        assertEquals(3, norm.estimate(w), 1e-12);
        Tensor y = norm.apply(w);
        assertArrayEquals(new double[] {1 / 3.0, 2 / 3.0, 2 / 3.0, 1 / 3.0}, y.doubles(), 1e-12);
        Tensor second = norm.apply(w);
        // d/dW sum(A W / sigma) = A / sigma - (sum A W) u v^T / sigma^2, u = v = (1, 1) / sqrt 2.
        Tensor a = Tensor.of(new double[] {1, 0, 0, 3}, 2, 2);
        double[] expected = new double[4];
        double[] av = {1, 0, 0, 3};
        for (int i = 0; i < 4; i++) {
          expected[i] = av[i] / 3 - 4 * 0.5 / 9;
        }
        assertArrayEquals(expected, Autograd.grad(y.mul(a).sum(), w).doubles(), 1e-12);
        assertArrayEquals(expected, Autograd.grad(second.mul(a).sum(), w).doubles(), 1e-12);
        assertEquals(2, norm.namedBuffers().size());
        assertEquals(0, norm.parameterCount());

        norm.project(w, 5);
        assertArrayEquals(new double[] {1, 2, 2, 1}, w.doubles());
        norm.project(w, 1.5);
        assertArrayEquals(new double[] {0.5, 1, 1, 0.5}, w.doubles(), 1e-12);

        norm.eval();
        double[] u = norm.namedBuffers().get("u").doubles();
        w.assign(Tensor.of(new double[] {1, 0, 0, 7}, 2, 2));
        norm.apply(w);
        assertArrayEquals(u, norm.namedBuffers().get("u").doubles());
        norm.train();
        for (int i = 0; i < 30; i++) {
          norm.estimate(w);
        }
        assertEquals(7, norm.estimate(w), 1e-12);
        String m =
            assertThrows(
                    IllegalArgumentException.class, () -> norm.apply(Tensor.zeros(DType.F64, 3, 2)))
                .getMessage();
        assertTrue(m.startsWith("spectralNorm: made for a weight F64 [2, 2], got"), m);
      }
    }
  }

  @Test
  void spectralNormOfFiltersAndZeros() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.of(new double[] {1, 2, 2, 1}, 2, 1, 2, 1);
      try (SpectralNorm norm = new SpectralNorm(w)) {
        assertEquals(3, norm.estimate(w), 1e-12);
        assertEquals(w.shape(), norm.apply(w).shape());
      }
      assertThrows(
          IllegalArgumentException.class, () -> new SpectralNorm(Tensor.zeros(DType.F64, 3)));
      assertThrows(
          IllegalArgumentException.class, () -> new SpectralNorm(w, 0, Generator.standard()));
    }
  }
}
