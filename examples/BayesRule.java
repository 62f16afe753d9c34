import java.util.Locale;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.prob.Bayes;
import org.jacana.prob.Beta;
import org.jacana.prob.Conjugate;
import org.jacana.prob.Information;
import org.jacana.prob.Information.Unit;

/** Bayes' rule on a medical test and on a coin, with the answers found by hand beside. */
public class BayesRule {
  public static void main(String[] args) {
    try (Scope scope = Scope.open()) {
      // One in a hundred is ill; the test finds 99 percent of them, and is wrong on 5 in a hundred.
      Tensor prior = Tensor.of(new double[] {0.01, 0.99});
      Tensor test = Tensor.of(new double[] {0.99, 0.01, 0.05, 0.95}, 2, 2);
      show("P(positive)", 0.0594, Bayes.evidence(prior, test).at(0));
      Tensor once = Bayes.posterior(prior, test, 0);
      show("P(ill | positive)", 1.0 / 6, once.at(0));
      show("P(ill | positive twice)", 99.0 / 124, Bayes.posterior(once, test, 0).at(0));
      Tensor joint = Bayes.joint(prior, test);
      show(
          "what the test tells, in bits",
          0.040718,
          Information.mutualInformation(joint, Unit.BITS));
      show("of what there is to know", 0.080793, Information.entropy(prior, Unit.BITS));

      // A coin of unknown bias, flat prior, after 7 heads in 10.
      Tensor flips = Tensor.of(new double[] {1, 1, 0, 1, 1, 0, 1, 1, 0, 1});
      Beta coin = Conjugate.betaBernoulli(Beta.of(1, 1), flips);
      show("mean of Beta(8, 4)", 8.0 / 12, coin.mean());
      show("its variance", 8.0 * 4 / (144 * 13), coin.variance());
      // A sum of binomial probabilities: 232 / 2048.
      show("P(bias below one half)", 232.0 / 2048, coin.cdf(Tensor.of(new double[] {0.5})));
    }
  }

  private static void show(String what, double expected, Tensor got) {
    System.out.printf(Locale.ROOT, "%-30s %.6f   expected %.6f%n", what, got.item(), expected);
    if (Math.abs(got.item() - expected) > 1e-6) {
      throw new IllegalStateException(what + ": not as expected");
    }
  }
}
