package org.jacana.prob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.Supplier;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

/** What bad parameters and values are told. */
class DistributionErrorsTest {
  private static Tensor of(double... v) {
    return Tensor.of(v, v.length);
  }

  private static void says(String message, Supplier<?> f) {
    try (Scope s = Scope.open()) {
      assertEquals(message, assertThrows(IllegalArgumentException.class, f::get).getMessage());
    }
  }

  @Test
  void parameters() {
    says(
        "Normal: scale must be positive and finite, got -1.0 at [1]",
        () -> new Normal(of(0, 0), of(1, -1)));
    says("Normal: loc must be finite, got NaN", () -> Normal.of(Double.NaN, 1));
    says("LogNormal: scale must be positive and finite, got 0.0", () -> LogNormal.of(0, 0));
    says("Laplace: loc must be finite, got Infinity", () -> Laplace.of(1 / 0.0, 1));
    says("Uniform: high - low must be positive and finite, got -1.0", () -> Uniform.of(1, 0));
    says("Exponential: rate must be positive and finite, got 0.0", () -> Exponential.of(0));
    says("Gamma: rate must be positive and finite, got -2.0", () -> Gamma.of(1, -2));
    says("Beta: concentration0 must be positive and finite, got 0.0", () -> Beta.of(1, 0));
    says("StudentT: df must be positive and finite, got 0.0", () -> StudentT.of(0, 0, 1));
    says("Poisson: rate must be at least 0 and finite, got -1.0", () -> Poisson.of(-1));
    says("Bernoulli: probs must be between 0 and 1, got 1.5", () -> Bernoulli.of(1.5));
    says("Binomial: totalCount must be at least 0, got -1", () -> Binomial.of(-1, 0.5));
    says("Binomial: probs must be between 0 and 1, got NaN", () -> Binomial.of(1, Double.NaN));
    says(
        "Categorical: probs must sum to 1 along the last axis, got 0.75; divide by the sum",
        () -> Categorical.of(0.5, 0.25));
    says(
        "Multinomial: probs must be between 0 and 1, got -0.5 at [0]",
        () -> new Multinomial(3, of(-0.5, 1.5)));
    says(
        "Dirichlet: concentration must be positive and finite, got 0.0 at [1]",
        () -> Dirichlet.of(1, 0));
    says(
        "MultivariateNormal: needs loc [..., d] and covariance [..., d, d], got [2] and [3, 3]",
        () -> new MultivariateNormal(of(0, 0), Tensor.eye(org.jacana.DType.F64, 3)));
    says(
        "MultivariateNormal: scaleTril above the diagonal must be 0, got 1.0 at [0, 1]",
        () -> MultivariateNormal.ofScaleTril(of(0, 0), Tensor.of(new double[] {1, 1, 0, 1}, 2, 2)));
    says(
        "LowRankMultivariateNormal: covDiag must be positive and finite, got -1.0 at [0]",
        () ->
            new LowRankMultivariateNormal(
                of(0, 0), Tensor.of(new double[] {1, 1}, 2, 1), of(-1, 1)));
    says(
        "Normal: the parameters must have one type, got F32 and F64; cast one with to(...)",
        () -> new Normal(Tensor.zeros(1), of(1)));
    says(
        "Normal: loc must be F32 or F64, got I32; cast with to(DType.F64)",
        () -> new Normal(Tensor.of(new int[] {1}), of(1)));
  }

  @Test
  void matricesValuesAndWhatIsMissing() {
    try (Scope s = Scope.open()) {
      Tensor bad = Tensor.of(new double[] {1, 2, 2, 1}, 2, 2);
      assertThrows(IllegalArgumentException.class, () -> new MultivariateNormal(of(0, 0), bad));
      assertThrows(
          IllegalArgumentException.class, () -> Dirichlet.of(1, 2, 3).logProb(of(0.5, 0.5)));
      assertThrows(
          IllegalArgumentException.class,
          () -> new Normal(of(0, 0), of(1, 1)).logProb(of(1, 2, 3)));
      Generator g = new Generator(0);
      assertThrows(UnsupportedOperationException.class, () -> Poisson.of(2).rsample(g));
      assertThrows(UnsupportedOperationException.class, () -> Dirichlet.of(1, 2).cdf(of(1, 0)));
      Mixture m = new Mixture(Categorical.of(0.5, 0.5), new Normal(of(0, 1), of(1, 1)));
      assertThrows(UnsupportedOperationException.class, m::entropy);
      assertThrows(
          IllegalArgumentException.class,
          () -> new Mixture(Categorical.of(1), new Normal(of(0, 1), of(1, 1))));
      assertThrows(IllegalArgumentException.class, () -> new Independent(Normal.of(0, 1), 1));
    }
  }
}
