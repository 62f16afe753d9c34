import java.util.Locale;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.prob.Binomial;
import org.jacana.prob.Exponential;
import org.jacana.prob.Fit;
import org.jacana.prob.Gamma;
import org.jacana.prob.Normal;
import org.jacana.prob.Poisson;
import org.jacana.prob.StudentT;

/** Probabilities, quantiles and fits of distributions, beside the values of printed tables. */
public class Distributions {
  public static void main(String[] args) {
    try (Scope scope = Scope.open()) {
      Normal z = Normal.of(0, 1);
      for (int k = 1; k <= 3; k++) {
        double[] within = {0.682689, 0.954500, 0.997300};
        show("normal within " + k + " deviations", within[k - 1], between(z, k));
      }
      show("its 97.5 % quantile", 1.959964, z.icdf(at(0.975)));
      show("Student's t of 10, 97.5 %", 2.228139, StudentT.of(10, 0, 1).icdf(at(0.975)));
      // Chi-squared of k degrees of freedom is Gamma(k / 2, 1 / 2).
      show("chi-squared of 5, 95 %", 11.070498, Gamma.of(2.5, 0.5).icdf(at(0.95)));
      show("P(at most 3 of 10 heads)", 176.0 / 1024, Binomial.of(10, 0.5).cdf(at(3)));
      show("P(no event), Poisson of 2", Math.exp(-2), Poisson.of(2).logProb(at(0)).exp());
      show("median of Exponential(2)", Math.log(2) / 2, Exponential.of(2).icdf(at(0.5)));

      // A fit by maximum likelihood finds the parameters that made the data.
      Tensor data = Normal.of(3, 2).sample(new Generator(1), 100_000);
      Normal fit = Fit.normal(data);
      System.out.printf(
          Locale.ROOT,
          "%-32s %.3f, %.3f   expected about 3, 2%n",
          "fit to 100,000 draws of N(3, 2)",
          fit.mean().item(),
          fit.stddev().item());
      if (Math.abs(fit.mean().item() - 3) > 0.05 || Math.abs(fit.stddev().item() - 2) > 0.05) {
        throw new IllegalStateException("the fit is far off");
      }
    }
  }

  private static Tensor at(double x) {
    return Tensor.of(new double[] {x});
  }

  private static Tensor between(Normal z, double k) {
    return z.cdf(at(k)).sub(z.cdf(at(-k)));
  }

  private static void show(String what, double expected, Tensor got) {
    System.out.printf(Locale.ROOT, "%-32s %.6f   expected %.6f%n", what, got.item(), expected);
    if (Math.abs(got.item() - expected) > 1e-6) {
      throw new IllegalStateException(what + ": not as expected");
    }
  }
}
