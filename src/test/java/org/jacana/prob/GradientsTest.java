package org.jacana.prob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Function;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.GradientCheck;
import org.junit.jupiter.api.Test;

/** Gradients of log-probabilities, distribution functions and draws in float64. */
class GradientsTest {
  private static Tensor of(double... v) {
    return Tensor.of(v, v.length);
  }

  private static void check(Function<Tensor[], Tensor> f, Tensor... in) {
    GradientCheck.check(f, in);
  }

  @Test
  void logProbabilities() {
    try (Scope s = Scope.open()) {
      Tensor x = of(0.3, 0.8);
      Tensor a = of(0.7, 2.5);
      Tensor b = of(1.4, 0.6);
      check(t -> new Normal(t[1], t[2]).logProb(t[0]), x, a, b);
      check(t -> new LogNormal(t[1], t[2]).logProb(t[0]), x, a, b);
      check(t -> new Laplace(t[1], t[2]).logProb(t[0]), x, a, b);
      check(t -> new Exponential(t[1]).logProb(t[0]), x, a);
      check(t -> new Gamma(t[1], t[2]).logProb(t[0]), x, a, b);
      check(t -> new Beta(t[1], t[2]).logProb(t[0]), x, a, b);
      check(t -> new StudentT(t[1], t[2], t[0]).logProb(of(0.1, -3)), x, a, b);
      check(t -> new Poisson(t[0]).logProb(of(2, 0)), a);
      check(t -> new Bernoulli(t[0]).logProb(of(1, 0)), x);
      check(t -> Bernoulli.ofLogits(t[0]).logProb(of(1, 0)), x);
      check(t -> new Binomial(5, t[0]).logProb(of(1, 5)), x);
      check(t -> Categorical.ofLogits(t[0]).logProb(of(1)), of(0.2, -1, 3));
      check(t -> new Dirichlet(t[0]).logProb(of(0.2, 0.8)), a);
      Tensor c = Tensor.of(new double[] {2, 0.5, 0.5, 1}, 2, 2);
      check(
          t -> {
            Tensor even = t[1].add(t[1].transpose(0, 1)).mul(0.5);
            return new MultivariateNormal(t[0], even).logProb(x);
          },
          a,
          c);
      check(t -> new LowRankMultivariateNormal(t[0], t[1], t[2]).logProb(x), a, c, b);
      check(
          t -> new Mixture(Categorical.ofLogits(t[0]), new Normal(t[1], t[2])).logProb(x),
          of(0.1, 0.5),
          a,
          b);
      check(t -> new DiagonalNormal(t[0], t[1]).entropy(), a, b);
      check(t -> Kl.divergence(new Gamma(t[0], t[1]), Gamma.of(1, 2)), a, b);
    }
  }

  @Test
  void outsideTheSupport() {
    try (Scope s = Scope.open()) {
      Tensor rate = of(2, 2).requiresGrad(true);
      Tensor log = new Gamma(rate, rate).logProb(of(-1, 1));
      assertEquals(Double.NEGATIVE_INFINITY, log.at(0).item());
      List<Tensor> g = Autograd.grad(log.at(1), List.of(rate));
      assertEquals(0, g.get(0).at(0).item());
      assertTrue(Double.isFinite(g.get(0).at(1).item()));
      Tensor x = of(-1, 0.5).requiresGrad(true);
      double[] slope = Autograd.grad(Gamma.of(2, 1).cdf(x).sum(), x).doubles();
      assertEquals(0, slope[0]);
      assertEquals(0.5 * Math.exp(-0.5), slope[1], 1e-14);
      assertEquals(0, Autograd.grad(Beta.of(2, 3).cdf(x).sum(), x).at(0).item());
      Tensor p = of(-1, 2).requiresGrad(true);
      Tensor lost = Beta.of(2, 3).icdf(p);
      assertEquals(1, lost.isNaN().all().item());
      assertTrue(Double.isNaN(Autograd.grad(lost.sum(), p).at(0).item()));
      assertEquals(Double.NEGATIVE_INFINITY, Poisson.of(2).logProb(of(1.5)).item());
      assertEquals(Double.NEGATIVE_INFINITY, Bernoulli.of(0.2).logProb(of(2)).item());
      assertTrue(Double.isNaN(Exponential.of(2).logProb(of(Double.NaN)).item()));
    }
  }

  @Test
  void distributionFunctions() {
    try (Scope s = Scope.open()) {
      Tensor x = of(0.3, 0.8);
      Tensor a = of(0.7, 2.5);
      Tensor b = of(1.4, 0.6);
      check(t -> new Normal(t[1], t[2]).cdf(t[0]), x, a, b);
      check(t -> new Normal(t[1], t[2]).icdf(t[0]), x, a, b);
      GradientCheck once = GradientCheck.of(t -> new Gamma(t[1], t[2]).cdf(t[0])).order(1);
      once.check(x, a, b);
      GradientCheck.of(t -> new Gamma(t[1], t[2]).icdf(t[0])).order(1).check(x, a, b);
      GradientCheck.of(t -> new Beta(t[1], t[2]).cdf(t[0])).order(1).check(x, a, b);
      GradientCheck.of(t -> new Beta(t[1], t[2]).icdf(t[0])).order(1).check(x, a, b);
      GradientCheck.of(t -> new StudentT(t[1], t[2], t[2]).cdf(t[0])).order(1).check(x, a, b);
      GradientCheck.of(t -> new StudentT(t[1], t[2], t[2]).icdf(t[0])).order(1).check(x, a, b);
      GradientCheck.of(t -> new Poisson(t[0]).cdf(of(1, 4))).order(1).check(a);
    }
  }

  /** The derivative of a draw along its own distribution function. */
  @Test
  void draws() {
    try (Scope s = Scope.open()) {
      for (double a : new double[] {0.05, 0.6, 3, 500}) {
        Tensor shape = Tensor.full(DType.F64, a, 4).requiresGrad(true);
        Tensor x = new Gamma(shape, shape.onesLike()).rsample(new Generator(5));
        double[] g = Autograd.grad(x.sum(), shape).doubles();
        double[] at = x.doubles();
        for (int i = 0; i < g.length; i++) {
          double p = SpecialFunctions.gammaP(a, at[i]);
          double h = 1e-4 * a;
          double quotient = (Quantiles.gamma(a + h, p) - Quantiles.gamma(a - h, p)) / (2 * h);
          assertEquals(quotient, g[i], 1e-4 * Math.abs(quotient) + 1e-12);
        }
      }
      // d E[x^2] / d scale = 2 scale for a normal x of mean 0.
      Tensor scale = of(1.5).requiresGrad(true);
      Tensor x = new Normal(of(0), scale).rsample(new Generator(6), 40000);
      assertEquals(3, Autograd.grad(x.square().mean(), scale).item(), 0.12);
      Tensor beta = of(2).requiresGrad(true);
      // d E[x] / d a = b / (a + b)^2 for Beta(a, b).
      Tensor y = new Beta(beta, of(3)).rsample(new Generator(7), 20000);
      assertEquals(0.12, Autograd.grad(y.mean(), beta).item(), 0.006);
    }
  }
}
