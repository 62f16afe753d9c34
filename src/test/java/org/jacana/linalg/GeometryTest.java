package org.jacana.linalg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Supplier;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.Activation;
import org.jacana.nn.Conv2d;
import org.jacana.nn.Flatten;
import org.jacana.nn.Linear;
import org.jacana.nn.Losses;
import org.jacana.nn.Sequential;
import org.junit.jupiter.api.Test;

/** Curvature of losses, on quadratics whose curvature is known and on a small CNN. */
class GeometryTest {
  private static LinearOperator diagonal(double... d) {
    Tensor t = Tensor.of(d);
    return LinearOperator.of(d.length, DType.F64, x -> x.mul(t));
  }

  @Test
  void traces() {
    try (Scope s = Scope.open()) {
      // On a diagonal matrix every probe is exact.
      Estimate exact = Hutchinson.trace(diagonal(1, 2, 3.5), 4, new Generator(1));
      assertEquals(6.5, exact.mean(), 1e-15);
      assertEquals(0, exact.standardError(), 1e-15);
      Tensor a = LinalgTest.normal(2, 30, 30);
      Tensor spd = a.matmul(a.transpose(0, 1));
      Estimate e = Hutchinson.trace(LinearOperator.of(spd), 400, new Generator(2));
      double trace = Linalg.trace(spd).item();
      // Variance of a probe: 2 sum of squares off the diagonal.
      double off = spd.square().sum().item() - spd.diagonal().square().sum().item();
      assertEquals(Math.sqrt(2 * off / 400), e.standardError(), 0.1 * e.standardError());
      assertEquals(trace, e.mean(), 4 * e.standardError());
      Tensor d = Hutchinson.diagonal(LinearOperator.of(spd), 3000, new Generator(3));
      assertArrayEquals(spd.diagonal().doubles(), d.doubles(), 4);
    }
  }

  @Test
  void densityOfKnownSpectra() {
    try (Scope s = Scope.open()) {
      int n = 400;
      double[] d = new double[n];
      for (int i = 0; i < n; i++) {
        d[i] = i < 300 ? 0 : i < 396 ? 1 : 10;
      }
      SpectralDensity density = SpectralDensity.of(diagonal(d), 30, 10, new Generator(4));
      assertEquals(0.75, density.cumulative(0.5), 0.03);
      assertEquals(0.99, density.cumulative(5), 0.01);
      assertEquals(136, density.sum(x -> x), 20);
      assertArrayEquals(new double[] {0, 10}, density.range(), 1e-9);
      double area = 0;
      for (double x = -2; x < 12; x += 0.01) {
        area += 0.01 * density.density(x, 0.1);
      }
      assertEquals(1, area, 1e-6);
      // The semicircle law: a symmetric random matrix / sqrt n has density sqrt(4 - x^2) / 2 pi.
      Tensor g = new Generator(5).normal(DType.F64, n, n);
      Tensor wigner = g.add(g.transpose(0, 1)).mul(1 / Math.sqrt(2.0 * n));
      SpectralDensity half =
          SpectralDensity.of(LinearOperator.of(wigner), 10, 60, new Generator(6));
      for (double x : new double[] {-1.5, -0.7, 0, 0.7, 1.5}) {
        assertEquals(Math.sqrt(4 - x * x) / (2 * Math.PI), half.density(x, 0.2), 0.03);
      }
    }
  }

  @Test
  void sharpnessOfAQuadratic() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.of(new double[] {3, 4}).requiresGrad(true);
      Supplier<Tensor> loss = () -> w.square().sum().mul(0.5);
      assertEquals(1, Sharpness.largestEigenvalue(loss, List.of(w), 5, new Generator(1)), 1e-12);
      // |w| = 5, so 0.5 ((5 + rho)^2 - 25).
      assertEquals(0.5 * (5.1 * 5.1 - 25), Sharpness.sam(loss, List.of(w), 0.1), 1e-12);
      assertArrayEquals(new double[] {3, 4}, w.doubles());
      Tensor zero = Tensor.zeros(DType.F64, 2).requiresGrad(true);
      assertEquals(0, Sharpness.sam(() -> zero.square().sum(), List.of(zero), 0.1));
      assertThrows(IllegalArgumentException.class, () -> Sharpness.sam(loss, List.of(w), 0));
    }
  }

  @Test
  void noiseOfKnownGradients() {
    try (Scope s = Scope.open()) {
      // Loss w (g + noise) with |G|^2 = 3^2 10 and unit variance in 10 coordinates.
      Tensor w = Tensor.zeros(DType.F64, 10).requiresGrad(true);
      Generator random = new Generator(7);
      int size = 8;
      GradientNoise noise =
          GradientNoise.of(
              i -> w.mul(random.normal(DType.F64, size, 10).mean(0).add(3)).sum(),
              List.of(w),
              500,
              size);
      assertEquals(90, noise.squaredGradient(), 2);
      assertEquals(10, noise.trace(), 0.7);
      assertEquals(10 / 90.0, noise.scale(), 0.01);
    }
  }

  @Test
  void slicesOfAQuadratic() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.of(new double[] {3, 4, 0, 2}, 2, 2).requiresGrad(true);
      Tensor b = Tensor.of(new double[] {1}).requiresGrad(true);
      List<Tensor> ps = List.of(w, b);
      Supplier<Tensor> loss = () -> w.square().sum().add(b.square().sum());
      List<Tensor> d = LossSlice.direction(ps, new Generator(8));
      // Each row of the direction is as long as that of w; the vector stays.
      assertArrayEquals(
          new double[] {5, 2}, d.get(0).norm(2, new int[] {1}, false).doubles(), 1e-12);
      assertEquals(0, d.get(1).item());
      double cross = 2 * w.detach().mul(d.get(0)).sum().item();
      double[] at = {-1, 0, 0.5};
      double[] line = LossSlice.line(loss, ps, d, at);
      for (int i = 0; i < at.length; i++) {
        assertEquals(30 + at[i] * cross + at[i] * at[i] * 29, line[i], 1e-12);
      }
      List<Tensor> e = LossSlice.direction(ps, new Generator(9));
      double[][] plane = LossSlice.plane(loss, ps, d, e, at, new double[] {0, 1});
      double[] column = {plane[0][0], plane[1][0], plane[2][0]};
      assertArrayEquals(line, column, 1e-12);
      assertEquals(w.detach().add(e.get(0)).square().sum().item() + 1, plane[1][1], 1e-12);
      assertArrayEquals(new double[] {3, 4, 0, 2}, w.doubles());
      assertThrows(
          IllegalStateException.class,
          () ->
              LossSlice.line(
                  () -> {
                    throw new IllegalStateException("stop");
                  },
                  ps,
                  d,
                  at));
      assertArrayEquals(new double[] {3, 4, 0, 2}, w.doubles());
    }
  }

  @Test
  void hessianOfACnn() {
    try (Scope s = Scope.open();
        Sequential model =
            new Sequential(
                new Conv2d(1, 2, 3, 1, 1), Activation.tanh(), new Flatten(), new Linear(32, 3))) {
      model.to(DType.F64);
      Tensor x = LinalgTest.normal(10, 5, 4, 4, 1);
      Tensor y = Tensor.of(new int[] {0, 1, 2, 1, 0});
      List<Tensor> ps = model.parameters();
      Supplier<Tensor> loss = () -> Losses.crossEntropy(model.apply(x), y);
      LinearOperator h = LinearOperator.hessian(loss, ps);
      int n = h.size();
      assertEquals(2 * 9 + 2 + 32 * 3 + 3, n);
      Tensor v = LinalgTest.normal(11, n);
      double step = 1e-5;
      Tensor up = gradient(loss, ps, v, step);
      Tensor down = gradient(loss, ps, v, -step);
      double[] expected = up.sub(down).mul(0.5 / step).doubles();
      assertArrayEquals(expected, h.apply(v).doubles(), 1e-8);
      Tensor dense = h.dense();
      LinalgTest.close(dense, dense.transpose(0, 1), 1e-12);
      Tensor symmetric = dense.add(dense.transpose(0, 1)).mul(0.5);
      double[] all = Linalg.eigvalsh(symmetric).doubles();
      double[] top = Lanczos.largest(h, 3, 60, new Generator(12));
      for (int i = 0; i < 3; i++) {
        assertEquals(all[n - 1 - i], top[i], 1e-8);
      }
      Estimate trace = Hutchinson.trace(h, 100, new Generator(13));
      assertEquals(Linalg.trace(dense).item(), trace.mean(), 4 * trace.standardError());
      assertTrue(trace.standardError() < 1);
    }
  }

  private static Tensor gradient(Supplier<Tensor> loss, List<Tensor> ps, Tensor v, double by) {
    ParameterVector all = new ParameterVector("test", ps);
    try (Displacement d = new Displacement(ps)) {
      d.move(List.of(all.split(v)), new double[] {by});
      return all.join(Autograd.grad(loss.get(), ps));
    }
  }

  @Test
  void parametersMustBeTracked() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.zeros(DType.F64, 2);
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> LossSlice.direction(List.of(w), new Generator(0)))
              .getMessage();
      assertEquals(
          "lossSlice.direction: parameter 0 [2] is not tracked; call requiresGrad(true) on it",
          message);
      assertThrows(
          IllegalArgumentException.class, () -> GradientNoise.of(i -> w.sum(), List.of(w), 1, 1));
    }
  }
}
