package org.jacana.prob;

import java.util.function.Function;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** Expectations as means of samples, with their standard errors. */
public final class MonteCarlo {
  /**
   * A mean over samples.
   *
   * @param value the mean
   * @param standardError the estimated standard deviation of that mean, of the same shape
   * @param samples how many samples there were
   */
  public record Estimate(Tensor value, Tensor standardError, int samples) {}

  private MonteCarlo() {}

  /**
   * The expectation of f(x) under a distribution.
   *
   * @param f takes samples [n, batch, event] and gives [n, ...]
   * @param n at least 2
   */
  public static Estimate expectation(
      Distribution d, Function<Tensor, Tensor> f, int n, Generator g) {
    requireTwo("MonteCarlo.expectation", n);
    try (Scope s = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      Estimate e = of(f.apply(d.sample(g, n)));
      return new Estimate(s.keep(e.value), s.keep(e.standardError), n);
    }
  }

  /** The mean along the first axis of at least 2 samples [n, ...]. */
  public static Estimate of(Tensor samples) {
    int n = samples.rank() == 0 ? 0 : samples.shape().dim(0);
    requireTwo("MonteCarlo.of", n);
    try (Scope s = Scope.open(samples.device())) {
      Tensor mean = samples.mean(0);
      Tensor error = samples.std(new int[] {0}, false, 1).div(Math.sqrt(n));
      return new Estimate(s.keep(mean), s.keep(error), n);
    }
  }

  private static void requireTwo(String op, int n) {
    if (n < 2) {
      throw new IllegalArgumentException(op + ": needs at least 2 samples, got " + n);
    }
  }
}
