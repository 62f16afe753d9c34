package org.jacana.prob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.linalg.Covariance;
import org.junit.jupiter.api.Test;

/** Distributions of vectors and of categories, against SciPy 1.17 and closed forms. */
class VectorsTest {
  private static Tensor of(double... v) {
    return Tensor.of(v, v.length);
  }

  private static MultivariateNormal normal() {
    Tensor c = Tensor.of(new double[] {4, 1, 0.5, 1, 3, -0.2, 0.5, -0.2, 2}, 3, 3);
    return new MultivariateNormal(of(1, -2, 0.5), c);
  }

  private static LowRankMultivariateNormal lowRank() {
    Tensor w = Tensor.of(new double[] {1, 0.5, 0, 2, -1, 0.3}, 3, 2);
    return new LowRankMultivariateNormal(of(1, -2, 0.5), w, of(0.5, 1, 2));
  }

  private static void moments(Distribution d) {
    int n = 20000;
    Tensor x = d.sample(new Generator(3), n);
    assertEquals(Shape.of(n, d.eventShape().dim(0)), x.shape());
    double[] mean = d.mean().doubles();
    double[] variance = d.variance().doubles();
    for (int i = 0; i < mean.length; i++) {
      Tensor column = x.select(1, i);
      double error = Math.sqrt(variance[i] / n);
      assertEquals(mean[i], column.mean().item(), 5 * error, d + " mean");
      Tensor squares = column.sub(mean[i]).square();
      double spread = squares.std(new int[] {0}, false, 1).item() / Math.sqrt(n);
      assertEquals(variance[i], squares.mean().item(), 5 * spread, d + " variance");
    }
  }

  @Test
  void multivariateNormal() {
    try (Scope s = Scope.open()) {
      MultivariateNormal d = normal();
      Tensor x = Tensor.of(new double[] {0, 0, 0, 2, -1, 1}, 2, 3);
      double[] log = {-5.325038728470538, -4.560318766766374};
      assertArrayEquals(log, d.logProb(x).doubles(), 1e-12);
      assertEquals(5.776450887398255, d.entropy().item(), 1e-12);
      assertArrayEquals(new double[] {4, 3, 2}, d.variance().doubles(), 1e-12);
      moments(d);
      double[] c = Covariance.cov(d.sample(new Generator(9), 40000)).doubles();
      assertArrayEquals(d.covariance().doubles(), c, 0.15);
      LowRankMultivariateNormal low = lowRank();
      assertEquals(-5.794599063916566, low.logProb(of(0, 0, 0)).item(), 1e-12);
      assertEquals(5.720676131082742, low.entropy().item(), 1e-12);
      assertArrayEquals(low.dense().logProb(x).doubles(), low.logProb(x).doubles(), 1e-12);
      moments(low);
      // A diagonal covariance is independent numbers.
      DiagonalNormal apart = new DiagonalNormal(of(1, 2), of(0.5, 3));
      Tensor tril = of(0.5, 3).diagEmbed(0);
      MultivariateNormal same = MultivariateNormal.ofScaleTril(of(1, 2), tril);
      Tensor y = of(0.3, -1);
      assertEquals(same.logProb(y).item(), apart.logProb(y).item(), 1e-12);
      assertEquals(same.entropy().item(), apart.entropy().item(), 1e-12);
      moments(apart);
    }
  }

  @Test
  void batches() {
    try (Scope s = Scope.open()) {
      Normal d = new Normal(Tensor.zeros(DType.F64, 3, 1), of(1, 2, 3, 4));
      assertEquals(Shape.of(3, 4), d.batchShape());
      assertEquals(Shape.of(5, 3, 4), d.sample(new Generator(1), 5).shape());
      assertEquals(Shape.of(3, 4), d.mean().shape());
      assertEquals(Shape.of(5, 3, 4), d.logProb(d.sample(new Generator(1), 5)).shape());
      assertEquals(Shape.of(3), new Independent(d, 1).entropy().shape());
      Tensor c = Tensor.eye(DType.F64, 2).expand(4, 2, 2);
      MultivariateNormal m = new MultivariateNormal(of(0, 1), c);
      assertEquals(Shape.of(6, 4, 2), m.sample(new Generator(1), 6).shape());
      assertEquals(Shape.of(6, 4), m.logProb(m.sample(new Generator(1), 6)).shape());
      Normal single = new Normal(Tensor.zeros(2), Tensor.ones(2));
      assertEquals(DType.F32, single.sample(new Generator(1)).dtype());
      assertEquals(-0.9189385, single.logProb(Tensor.zeros(2)).at(0).item(), 1e-6);
    }
  }

  @Test
  void categories() {
    try (Scope s = Scope.open()) {
      Dirichlet d = Dirichlet.of(0.7, 2, 3.5);
      assertEquals(1.2164485569629844, d.logProb(of(0.2, 0.3, 0.5)).item(), 1e-12);
      assertEquals(-1.6435671123730122, d.entropy().item(), 1e-12);
      double[] variance = {0.0139105676956874, 0.0303503295178633, 0.0341441207075963};
      assertArrayEquals(variance, d.variance().doubles(), 1e-14);
      moments(d);
      Multinomial m = new Multinomial(6, of(0.2, 0.3, 0.5));
      // 6! / (1! 2! 3!) 0.2 0.09 0.125 = 0.135.
      assertEquals(0.135, m.prob(of(1, 2, 3)).item(), 1e-14);
      assertEquals(0, m.prob(of(1, 2, 4)).item());
      moments(m);
      assertEquals(
          0, new Multinomial(9, of(0.5, 0.5, 0)).sample(new Generator(2), 99).at(7, 2).item());
      Categorical c = Categorical.of(0.25, 0, 0.75);
      double[] log = c.logProb(Tensor.of(new int[] {0, 1, 2, 3})).exp().doubles();
      assertArrayEquals(new double[] {0.25, 0, 0.75, 0}, log, 1e-15);
      assertArrayEquals(new double[] {0.25, 0.25, 1}, c.cdf(of(0, 1.5, 2)).doubles(), 1e-15);
      assertArrayEquals(new double[] {0, 2, 2}, c.icdf(of(0.1, 0.3, 1)).doubles());
      assertEquals(1.5, c.mean().item(), 1e-15);
      assertEquals(0.5623351446188083, c.entropy().item(), 1e-14);
      Tensor x = c.sample(new Generator(4), 20000);
      assertEquals(0.75, x.eq(2).to(DType.F64).mean().item(), 5 * Math.sqrt(0.1875 / 20000));
      assertEquals(0, x.eq(1).any().item());
    }
  }

  @Test
  void mixtures() {
    try (Scope s = Scope.open()) {
      Mixture m = new Mixture(Categorical.of(0.3, 0.7), new Normal(of(-2, 1), of(0.5, 1)));
      assertEquals(0.1, m.mean().item(), 1e-14);
      // E[x^2] = 0.3 (4 + 0.25) + 0.7 (1 + 1).
      assertEquals(2.675 - 0.01, m.variance().item(), 1e-13);
      double half = 0.3 * 0.9999683287581669 + 0.7 * 0.15865525393145707;
      assertEquals(half, m.cdf(of(0)).item(), 1e-13);
      int n = 20000;
      Tensor x = m.sample(new Generator(8), n);
      assertEquals(0.1, x.mean().item(), 5 * Math.sqrt(2.665 / n));
      Tensor loc = Tensor.of(new double[] {0, 0, 4, -4}, 2, 2);
      Mixture two = new Mixture(Categorical.of(0.5, 0.5), new DiagonalNormal(loc, of(1, 1)));
      assertEquals(Shape.of(2), two.mean().shape());
      assertArrayEquals(new double[] {5, 5}, two.variance().doubles(), 1e-13);
      assertEquals(Shape.of(10, 2), two.sample(new Generator(8), 10).shape());
      assertEquals(Math.log(0.5 / (2 * Math.PI)), two.logProb(of(0, 0)).item(), 1e-6);
    }
  }
}
