package org.jacana.prob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

/** Float32, and parameters on another device than the open scope's. */
class OtherTypesTest {
  private static List<Distribution> made(DType type) {
    Tensor a = Tensor.of(new double[] {0.3, 0.9}).to(type);
    Tensor b = Tensor.of(new double[] {2.5, 0.7}).to(type);
    Tensor rows = Tensor.of(new double[] {0.2, 0.8}).to(type);
    Tensor c = Tensor.of(new double[] {2, 0.5, 0.5, 1}, 2, 2).to(type);
    return List.of(
        new Normal(a, b),
        new LogNormal(a, a),
        new Laplace(a, b),
        new Uniform(a, a.add(1)),
        new Exponential(b),
        new Gamma(a, b),
        new Beta(b, a),
        new StudentT(b.add(8), a, b),
        new Poisson(b),
        new Bernoulli(a),
        new Binomial(6, a),
        new Categorical(rows),
        new Multinomial(5, rows),
        new Dirichlet(b),
        new MultivariateNormal(a, c),
        new LowRankMultivariateNormal(a, c, b),
        new DiagonalNormal(a, b),
        new Mixture(new Categorical(rows), new Normal(a, b)));
  }

  @Test
  void singlePrecision() {
    int n = 20000;
    try (Scope s = Scope.open()) {
      List<Distribution> single = made(DType.F32);
      List<Distribution> twice = made(DType.F64);
      for (int i = 0; i < single.size(); i++) {
        Distribution d = single.get(i);
        Tensor x = d.sample(new Generator(17), n);
        assertEquals(DType.F32, x.dtype(), d.name());
        assertEquals(1, x.isFinite().all().item(), d.name());
        double[] mean = twice.get(i).mean().doubles();
        double[] error = twice.get(i).stddev().div(Math.sqrt(n)).doubles();
        double[] got = x.mean(0).doubles();
        for (int j = 0; j < mean.length; j++) {
          assertEquals(mean[j], got[j], 5 * error[j] + 1e-5, d.name());
        }
        if (!d.name().equals("Dirichlet")) {
          Tensor some = x.slice(0, 0, 50);
          double[] exact = twice.get(i).logProb(some).doubles();
          double[] rounded = d.logProb(some).doubles();
          for (int j = 0; j < exact.length; j++) {
            assertEquals(exact[j], rounded[j], 2e-4 * (1 + Math.abs(exact[j])), d.name());
          }
        }
      }
    }
  }

  @Test
  void anotherDevice() {
    try (Scope outer = Scope.open(Device.CPU)) {
      List<Distribution> here = made(DType.F64);
      List<Distribution> there;
      try (Scope inner = Scope.open(Device.REFERENCE)) {
        for (int i = 0; i < here.size(); i++) {
          there = made(DType.F64);
          Tensor x;
          try (Scope on = Scope.open(Device.CPU)) {
            Distribution d = there.get(i);
            x = d.sample(new Generator(3), 20);
            assertEquals(Device.REFERENCE, x.device(), d.name());
            Tensor same = here.get(i).sample(new Generator(3), 20);
            assertArrayEquals(same.doubles(), x.doubles(), 1e-12, d.name());
            double[] log = d.logProb(x).doubles();
            assertArrayEquals(here.get(i).logProb(same).doubles(), log, 1e-9, d.name());
            assertTrue(d.mean().device().equals(Device.REFERENCE));
            if (!(d instanceof Mixture) && !(d instanceof StudentT)) {
              assertEquals(0, Kl.divergence(d, d).sum().item(), 1e-12, d.name());
            }
          }
        }
      }
    }
  }
}
