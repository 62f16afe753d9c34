package org.jacana.prob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.Supplier;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

/** Maximum likelihood, posteriors and classifiers on examples with known answers. */
class FitAndBayesTest {
  private static Tensor of(double... v) {
    return Tensor.of(v, v.length);
  }

  private static void refused(Supplier<?> f) {
    assertThrows(IllegalArgumentException.class, f::get);
  }

  @Test
  void maximumLikelihood() {
    try (Scope s = Scope.open()) {
      Normal n = Fit.normal(of(2, 4, 4, 4, 5, 5, 7, 9));
      assertEquals(5, n.loc().item(), 1e-15);
      assertEquals(2, n.scale().item(), 1e-15);
      assertEquals(0.5, Fit.exponential(of(1, 2, 3)).rate().item(), 1e-15);
      assertEquals(0.75, Fit.bernoulli(of(1, 0, 1, 1)).probs().item(), 1e-15);
      double[] p = Fit.categorical(of(0, 2, 2, 3), 4).probs().doubles();
      assertArrayEquals(new double[] {0.25, 0, 0.5, 0.25}, p, 1e-15);
      assertEquals(2.5, Fit.poisson(of(1, 4, 2, 3)).rate().item(), 1e-15);
      Laplace l = Fit.laplace(of(1, 5, 2, 9, 3));
      assertEquals(3, l.loc().item(), 1e-15);
      assertEquals(2.2, l.scale().item(), 1e-15);
      // SciPy: gamma.fit(x, floc=0).
      Gamma g = Fit.gamma(of(0.5, 1.2, 2.9, 0.7, 4.1, 1.8));
      assertEquals(2.08816547149712, g.concentration().item(), 1e-9);
      assertEquals(1 / 0.8939266031098345, g.rate().item(), 1e-9);
      Tensor many = Gamma.of(0.4, 3).sample(new Generator(2), 50000, 2);
      double[] a = Fit.gamma(many).concentration().doubles();
      assertArrayEquals(new double[] {0.4, 0.4}, a, 0.02);
      refused(() -> Fit.gamma(of(2, 2, 2)));
      refused(() -> Fit.normal(of(2, 2, 2)));
      refused(() -> Fit.exponential(of(-1, 2)));
      refused(() -> Fit.poisson(of(1.5)));
      refused(() -> Fit.categorical(of(0, 4), 4));
      refused(() -> Fit.bernoulli(of(0.5)));
      refused(() -> Fit.normal(Tensor.full(org.jacana.DType.F64, 1)));
    }
  }

  /** A test of 99 percent sensitivity and 95 percent specificity for a disease of 1 percent. */
  @Test
  void tables() {
    try (Scope s = Scope.open()) {
      Tensor prior = of(0.01, 0.99);
      Tensor likelihood = Tensor.of(new double[] {0.99, 0.01, 0.05, 0.95}, 2, 2);
      // 0.0099 / (0.0099 + 0.0495) = 1/6.
      double[] posterior = Bayes.posterior(prior, likelihood, 0).doubles();
      assertArrayEquals(new double[] {1 / 6.0, 5 / 6.0}, posterior, 1e-14);
      double[] evidence = Bayes.evidence(prior, likelihood).doubles();
      assertArrayEquals(new double[] {0.0594, 0.9406}, evidence, 1e-15);
      assertEquals(1, Bayes.joint(prior, likelihood).sum().item(), 1e-15);
      Tensor sure = Tensor.of(new double[] {1, 0, 1, 0}, 2, 2);
      refused(() -> Bayes.posterior(prior, sure, 1));
      refused(() -> Bayes.posterior(prior, likelihood, 2));
      refused(() -> Bayes.posterior(of(0.5, 0.6), likelihood, 0));
      refused(() -> Bayes.joint(of(0.2, 0.3, 0.5), likelihood));
    }
  }

  @Test
  void conjugatePriors() {
    try (Scope s = Scope.open()) {
      Beta b = Conjugate.betaBernoulli(Beta.of(2, 2), of(1, 1, 0, 1));
      assertEquals(5, b.concentration1().item());
      assertEquals(3, b.concentration0().item());
      Gamma g = Conjugate.gammaPoisson(Gamma.of(3, 5), of(3, 0, 2));
      assertEquals(8, g.concentration().item());
      assertEquals(8, g.rate().item());
      // Precisions 1/4 and 2/1: mean (2.5 + 24) / 2.25.
      Normal n =
          Conjugate.normalNormal(Normal.of(10, 2), of(1), Tensor.of(new double[] {11, 13}, 2, 1));
      assertEquals(26.5 / 2.25, n.loc().item(), 1e-14);
      assertEquals(2.0 / 3, n.scale().item(), 1e-14);
      Dirichlet d = Conjugate.dirichletCategorical(Dirichlet.of(1, 2, 3), of(0, 2, 2));
      assertArrayEquals(new double[] {2, 2, 5}, d.concentration().doubles());
      refused(() -> Conjugate.betaBernoulli(Beta.of(2, 2), of(2)));
      refused(() -> Conjugate.dirichletCategorical(Dirichlet.of(1, 2), of(2)));
    }
  }

  /** The encyclopaedic example of heights, weights and feet; joint log densities by SciPy. */
  @Test
  void gaussianNaiveBayes() {
    try (Scope s = Scope.open()) {
      double[] people = {
        6, 180, 12, 5.92, 190, 11, 5.58, 170, 12, 5.92, 165, 10, 5, 100, 6, 5.5, 150, 8, 5.42, 130,
        7, 5.75, 150, 9
      };
      Tensor x = Tensor.of(people, 8, 3);
      Tensor y = Tensor.of(new int[] {0, 0, 0, 0, 1, 1, 1, 1});
      GaussianNaiveBayes nb = GaussianNaiveBayes.fit(x, y, 2);
      Tensor someone = Tensor.of(new double[] {6, 130, 8}, 1, 3);
      double[] joint = {-23.388562927302736, -7.705016352154028};
      assertArrayEquals(joint, nb.jointLogProb(someone).doubles(), 1e-9);
      assertEquals(joint[0] - joint[1], nb.predictLogProb(someone).at(0, 0).item(), 1e-6);
      assertEquals(1, nb.predict(someone).item());
      assertArrayEquals(y.ints(), nb.predict(x).ints());
      refused(() -> GaussianNaiveBayes.fit(x, y, 3));
      refused(() -> GaussianNaiveBayes.fit(x, y, 1));
      refused(() -> GaussianNaiveBayes.fit(x.zerosLike(), y, 2));
      refused(() -> nb.predict(of(1, 2, 3)));
    }
  }

  @Test
  void monteCarlo() {
    try (Scope s = Scope.open()) {
      Distribution d = Normal.of(0, 1);
      MonteCarlo.Estimate e = MonteCarlo.expectation(d, x -> x.pow(4), 40000, new Generator(1));
      // E[x^4] = 3 and its variance is E[x^8] - 9 = 96.
      assertEquals(3, e.value().item(), 5 * e.standardError().item());
      assertEquals(Math.sqrt(96.0 / 40000), e.standardError().item(), 0.01);
      refused(() -> MonteCarlo.of(of(1)));
    }
  }
}
