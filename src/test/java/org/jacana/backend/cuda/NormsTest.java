package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.IntToDoubleFunction;
import org.jacana.DType;
import org.jacana.Shape;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batch norm on the GPU against its definition (Ioffe and Szegedy 2015) in double. */
class NormsTest {
  private static final double EPSILON = 1e-3;

  private CudaBackend cuda;
  private Norms norms;

  @BeforeEach
  void open() {
    cuda = CudaDevice.backend();
    norms = new Norms(cuda.gpu());
  }

  /** Everything in double, from the definition and its derivative. */
  private static final class Expected {
    final double[] y;
    final double[] mean;
    final double[] variance;
    final double[] dx;
    final double[] dgamma;
    final double[] dbeta;
    final double[] dresidual;

    Expected(
        int c,
        double[] x,
        double[] gamma,
        double[] beta,
        double[] dy,
        double[] residual,
        boolean relu) {
      int n = x.length / c;
      mean = new double[c];
      variance = new double[c];
      dgamma = new double[c];
      dbeta = new double[c];
      y = new double[x.length];
      dx = new double[x.length];
      dresidual = new double[x.length];
      for (int k = 0; k < c; k++) {
        for (int i = k; i < x.length; i += c) {
          mean[k] += x[i] / n;
        }
        for (int i = k; i < x.length; i += c) {
          variance[k] += (x[i] - mean[k]) * (x[i] - mean[k]) / n;
        }
        double inverse = 1 / Math.sqrt(variance[k] + EPSILON);
        for (int i = k; i < x.length; i += c) {
          double hat = (x[i] - mean[k]) * inverse;
          double v = gamma[k] * hat + beta[k] + (residual == null ? 0 : residual[i]);
          y[i] = relu ? Math.max(v, 0) : v;
          dresidual[i] = relu && v <= 0 ? 0 : dy[i];
          dgamma[k] += dresidual[i] * hat;
          dbeta[k] += dresidual[i];
        }
        for (int i = k; i < x.length; i += c) {
          double hat = (x[i] - mean[k]) * inverse;
          dx[i] = gamma[k] * inverse * (dresidual[i] - dbeta[k] / n - hat * dgamma[k] / n);
        }
      }
    }
  }

  private static Mirrored dense(DType t, Shape s, IntToDoubleFunction f) {
    return Mirrored.of(t, Mirrored.Placed.DENSE, s, f);
  }

  /** Values whose ReLU is never near its corner, so that rounding cannot change the branch. */
  private void check(
      DType t,
      Mirrored.Placed p,
      Shape s,
      DType asked,
      boolean relu,
      boolean add,
      IntToDoubleFunction values) {
    DType statistics = t == DType.F64 ? t : asked;
    int c = s.dim(-1);
    Shape k = Shape.of(c);
    double tolerance = Mirrored.tolerance(t, 4e-6);
    double gradient = Math.max(tolerance, t == DType.F64 ? 1e-10 : 2e-5);
    double single = Mirrored.tolerance(statistics, 2e-6);
    String what = t + " " + s + " " + p + " relu " + relu + " add " + add;
    try (Mirrored x = Mirrored.of(t, p, s, values);
        Mirrored gamma = dense(t, k, i -> 0.5 + i % 3);
        Mirrored beta = dense(t, k, i -> i % 5 - 1.5);
        Mirrored residual = dense(t, s, i -> i % 2 == 0 ? 8 : -8);
        Mirrored dy = Mirrored.of(t, p, s, Mirrored.random(t, 11));
        Mirrored y = dense(t, s, i -> 0);
        Mirrored dx = dense(t, s, i -> 0);
        Mirrored dresidual = dense(t, s, i -> 0);
        Mirrored mean = dense(statistics, k, i -> 0);
        Mirrored variance = dense(statistics, k, i -> 0);
        Mirrored dgamma = dense(t, k, i -> 0);
        Mirrored dbeta = dense(t, k, i -> 0)) {
      Expected e =
          new Expected(
              c,
              x.expected(),
              gamma.expected(),
              beta.expected(),
              dy.expected(),
              add ? residual.expected() : null,
              relu);
      boolean forward =
          relu
              ? norms.batchNormRelu(
                  y.cuda(),
                  mean.cuda(),
                  variance.cuda(),
                  x.cuda(),
                  add ? residual.cuda() : null,
                  gamma.cuda(),
                  beta.cuda(),
                  EPSILON)
              : cuda.batchNorm(
                  y.cuda(),
                  mean.cuda(),
                  variance.cuda(),
                  x.cuda(),
                  gamma.cuda(),
                  beta.cuda(),
                  EPSILON);
      assertTrue(forward, what);
      mean.assertClose(e.mean, single, "mean " + what);
      variance.assertClose(e.variance, single, "variance " + what);
      y.assertClose(e.y, tolerance, "y " + what);
      boolean backward =
          relu
              ? norms.batchNormReluGrad(
                  dx.cuda(),
                  add ? dresidual.cuda() : null,
                  dgamma.cuda(),
                  dbeta.cuda(),
                  x.cuda(),
                  dy.cuda(),
                  y.cuda(),
                  mean.cuda(),
                  variance.cuda(),
                  gamma.cuda(),
                  EPSILON)
              : cuda.batchNormGrad(
                  dx.cuda(),
                  dgamma.cuda(),
                  dbeta.cuda(),
                  x.cuda(),
                  dy.cuda(),
                  mean.cuda(),
                  variance.cuda(),
                  gamma.cuda(),
                  EPSILON);
      assertTrue(backward, what);
      dgamma.assertClose(e.dgamma, gradient, "dgamma " + what);
      dbeta.assertClose(e.dbeta, gradient, "dbeta " + what);
      dx.assertClose(e.dx, gradient, "dx " + what);
      if (add) {
        dresidual.assertClose(e.dresidual, tolerance, "dresidual " + what);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F32", "F16", "BF16"})
  void anyShape(DType t) {
    int[][] shapes = {{2, 1}, {7, 3}, {2, 6, 5, 16}, {300, 8}, {9, 72}, {5, 600}, {700, 1}};
    for (int[] d : shapes) {
      Shape s = Shape.of(d);
      check(t, Mirrored.Placed.DENSE, s, t, false, false, Mirrored.random(t, d[0]));
      check(t, Mirrored.Placed.OFFSET, s, t, false, false, Mirrored.random(t, d[0]));
      check(t, Mirrored.Placed.DENSE, s, DType.F32, false, false, Mirrored.random(t, d[0]));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F32", "F16", "BF16"})
  void withReluAndResidual(DType t) {
    for (int[] d : new int[][] {{40, 16}, {33, 5}, {3, 200}}) {
      Shape s = Shape.of(d);
      check(t, Mirrored.Placed.DENSE, s, DType.F32, true, true, Mirrored.random(t, 5));
    }
    // Two values per channel and beta between them: no result is near zero.
    check(
        t, Mirrored.Placed.DENSE, Shape.of(48, 8), DType.F32, true, false, i -> i / 8 % 2 * 4 - 2);
  }

  @Test
  void aLargeMeanDoesNotHideTheVariance() {
    IntToDoubleFunction r = Mirrored.random(DType.F32, 8);
    check(
        DType.F32,
        Mirrored.Placed.DENSE,
        Shape.of(600, 8),
        DType.F32,
        false,
        false,
        i -> i < 8 ? 0 : 1000 + Math.round(r.applyAsDouble(i) * 64) / 64.0);
  }

  @Test
  void halfPrecisionStatisticsDoNotSpoilTheGradient() {
    IntToDoubleFunction r = Mirrored.random(DType.BF16, 8);
    check(
        DType.BF16,
        Mirrored.Placed.DENSE,
        Shape.of(64, 8),
        DType.BF16,
        false,
        false,
        i -> 3 + Math.round(r.applyAsDouble(i) * 8) / 8.0);
  }

  @Test
  void theSameBitsInAnyOrderOfThreads() {
    Shape s = Shape.of(400, 12);
    Shape c = Shape.of(12);
    try (Mirrored x = dense(DType.F32, s, Mirrored.random(DType.F32, 1));
        Mirrored y = dense(DType.F32, s, i -> 0);
        Mirrored m = dense(DType.F32, c, i -> 0);
        Mirrored v = dense(DType.F32, c, i -> 0);
        Mirrored one = dense(DType.F32, c, i -> 1)) {
      double[] first = null;
      try {
        for (int seed = 0; seed < 3; seed++) {
          Mirrored.shuffle(seed);
          assertTrue(
              cuda.batchNorm(y.cuda(), m.cuda(), v.cuda(), x.cuda(), one.cuda(), one.cuda(), 0));
          first = first == null ? y.actual() : first;
          assertArrayEquals(first, y.actual());
        }
      } finally {
        Mirrored.shuffle(0);
      }
    }
  }

  @Test
  void inputsOfAnyLayout() {
    Shape s = Shape.of(20, 3, 6);
    for (Mirrored.Placed p : Mirrored.Placed.values()) {
      check(DType.F32, p, s, DType.F32, false, false, Mirrored.random(DType.F32, 4));
    }
  }

  @Test
  void typesThatDoNotFitAreLeftToTheCompositeForm() {
    Shape s = Shape.of(4, 6);
    Shape c = Shape.of(6);
    try (Mirrored x = dense(DType.F16, s, i -> i);
        Mirrored y = dense(DType.F32, s, i -> 0);
        Mirrored m = dense(DType.F32, c, i -> 0)) {
      assertFalse(
          cuda.batchNorm(y.cuda(), m.cuda(), m.cuda(), x.cuda(), m.cuda(), m.cuda(), EPSILON));
    }
  }
}
