package org.jacana.prob;

import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * Maximum likelihood from F32 or F64 samples [n, ...], one fit for each column. The distributions'
 * parameters belong to the open scope and carry no gradients.
 */
public final class Fit {
  private Fit() {}

  /** Mean and standard deviation (divisor n); a column must not be constant. */
  public static Normal normal(Tensor x) {
    Params.finite("Fit.normal", "x", samples("Fit.normal", x));
    return Autograd.noGrad(() -> new Normal(x.mean(0), x.std(new int[] {0}, false, 0)));
  }

  /** The rate 1 / mean of samples of at least 0. */
  public static Exponential exponential(Tensor x) {
    Params.nonNegative("Fit.exponential", "x", samples("Fit.exponential", x));
    return Autograd.noGrad(() -> new Exponential(mean(x, m -> m.reciprocal())));
  }

  /** The part of ones among zeros and ones. */
  public static Bernoulli bernoulli(Tensor x) {
    Params.all("Fit.bernoulli", "x", samples("Fit.bernoulli", x), v -> v == 0 || v == 1, "0 or 1");
    return Autograd.noGrad(() -> new Bernoulli(x.mean(0)));
  }

  /** The part of each of k categories 0..k-1, samples [n] or [n, ...]. */
  public static Categorical categorical(Tensor x, int k) {
    Params.all(
        "Fit.categorical",
        "x",
        samples("Fit.categorical", x),
        v -> v == Math.rint(v) && v >= 0 && v < k,
        "a whole number in 0.." + (k - 1));
    try (Scope s = Scope.open(x.device())) {
      Tensor all = Tensor.arange(k).to(x.dtype());
      Tensor member = x.detach().unsqueeze(-1).eq(all).to(x.dtype());
      return new Categorical(s.keep(member.mean(0)));
    }
  }

  /** The mean of counts. */
  public static Poisson poisson(Tensor x) {
    Params.all(
        "Fit.poisson",
        "x",
        samples("Fit.poisson", x),
        v -> v == Math.rint(v) && v >= 0,
        "a whole number of at least 0");
    return Autograd.noGrad(() -> new Poisson(x.mean(0)));
  }

  /** The median, and the mean distance from it; a column must not be constant. */
  public static Laplace laplace(Tensor x) {
    Params.finite("Fit.laplace", "x", samples("Fit.laplace", x));
    return Autograd.noGrad(
        () -> {
          Tensor middle = x.quantile(0.5, 0, false);
          return new Laplace(middle, Scope.tidy(() -> x.sub(middle).abs().mean(0)));
        });
  }

  /**
   * Newton's method for the concentration a with log a - digamma(a) = log mean(x) - mean(log x)
   * (Minka 2002), from positive samples that are not constant.
   */
  public static Gamma gamma(Tensor x) {
    Params.positive("Fit.gamma", "x", samples("Fit.gamma", x));
    return Autograd.noGrad(
        () -> {
          Tensor a = Scope.tidy(() -> concentration(x));
          return new Gamma(a, mean(x, a::div));
        });
  }

  private static Tensor concentration(Tensor x) {
    Tensor s = x.mean(0).log().sub(x.log().mean(0));
    Params.positive("Fit.gamma", "log mean(x) - mean(log x), which constant samples make 0,", s);
    Tensor root = s.sub(3).square().add(s.mul(24)).sqrt();
    Tensor a = root.sub(s).add(3).div(s.mul(12));
    // In 1 / a, where it needs about four steps to all digits.
    for (int i = 0; i < 8; i++) {
      Tensor off = a.log().sub(a.digamma()).sub(s);
      Tensor slope = a.reciprocal().sub(a.polygamma(1)).mul(a.square());
      a = a.reciprocal().add(off.div(slope)).reciprocal();
    }
    return a;
  }

  private static Tensor mean(Tensor x, java.util.function.Function<Tensor, Tensor> f) {
    return Scope.tidy(() -> f.apply(x.mean(0)));
  }

  private static Tensor samples(String op, Tensor x) {
    if (x.rank() == 0 || x.size() == 0) {
      throw new IllegalArgumentException(
          op + ": needs samples [n, ...] with at least one of them, got " + x.shape());
    }
    return x;
  }
}
