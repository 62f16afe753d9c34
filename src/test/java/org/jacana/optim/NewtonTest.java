package org.jacana.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Supplier;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Second-order methods against Newton's iteration with derivatives by hand. */
class NewtonTest {
  private static Tensor leaf(double... v) {
    return Tensor.of(v).requiresGrad(true);
  }

  /** exp(x + y) + x^2 + 2 y^2 with its gradient and Hessian by hand. */
  @ParameterizedTest
  @CsvSource({"1, 0", "0.3, 0", "0.5, 0.7"})
  void newtonFollowsItsDefinition(double rate, double damping) {
    try (Scope s = Scope.open()) {
      Tensor x = leaf(1);
      Tensor y = leaf(-0.5);
      Newton o = Newton.of(List.of(x, y)).learningRate(rate).damping(damping);
      double a = 1;
      double b = -0.5;
      for (int t = 0; t < 20; t++) {
        double e = Math.exp(a + b);
        double ga = e + 2 * a;
        double gb = e + 4 * b;
        double haa = e + 2 + damping;
        double hbb = e + 4 + damping;
        double det = haa * hbb - e * e;
        double loss = o.step(() -> x.add(y).exp().add(x.square()).add(y.square().mul(2)).sum());
        assertEquals(e + a * a + 2 * b * b, loss, 1e-12);
        a -= rate * (hbb * ga - e * gb) / det;
        b -= rate * (haa * gb - e * ga) / det;
        assertEquals(a, x.item(), 1e-12, "step " + t);
        assertEquals(b, y.item(), 1e-12, "step " + t);
      }
    }
  }

  @Test
  void newtonRefusesASaddleAndChangesNothing() {
    try (Scope s = Scope.open()) {
      Tensor w = leaf(1, 1);
      Tensor signs = Tensor.of(new double[] {1, -1});
      Newton o = Newton.of(List.of(w));
      Supplier<Tensor> saddle = () -> w.square().mul(signs).sum();
      String m = assertThrows(ArithmeticException.class, () -> o.step(saddle)).getMessage();
      assertTrue(m.contains("not positive definite; raise the damping"), m);
      assertArrayEquals(new double[] {1, 1}, w.doubles());
      // H + 4 I = diag(6, 2), g = (2, -2)
      o.damping(4).step(saddle);
      assertArrayEquals(new double[] {2.0 / 3, 2}, w.doubles(), 1e-15);
      assertThrows(ArithmeticException.class, () -> o.step(() -> w.log().neg().sqrt().sum()));
      assertArrayEquals(new double[] {2.0 / 3, 2}, w.doubles(), 1e-15);
    }
  }

  /** One exact step solves a quadratic: H w = b with numbers from elimination by hand. */
  @Test
  void quadraticsTakeOneStep() {
    try (Scope s = Scope.open()) {
      Tensor h = Tensor.of(new double[] {4, 1, 0, 1, 3, 1, 0, 1, 2}, 3, 3);
      Tensor b = Tensor.of(new double[] {5, 5, 3});
      Tensor w = leaf(7, -2, 0.5);
      Tensor v = leaf(7, -2, 0.5);
      Newton.of(List.of(w)).step(() -> w.mul(h.matmul(w)).sum().mul(0.5).sub(w.mul(b).sum()));
      assertArrayEquals(new double[] {1, 1, 1}, w.doubles(), 1e-13);
      NewtonCg o = NewtonCg.of(List.of(v));
      for (int t = 0; t < 8; t++) {
        o.step(() -> v.mul(h.matmul(v)).sum().mul(0.5).sub(v.mul(b).sum()));
      }
      assertArrayEquals(new double[] {1, 1, 1}, v.doubles(), 1e-12);
    }
  }

  @Test
  void newtonCgConvergesFastAndLeavesSaddles() {
    try (Scope s = Scope.open()) {
      Tensor w = leaf(-1.2, 1);
      NewtonCg o = NewtonCg.of(List.of(w)).solver(10, 1e-3);
      Supplier<Tensor> loss =
          () -> {
            Tensor x = w.select(0, 0);
            Tensor y = w.select(0, 1);
            return y.sub(x.square()).square().mul(100).add(x.rsub(1).square());
          };
      double last = Double.POSITIVE_INFINITY;
      for (int t = 0; t < 40; t++) {
        double now = o.step(loss);
        assertTrue(now <= last);
        last = now;
      }
      assertArrayEquals(new double[] {1, 1}, w.doubles(), 1e-9);
      long live = w.backend().liveBytes();
      o.step(loss);
      assertEquals(live, w.backend().liveBytes());

      // x^4 / 4 - x^2 / 2: the curvature at 0.1 is negative, the minima are at -1 and 1.
      Tensor x = leaf(0.1);
      NewtonCg p = NewtonCg.of(List.of(x));
      for (int t = 0; t < 20; t++) {
        p.step(() -> x.pow(4).mul(0.25).sub(x.square().mul(0.5)).sum());
      }
      assertEquals(1, x.item(), 1e-9);
    }
  }

  /** Fits a exp(b t) with the normal equations of 2 unknowns solved by hand. */
  @ParameterizedTest
  @CsvSource({"1, 0", "0.5, 0", "1, 0.3"})
  void gaussNewtonFollowsItsDefinition(double rate, double damping) {
    double[] time = {0, 0.5, 1, 1.5, 2};
    double[] seen = {2.1, 1.4, 1.2, 0.8, 0.75};
    try (Scope s = Scope.open()) {
      Tensor t = Tensor.of(time);
      Tensor y = Tensor.of(seen);
      Tensor a = leaf(1.5);
      Tensor b = leaf(-0.2);
      GaussNewton o = GaussNewton.of(List.of(a, b)).learningRate(rate).damping(damping);
      double p = 1.5;
      double q = -0.2;
      for (int n = 0; n < 20; n++) {
        double aa = damping;
        double ab = 0;
        double bb = damping;
        double ra = 0;
        double rb = 0;
        double loss = 0;
        for (int i = 0; i < time.length; i++) {
          double e = Math.exp(q * time[i]);
          double r = p * e - seen[i];
          double jb = p * time[i] * e;
          aa += e * e;
          ab += e * jb;
          bb += jb * jb;
          ra += e * r;
          rb += jb * r;
          loss += r * r / 2;
        }
        double det = aa * bb - ab * ab;
        double got = o.solver(50, 0).step(() -> a.mul(t.mul(b).exp()).sub(y));
        assertEquals(loss, got, 1e-12);
        p -= rate * (bb * ra - ab * rb) / det;
        q -= rate * (aa * rb - ab * ra) / det;
        assertEquals(p, a.item(), 1e-11, "step " + n);
        assertEquals(q, b.item(), 1e-11, "step " + n);
      }
      long live = a.backend().liveBytes();
      o.step(() -> a.mul(t.mul(b).exp()).sub(y));
      assertEquals(live, a.backend().liveBytes());
    }
  }

  @Test
  void gaussNewtonSolvesLinearLeastSquares() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(new double[] {1, 0, 1, 1, 1, 2, 1, 3}, 4, 2);
      Tensor y = Tensor.of(new double[] {1, 3, 4, 4}, 4, 1);
      Tensor w = Tensor.of(new double[] {9, -9}, 2, 1).requiresGrad(true);
      GaussNewton.of(List.of(w)).step(() -> x.matmul(w).sub(y));
      // The line 1.5 + t by the normal equations.
      assertArrayEquals(new double[] {1.5, 1}, w.doubles(), 1e-12);
    }
  }

  @Test
  void badNumbersAreRefused() {
    try (Scope s = Scope.open()) {
      List<Tensor> w = List.of(leaf(1));
      for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
        assertThrows(IllegalArgumentException.class, () -> Newton.of(w).damping(bad));
        assertThrows(IllegalArgumentException.class, () -> Newton.of(w).learningRate(bad));
        assertThrows(IllegalArgumentException.class, () -> NewtonCg.of(w).damping(bad));
        assertThrows(IllegalArgumentException.class, () -> GaussNewton.of(w).damping(bad));
        assertThrows(IllegalArgumentException.class, () -> GaussNewton.of(w).learningRate(bad));
        assertThrows(IllegalArgumentException.class, () -> GaussNewton.of(w).solver(1, bad));
      }
      assertThrows(IllegalArgumentException.class, () -> NewtonCg.of(w).solver(0, 0.5));
      assertThrows(IllegalArgumentException.class, () -> GaussNewton.of(w).solver(0, 0));
      assertThrows(
          IllegalArgumentException.class,
          () -> Newton.of(List.of(Tensor.zeros(20_001).requiresGrad(true))));
    }
  }
}
