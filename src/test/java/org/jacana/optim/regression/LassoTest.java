package org.jacana.optim.regression;

import static org.jacana.optim.regression.LinearRegressionTest.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.UnaryOperator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.optim.minimize.Minimize;
import org.jacana.optim.minimize.Minimum;
import org.jacana.optim.minimize.Prox;
import org.junit.jupiter.api.Test;

/** Lasso and elastic net against closed forms, their optimality conditions, and FISTA. */
class LassoTest {
  /** Columns of a Hadamard matrix without its ones: centred, orthogonal, x_j x_j / n = 1. */
  private static Tensor orthogonal() {
    return Tensor.of(new double[] {1, 1, 1, -1, 1, -1, 1, -1, -1, -1, -1, 1}, 4, 3);
  }

  private static double soft(double z, double by) {
    return Math.signum(z) * Math.max(0, Math.abs(z) - by);
  }

  @Test
  void orthogonalColumnsAreThresholded() {
    try (Scope s = Scope.open()) {
      Tensor x = orthogonal();
      Tensor y = Tensor.of(new double[] {9, 1, 2, 4});
      double[] z = {(9 - 1 + 2 - 4) / 4.0, (9 + 1 - 2 - 4) / 4.0, (9 - 1 - 2 + 4) / 4.0};
      for (double alpha : new double[] {0, 0.5, 1.2, 2, 3}) {
        SparseFit fit = Lasso.of(alpha).fit(x, y);
        SparseFit net = ElasticNet.of(alpha, 0.25).fit(x, y);
        for (int j = 0; j < 3; j++) {
          double b = soft(z[j], alpha);
          assertEquals(b, fit.coefficients()[j], 1e-14);
          assertEquals(b == 0, fit.coefficients()[j] == 0);
          double l2 = 0.75 * alpha;
          assertEquals(soft(z[j], alpha / 4) / (1 + l2), net.coefficients()[j], 1e-14);
        }
        assertEquals(4, fit.model().intercept(), 1e-14);
        assertTrue(fit.converged() && fit.dualityGap() < 1e-12);
        assertTrue(net.converged() && net.dualityGap() < 1e-12);
      }
    }
  }

  private static double[] random(Random r, int n) {
    return r.doubles(n, -1, 1).toArray();
  }

  @Test
  void theConditionsHoldAndFistaAgrees() {
    Random r = new Random(3);
    int n = 40;
    int p = 12;
    double[] x = random(r, n * p);
    double[] y = random(r, n);
    for (int i = 0; i < n; i++) {
      // Correlated columns, and three that matter.
      x[i * p + 1] = 0.9 * x[i * p] + 0.1 * x[i * p + 1];
      y[i] += 3 * x[i * p] - 2 * x[i * p + 4] + x[i * p + 7];
    }
    try (Scope s = Scope.open()) {
      Tensor a = Tensor.of(x, n, p);
      Tensor v = Tensor.of(y);
      for (double ratio : new double[] {1, 0.5}) {
        double alpha = 0.1;
        SparseFit fit = ElasticNet.of(alpha, ratio).fit(a, v);
        assertTrue(fit.converged());
        double[] left = v.sub(fit.predict(a)).doubles();
        double[] b = fit.coefficients();
        double sum = 0;
        for (double e : left) {
          sum += e;
        }
        assertEquals(0, sum, 1e-12);
        for (int j = 0; j < p; j++) {
          double g = 0;
          for (int i = 0; i < n; i++) {
            g += x[i * p + j] * left[i] / n;
          }
          g -= alpha * (1 - ratio) * b[j];
          if (b[j] == 0) {
            assertTrue(Math.abs(g) <= alpha * ratio + 1e-8);
          } else {
            assertEquals(alpha * ratio * Math.signum(b[j]), g, 1e-8);
          }
        }
        assertTrue(fit.model().nonZeros() < p && fit.model().nonZeros() >= 3);
        UnaryOperator<Tensor> loss =
            w -> v.sub(v.mean()).sub(a.sub(a.mean(0)).matmul(w)).square().sum().div(2.0 * n);
        Minimum fista =
            Minimize.of(loss)
                .plus(Prox.elasticNet(alpha * ratio, alpha * (1 - ratio)))
                .from(new double[p]);
        assertTrue(fista.converged(), fista.toString());
        assertArrayEquals(b, fista.x(), 1e-6);
        for (int j = 0; j < p; j++) {
          assertEquals(b[j] == 0, fista.x()[j] == 0, "zero " + j);
        }
      }
      SparseFit best = Lasso.of(0.1).fit(a, v);
      assertEquals(best.dualityGap(), Lasso.dualityGap(best.model(), a, v, 0.1), 1e-12);
      // The gap of another model bounds what it loses.
      LinearModel other = Ridge.of(1).fit(a, v);
      double worse = objective(other, a, v, 0.1) - objective(best.model(), a, v, 0.1);
      double gap = Lasso.dualityGap(other, a, v, 0.1);
      assertTrue(worse > 0 && gap >= worse, gap + " for " + worse);
    }
  }

  private static double objective(LinearModel m, Tensor x, Tensor y, double alpha) {
    double l1 = 0;
    for (double b : m.coefficients()) {
      l1 += Math.abs(b);
    }
    return y.sub(m.predict(x)).square().sum().item() / (2 * y.size()) + alpha * l1;
  }

  @Test
  void pathsStartAtNothingAndFollowTheThresholds() {
    try (Scope s = Scope.open()) {
      Tensor y = Tensor.of(new double[] {9, 1, 2, 4});
      SparsePath path = Lasso.path(orthogonal(), y, 10, 0.01);
      assertEquals(2.5, path.alphas()[0], 1e-14);
      assertEquals(0.025, path.alphas()[9], 1e-14);
      assertEquals(0, path.fits().get(0).model().nonZeros());
      double[] last = path.coefficient(2);
      for (int k = 0; k < 10; k++) {
        assertEquals(2.5 - path.alphas()[k], last[k], 1e-13);
      }
      assertArrayEquals(new int[] {2, 0, 1}, path.order());
    }
  }

  @Test
  void badInputIsRefusedInWords() {
    try (Scope s = Scope.open()) {
      Tensor x = orthogonal();
      Tensor y = Tensor.of(new double[] {9, 1, 2, 4});
      refused("alpha must be finite", () -> Lasso.of(Double.NaN));
      refused("ratio must be in [0, 1]", () -> ElasticNet.of(1, 2));
      refused("at least 2 alphas", () -> Lasso.path(x, y, 1, 0.1));
      refused("no column of x [4, 3] is correlated", () -> Lasso.path(x, y.zerosLike(), 5, 0.1));
    }
  }
}
