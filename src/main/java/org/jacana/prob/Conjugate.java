package org.jacana.prob;

import java.util.function.Supplier;
import org.jacana.Scope;
import org.jacana.Tensor;

/**
 * Posteriors of conjugate priors after samples [n, batch] (Gelman et al., Bayesian Data Analysis,
 * chapter 2). Their parameters belong to the open scope.
 */
public final class Conjugate {
  private Conjugate() {}

  /** Beta(a, b) after zeros and ones: Beta(a + ones, b + zeros). */
  public static Beta betaBernoulli(Beta prior, Tensor x) {
    Params.all("Conjugate.betaBernoulli", "x", x, v -> v == 0 || v == 1, "0 or 1");
    int n = count("Conjugate.betaBernoulli", x);
    return new Beta(
        tidy(() -> prior.concentration1().add(x.sum(0))),
        tidy(() -> prior.concentration0().add(x.sum(0).rsub(n))));
  }

  /** Gamma(a, b) of a Poisson rate after n counts: Gamma(a + sum, b + n). */
  public static Gamma gammaPoisson(Gamma prior, Tensor x) {
    Params.all(
        "Conjugate.gammaPoisson",
        "x",
        x,
        v -> v >= 0 && v == Math.rint(v),
        "a whole number of at least 0");
    int n = count("Conjugate.gammaPoisson", x);
    return new Gamma(
        tidy(() -> prior.concentration().add(x.sum(0))), tidy(() -> prior.rate().add(n)));
  }

  /** A normal mean's posterior after samples with known standard deviation: precisions add up. */
  public static Normal normalNormal(Normal prior, Tensor scale, Tensor x) {
    Params.finite("Conjugate.normalNormal", "x", x);
    Params.positive("Conjugate.normalNormal", "scale", scale);
    int n = count("Conjugate.normalNormal", x);
    Tensor variance =
        tidy(
            () -> {
              Tensor data = scale.square().reciprocal().mul(n);
              return prior.scale().square().reciprocal().add(data).reciprocal();
            });
    Tensor loc =
        tidy(
            () -> {
              Tensor before = prior.loc().div(prior.scale().square());
              return variance.mul(before.add(x.sum(0).div(scale.square())));
            });
    return new Normal(loc, tidy(variance::sqrt));
  }

  /** Dirichlet(a) after categories: Dirichlet(a + counts); x [n] for a prior of one row. */
  public static Dirichlet dirichletCategorical(Dirichlet prior, Tensor x) {
    int k = prior.eventShape().dim(0);
    Params.all(
        "Conjugate.dirichletCategorical",
        "x",
        x,
        v -> v >= 0 && v < k && v == Math.rint(v),
        "a whole number in 0.." + (k - 1));
    count("Conjugate.dirichletCategorical", x);
    return new Dirichlet(
        prior.on(
            () -> {
              Tensor all = Tensor.arange(k).to(x.dtype());
              Tensor counts = x.unsqueeze(-1).eq(all).to(prior.dtype()).sum(0);
              return prior.concentration().add(counts);
            }));
  }

  private static Tensor tidy(Supplier<Tensor> f) {
    return Scope.tidy(f);
  }

  private static int count(String op, Tensor x) {
    if (x.rank() == 0) {
      throw new IllegalArgumentException(op + ": needs samples [n, ...], got a scalar");
    }
    return x.shape().dim(0);
  }
}
