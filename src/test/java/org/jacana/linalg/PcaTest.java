package org.jacana.linalg;

import static org.jacana.linalg.LinalgTest.close;
import static org.jacana.linalg.LinalgTest.matrix;
import static org.jacana.linalg.LinalgTest.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.GradientCheck;
import org.junit.jupiter.api.Test;

class PcaTest {
  /** Lindsay Smith's tutorial (2002): its covariances, eigenvalues and first vector. */
  private static Tensor tutorial() {
    return matrix(
        10, 2.5, 2.4, 0.5, 0.7, 2.2, 2.9, 1.9, 2.2, 3.1, 3.0, 2.3, 2.7, 2, 1.6, 1, 1.1, 1.5, 1.6,
        1.1, 0.9);
  }

  @Test
  void publishedExample() {
    try (Scope s = Scope.open()) {
      Tensor x = tutorial();
      close(
          new double[] {0.616555556, 0.615444444, 0.615444444, 0.716555556},
          Covariance.cov(x),
          1e-9);
      Pca p = Pca.fit(x);
      close(new double[] {1.81, 1.91}, p.mean(), 1e-15);
      close(new double[] {1.28402771, 0.0490833989}, p.explainedVariance(), 1e-8);
      close(new double[] {0.677873399, 0.735178656}, p.components().at(0), 1e-9);
      close(new double[] {0.96318131, 0.03681869}, p.explainedVarianceRatio(), 1e-8);
      assertEquals(0.827970186, p.transform(x).at(0, 0).item(), 1e-9);
      close(x, p.inverseTransform(p.transform(x)), 1e-14);
    }
  }

  @Test
  void bothMethodsAgree() {
    try (Scope s = Scope.open()) {
      Tensor x = normal(3, 40, 4).mul(Tensor.of(new double[] {1, 3, 0.5, 2})).add(5);
      // 40 rows of 4 columns go by covariances; fewer by singular values.
      Pca p = Pca.fit(x);
      Pca q = Pca.fit(x.slice(0, 0, 39));
      Pca r = Pca.fit(Tensor.concat(0, x.slice(0, 0, 39), x.slice(0, 0, 39)));
      close(q.components(), r.components(), 1e-10);
      close(q.explainedVarianceRatio(), r.explainedVarianceRatio(), 1e-12);
      close(q.explainedVariance().mul(2 * 38 / 77.0), r.explainedVariance(), 1e-12);
      close(Tensor.eye(DType.F64, 4), Covariance.cov(p.whiten(x)), 1e-12);
      close(x, p.unwhiten(p.whiten(x)), 1e-12);
      assertEquals(1, p.explainedVarianceRatio().sum().item(), 1e-14);
      // Of the best plane, the error is the other variances' sum.
      Pca two = Pca.fit(x, 2);
      double lost = x.sub(two.inverseTransform(two.transform(x))).square().sum().item() / 39;
      assertEquals(p.explainedVariance().slice(0, 2, 4).sum().item(), lost, 1e-11);
    }
  }

  @Test
  void wideDataAndConstantColumns() {
    try (Scope s = Scope.open()) {
      Tensor x = normal(5, 5, 20);
      Pca p = Pca.fit(x);
      assertEquals(5, p.components().shape().dim(0));
      assertEquals(0, p.explainedVariance().at(4).item(), 1e-14);
      close(x, p.inverseTransform(p.transform(x)), 1e-13);
      Tensor same = Tensor.ones(DType.F64, 30, 3);
      close(new double[] {0, 0, 0}, Pca.fit(same).explainedVarianceRatio(), 0);
      close(new double[30 * 3], Pca.fit(same).whiten(same), 0);
      assertThrows(IllegalArgumentException.class, () -> Pca.fit(x, 6));
      assertThrows(IllegalArgumentException.class, () -> Pca.fit(x.slice(0, 0, 1)));
      assertThrows(IllegalArgumentException.class, () -> p.transform(normal(1, 2, 3)));
      assertThrows(IllegalArgumentException.class, () -> Pca.fit(x.mul(Double.NaN)));
    }
  }

  @Test
  void correlations() {
    try (Scope s = Scope.open()) {
      Tensor x = tutorial();
      // 0.615444444 / sqrt(0.616555556 * 0.716555556).
      close(new double[] {1, 0.92592927, 0.92592927, 1}, Covariance.corrcoef(x), 1e-8);
      close(Covariance.cov(x).at(0, 1), Covariance.cross(x, x).at(1, 0), 1e-15);
      close(Covariance.cov(x).mul(0.9), Covariance.cov(x, 0), 1e-15);
      GradientCheck.check(v -> Covariance.corrcoef(v[0]), normal(6, 5, 3));
      GradientCheck.check(v -> Covariance.cross(v[0], v[1]), normal(6, 5, 3), normal(7, 5, 2));
    }
  }
}
