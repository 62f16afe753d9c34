package org.jacana.prob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

/** Divergences in closed form against hand results and against Monte Carlo. */
class KlTest {
  private static Tensor of(double... v) {
    return Tensor.of(v, v.length);
  }

  private static MultivariateNormal mvn(double loc, double... c) {
    return new MultivariateNormal(of(loc, 1), Tensor.of(c, 2, 2));
  }

  private static List<Distribution[]> pairs() {
    Tensor w = Tensor.of(new double[] {1, 0.5}, 2, 1);
    return List.of(
        new Distribution[] {Normal.of(0, 1), Normal.of(0.7, 1.5)},
        new Distribution[] {LogNormal.of(0, 1), LogNormal.of(0.7, 1.5)},
        new Distribution[] {Laplace.of(0, 1), Laplace.of(0.7, 1.5)},
        new Distribution[] {Uniform.of(0, 1), Uniform.of(-0.5, 2)},
        new Distribution[] {Exponential.of(2), Exponential.of(0.8)},
        new Distribution[] {Gamma.of(2, 1), Gamma.of(3.5, 1.2)},
        new Distribution[] {Beta.of(2, 3), Beta.of(1.5, 1)},
        new Distribution[] {Dirichlet.of(2, 3, 1), Dirichlet.of(1, 1.5, 1)},
        new Distribution[] {Bernoulli.of(0.3), Bernoulli.of(0.6)},
        new Distribution[] {Binomial.of(7, 0.3), Binomial.of(7, 0.5)},
        new Distribution[] {Poisson.of(3), Poisson.of(4.5)},
        new Distribution[] {Categorical.of(0.2, 0.3, 0.5), Categorical.of(0.5, 0.4, 0.1)},
        new Distribution[] {
          new Multinomial(4, of(0.2, 0.3, 0.5)), new Multinomial(4, of(0.5, 0.3, 0.2))
        },
        new Distribution[] {mvn(0, 1, 0.3, 0.3, 2), mvn(0.5, 2, -0.3, -0.3, 1.5)},
        new Distribution[] {
          new LowRankMultivariateNormal(of(0, 1), w, of(1, 2)),
          new LowRankMultivariateNormal(of(1, 1), w.mul(-1), of(2, 2))
        },
        new Distribution[] {
          new DiagonalNormal(of(0, 1), of(1, 2)), new DiagonalNormal(of(1, 1), of(2, 2))
        });
  }

  @Test
  void closedFormsAgainstSamples() {
    try (Scope s = Scope.open()) {
      for (Distribution[] pair : pairs()) {
        double exact = Kl.divergence(pair[0], pair[1]).item();
        MonteCarlo.Estimate e = Kl.monteCarlo(pair[0], pair[1], 20000, new Generator(12));
        double slack = 5 * e.standardError().item() + 1e-12;
        assertEquals(e.value().item(), exact, slack, pair[0].name());
        assertEquals(0, Kl.divergence(pair[0], pair[0]).item(), 1e-12, pair[0].name());
      }
    }
  }

  @Test
  void handResults() {
    try (Scope s = Scope.open()) {
      // log 2 + (1 + 1) / 8 - 1/2.
      double normal = Kl.divergence(Normal.of(0, 1), Normal.of(1, 2)).item();
      assertEquals(Math.log(2) - 0.25, normal, 1e-15);
      double fair = Kl.divergence(Bernoulli.of(0.5), Bernoulli.of(0.25)).item();
      assertEquals(0.5 * Math.log(2) + 0.5 * Math.log(2.0 / 3), fair, 1e-15);
      assertEquals(
          Double.POSITIVE_INFINITY, Kl.divergence(Uniform.of(0, 2), Uniform.of(0, 1)).item());
      assertEquals(
          Double.POSITIVE_INFINITY,
          Kl.divergence(Categorical.of(0.5, 0.5), Categorical.of(1, 0)).item());
      assertEquals(
          Math.log(2), Kl.divergence(Categorical.of(1, 0), Categorical.of(0.5, 0.5)).item(), 1e-15);
      assertThrows(
          UnsupportedOperationException.class,
          () -> Kl.divergence(Normal.of(0, 1), Laplace.of(0, 1)));
      assertThrows(
          IllegalArgumentException.class,
          () -> Kl.divergence(Binomial.of(3, 0.5), Binomial.of(4, 0.5)));
    }
  }
}
