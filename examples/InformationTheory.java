import java.util.Locale;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.prob.Information;
import org.jacana.prob.Information.Unit;
import org.jacana.prob.Kl;
import org.jacana.prob.MutualInformation;
import org.jacana.prob.Normal;

/**
 * Entropy, divergences and mutual information, on the tables of Cover and Thomas (Elements of
 * Information Theory, chapter 2) and on normal variables, beside the values known there.
 */
public class InformationTheory {
  public static void main(String[] args) {
    try (Scope scope = Scope.open()) {
      Tensor horses = Tensor.of(new double[] {0.5, 0.25, 0.125, 0.125});
      show("entropy of 1/2 1/4 1/8 1/8, bits", 1.75, Information.entropy(horses, Unit.BITS));
      Tensor even = Tensor.full(DType.F64, 0.25, 4);
      show("its divergence from even odds", 0.25, Information.kl(horses, even, Unit.BITS));
      show("cross-entropy with even odds", 2, Information.crossEntropy(horses, even, Unit.BITS));
      Tensor sure = Tensor.of(new double[] {1, 0});
      Tensor other = Tensor.of(new double[] {0, 1});
      show(
          "Jensen-Shannon of opposites, bits",
          1,
          Information.jensenShannon(sure, other, Unit.BITS));

      // Rows are Y, columns X, in sixteenths.
      Tensor joint =
          Tensor.of(new double[] {2, 1, .5, .5, 1, 2, .5, .5, 1, 1, 1, 1, 4, 0, 0, 0}, 4, 4)
              .div(16);
      show("H(X), bits", 7.0 / 4, Information.entropy(joint.sum(0), Unit.BITS));
      show("H(Y), bits", 2, Information.entropy(joint.sum(1), Unit.BITS));
      Tensor both = Information.entropy(joint.reshape(16), Unit.BITS);
      show("H(X, Y), bits", 27.0 / 8, both);
      show("I(X; Y), bits", 3.0 / 8, Information.mutualInformation(joint, Unit.BITS));

      Normal p = Normal.of(0, 1);
      Normal q = Normal.of(1, 2);
      show("entropy of N(0, 1), nats", 0.5 * Math.log(2 * Math.PI * Math.E), p.entropy());
      show("KL(N(0, 1), N(1, 2)), nats", Math.log(2) + 2.0 / 8 - 0.5, Kl.divergence(p, q));

      // Correlation 0.9 between normals: I = -log(1 - 0.81) / 2 nats.
      Generator random = new Generator(1);
      Tensor x = random.normal(DType.F64, 2000);
      Tensor y = x.mul(0.9).add(random.normal(DType.F64, 2000).mul(Math.sqrt(0.19)));
      double known = -0.5 * Math.log(0.19);
      double ksg = MutualInformation.ksg(x, y, 3, Unit.NATS);
      System.out.printf(
          Locale.ROOT,
          "%-36s %.3f      expected about %.3f%n",
          "I from 2,000 pairs, nats",
          ksg,
          known);
      if (Math.abs(ksg - known) > 0.1) {
        throw new IllegalStateException("the estimate is far off");
      }
    }
  }

  private static void show(String what, double expected, Tensor got) {
    System.out.printf(Locale.ROOT, "%-36s %.6f   expected %.6f%n", what, got.item(), expected);
    if (Math.abs(got.item() - expected) > 1e-6) {
      throw new IllegalStateException(what + ": not as expected");
    }
  }
}
