package org.jacana.linalg;

import static org.jacana.linalg.LinalgTest.close;
import static org.jacana.linalg.LinalgTest.t;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Matrices on which iterations are known to stumble, by both libraries. */
class HardMatricesTest {
  private static Scope on(String device) {
    return Scope.open(device.equals("cpu") ? Device.CPU : Device.REFERENCE);
  }

  private static Tensor of(int n, java.util.function.IntBinaryOperator f) {
    double[] v = new double[n * n];
    for (int i = 0; i < v.length; i++) {
      v[i] = f.applyAsInt(i / n, i % n);
    }
    return Tensor.of(v, n, n);
  }

  private static void schur(Tensor a) {
    Schur s = Linalg.schur(a);
    close(a, s.q().matmul(s.t()).matmul(t(s.q())), 1e-11);
    assertTrue(Projections.isOrthogonal(s.q(), 1e-12));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void cyclicShiftsHaveRootsOfUnity(String device) {
    try (Scope s = on(device)) {
      for (int n : new int[] {2, 3, 4, 5, 8, 16}) {
        Tensor a = of(n, (i, j) -> j == (i + 1) % n ? 1 : 0);
        Complex e = Linalg.eigvals(a);
        Tensor size = e.real().square().add(e.imag().square());
        close(size.onesLike(), size, 1e-11);
        assertEquals(0, e.real().sum().item(), 1e-11);
        double[] re = e.real().doubles();
        for (int k = 0; k < n; k++) {
          assertEquals(Math.cos(2 * Math.PI * ((k + 1) / 2) / n), re[k], 1e-11);
        }
        schur(a);
        close(new double[n], Linalg.svdvals(a).sub(1), 1e-13);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void defectiveAndDegenerateOnes(String device) {
    try (Scope s = on(device)) {
      Tensor jordan = of(4, (i, j) -> i == j ? 2 : j == i + 1 ? 1 : 0);
      close(new double[] {2, 2, 2, 2}, Linalg.eigvals(jordan).real(), 1e-3);
      schur(jordan);
      for (Tensor a :
          new Tensor[] {
            of(5, (i, j) -> 0),
            Tensor.eye(DType.F64, 5),
            of(5, (i, j) -> 1),
            of(5, (i, j) -> i + j),
            of(6, (i, j) -> (i + 1) * (j + 2)),
            of(5, (i, j) -> i > j ? 1 : 0)
          }) {
        schur(a);
        Svd d = Linalg.svdFull(a);
        close(a, d.u().mul(d.s()).matmul(d.vh()), 1e-12);
        assertTrue(Projections.isOrthogonal(d.u(), 1e-12));
        assertTrue(Projections.isOrthogonal(d.vh(), 1e-12));
        Qr q = Linalg.qr(a);
        close(a, q.q().matmul(q.r()), 1e-12);
        assertTrue(Projections.isOrthogonal(q.q(), 1e-12));
        Lu lu = Linalg.lu(a);
        close(a, lu.p().matmul(lu.l()).matmul(lu.u()), 1e-12);
        Tensor symmetric = a.add(t(a));
        Eigh e = Linalg.eigh(symmetric);
        close(symmetric, e.vectors().mul(e.values()).matmul(t(e.vectors())), 1e-12);
        assertTrue(Projections.isOrthogonal(e.vectors(), 1e-12));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void hugeAndTinyNumbers(String device) {
    try (Scope s = on(device)) {
      Tensor a = LinalgTest.normal(1, 6, 4);
      for (double scale : new double[] {1e-140, 1e140}) {
        Tensor x = a.mul(scale);
        Svd d = Linalg.svd(x);
        close(a, d.u().mul(d.s().mul(1 / scale)).matmul(d.vh()), 1e-12);
        close(Linalg.svdvals(a), d.s().mul(1 / scale), 1e-12);
        Tensor y = x.slice(0, 0, 4);
        close(
            Linalg.eigvals(a.slice(0, 0, 4)).real(),
            Linalg.eigvals(y).real().mul(1 / scale),
            1e-11);
        close(Linalg.inv(a.slice(0, 0, 4)), Linalg.inv(y).mul(scale), 1e-10);
        Tensor m = y.add(t(y));
        close(Linalg.eigvalsh(m.mul(1 / scale)), Linalg.eigvalsh(m).mul(1 / scale), 1e-12);
        // The determinant itself would leave the range of doubles.
        assertTrue(Double.isFinite(Linalg.slogdet(y).logabsdet().item()));
      }
    }
  }
}
