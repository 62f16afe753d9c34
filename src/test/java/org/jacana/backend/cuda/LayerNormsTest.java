package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.DType;
import org.jacana.Shape;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Layer norm on the GPU against its definition (Ba et al. 2016) in double. */
class LayerNormsTest {
  private static final double EPSILON = 1e-3;

  private LayerNorms norms;

  @BeforeEach
  void open() {
    norms = new LayerNorms(CudaDevice.backend().gpu());
  }

  private void check(DType t, int n, int k, boolean affine, Mirrored.Placed p, double shift) {
    DType statistics = LayerNorms.statistics(t);
    Shape s = Shape.of(n, k);
    String what = t + " " + s + " " + p + " affine " + affine;
    double tolerance = Mirrored.tolerance(t, 4e-6);
    // The means are kept in float.
    double gradient = Math.max(tolerance, t == DType.F64 ? 1e-10 : 2e-5 + shift * 2e-7);
    var values = Mirrored.random(t, 3L * k);
    try (Mirrored x = Mirrored.of(t, p, s, i -> shift + values.applyAsDouble(i));
        Mirrored dy = Mirrored.of(t, p, s, Mirrored.random(t, k));
        Mirrored gamma = Mirrored.of(t, p, Shape.of(k), i -> 0.5 + i % 4);
        Mirrored beta = Mirrored.of(t, p, Shape.of(k), i -> i % 3 - 1);
        Mirrored y = Mirrored.of(t, Mirrored.Placed.DENSE, s, i -> 0);
        Mirrored dx = Mirrored.of(t, Mirrored.Placed.DENSE, s, i -> 0);
        Mirrored dgamma = Mirrored.of(t, Mirrored.Placed.DENSE, Shape.of(k), i -> 0);
        Mirrored dbeta = Mirrored.of(t, Mirrored.Placed.DENSE, Shape.of(k), i -> 0);
        Mirrored mean = Mirrored.of(statistics, Mirrored.Placed.DENSE, Shape.of(n), i -> 0);
        Mirrored inverse = Mirrored.of(statistics, Mirrored.Placed.DENSE, Shape.of(n), i -> 0)) {
      double[] a = x.expected();
      double[] g = dy.expected();
      double[] w = gamma.expected();
      double[] b = beta.expected();
      double[] ey = new double[n * k];
      double[] ex = new double[n * k];
      double[] ew = new double[k];
      double[] eb = new double[k];
      double[] em = new double[n];
      for (int r = 0; r < n; r++) {
        double variance = 0;
        double level = 0;
        double slope = 0;
        for (int i = 0; i < k; i++) {
          em[r] += a[r * k + i] / k;
        }
        for (int i = 0; i < k; i++) {
          variance += Math.pow(a[r * k + i] - em[r], 2) / k;
        }
        double over = 1 / Math.sqrt(variance + EPSILON);
        for (int i = 0; i < k; i++) {
          double hat = (a[r * k + i] - em[r]) * over;
          double f = affine ? w[i] : 1;
          ey[r * k + i] = hat * f + (affine ? b[i] : 0);
          level += g[r * k + i] * f / k;
          slope += g[r * k + i] * f * hat / k;
          ew[i] += g[r * k + i] * hat;
          eb[i] += g[r * k + i];
        }
        for (int i = 0; i < k; i++) {
          double hat = (a[r * k + i] - em[r]) * over;
          ex[r * k + i] = over * (g[r * k + i] * (affine ? w[i] : 1) - level - hat * slope);
        }
      }
      assertTrue(
          norms.layerNorm(
              y.cuda(),
              mean.cuda(),
              inverse.cuda(),
              x.cuda(),
              affine ? gamma.cuda() : null,
              affine ? beta.cuda() : null,
              EPSILON));
      y.assertClose(ey, tolerance, "y " + what);
      mean.assertClose(em, Mirrored.tolerance(statistics, 2e-6), "mean " + what);
      assertTrue(
          norms.layerNormGrad(
              dx.cuda(),
              affine ? dgamma.cuda() : null,
              affine ? dbeta.cuda() : null,
              x.cuda(),
              dy.cuda(),
              mean.cuda(),
              inverse.cuda(),
              affine ? gamma.cuda() : null));
      dx.assertClose(ex, gradient, "dx " + what);
      if (affine) {
        dgamma.assertClose(ew, gradient, "dgamma " + what);
        dbeta.assertClose(eb, gradient, "dbeta " + what);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F32", "F16", "BF16"})
  void anyWidth(DType t) {
    for (int k : new int[] {2, 7, 64, 300, 1040, 1500}) {
      check(t, 3, k, true, Mirrored.Placed.DENSE, 0);
      check(t, 3, k, false, Mirrored.Placed.OFFSET, 0);
    }
    check(t, 300, 24, true, Mirrored.Placed.DENSE, 0);
  }

  @Test
  void aLargeMeanDoesNotHideTheVariance() {
    check(DType.F64, 4, 100, true, Mirrored.Placed.DENSE, 64);
    check(DType.F32, 4, 256, true, Mirrored.Placed.DENSE, 1024);
  }

  @Test
  void inputsOfAnyLayout() {
    check(DType.F32, 5, 40, true, Mirrored.Placed.REVERSED, 0);
  }

  @Test
  void typesThatDoNotFitAreLeftToTheCompositeForm() {
    Shape s = Shape.of(4, 6);
    try (Mirrored x = Mirrored.of(DType.F32, Mirrored.Placed.DENSE, s, i -> i);
        Mirrored y = Mirrored.of(DType.F16, Mirrored.Placed.DENSE, s, i -> 0);
        Mirrored m = Mirrored.of(DType.F32, Mirrored.Placed.DENSE, Shape.of(4), i -> 0)) {
      assertFalse(norms.layerNorm(y.cuda(), m.cuda(), m.cuda(), x.cuda(), null, null, EPSILON));
    }
  }
}
