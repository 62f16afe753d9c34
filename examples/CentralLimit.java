import java.util.Locale;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.prob.Distribution;
import org.jacana.prob.Exponential;
import org.jacana.prob.MonteCarlo;
import org.jacana.prob.Normal;

/**
 * The mean of n exponential numbers becomes normal: its standard deviation is 1/sqrt(n), its
 * skewness 2/sqrt(n), and the part beyond 1.96 standard deviations goes to 5 percent.
 */
public class CentralLimit {
  public static void main(String[] args) {
    int samples = 50_000;
    try (Scope scope = Scope.open()) {
      Distribution one = Exponential.of(1);
      System.out.println("standardised means of n exponential numbers, expected beside");
      for (int n : new int[] {1, 4, 16, 64}) {
        try (Scope step = Scope.open()) {
          Tensor means = one.sample(new Generator(n), samples, n).mean(1);
          Tensor z = means.sub(1).mul(Math.sqrt(n));
          MonteCarlo.Estimate skew = MonteCarlo.of(z.pow(3));
          double beyond = z.abs().gt(1.959964).to(z.dtype()).mean().item();
          double spread = means.std(new int[] {0}, false, 1).item();
          System.out.printf(
              Locale.ROOT,
              "n %2d: deviation %.4f (%.4f), skewness %.3f +- %.3f (%.3f), beyond 1.96 %.4f%n",
              n,
              spread,
              1 / Math.sqrt(n),
              skew.value().item(),
              skew.standardError().item(),
              2 / Math.sqrt(n),
              beyond);
          check("skewness", skew.value().item(), 2 / Math.sqrt(n), 5 * skew.standardError().item());
          check("deviation", spread, 1 / Math.sqrt(n), 0.03 / Math.sqrt(n));
        }
      }
      double tail = 2 * Normal.of(0, 1).cdf(Tensor.of(new double[] {-1.959964})).item();
      System.out.printf(Locale.ROOT, "of a normal number, beyond 1.96 are %.4f%n", tail);
    }
  }

  private static void check(String what, double got, double expected, double tolerance) {
    if (Math.abs(got - expected) > tolerance) {
      throw new IllegalStateException(what + " is " + got + ", not near " + expected);
    }
  }
}
