package org.jacana.prob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.GradientCheck;
import org.jacana.prob.Information.Unit;
import org.junit.jupiter.api.Test;

/** Cover and Thomas, Elements of Information Theory, examples of chapter 2, and closed forms. */
class InformationTest {
  private static Tensor of(double... v) {
    return Tensor.of(v, v.length);
  }

  /** Their example 2.2.1. */
  private static Tensor table() {
    double[] p = {4, 2, 1, 1, 2, 4, 1, 1, 2, 2, 2, 2, 8, 0, 0, 0};
    return Tensor.of(p, 4, 4).div(32);
  }

  @Test
  void textbookTable() {
    try (Scope s = Scope.open()) {
      Tensor joint = table();
      // Rows are Y, columns are X.
      assertEquals(1.75, Information.entropy(joint.sum(0), Unit.BITS).item(), 1e-14);
      assertEquals(2, Information.entropy(joint.sum(1), Unit.BITS).item(), 1e-14);
      assertEquals(27 / 8.0, Information.entropy(joint.reshape(16), Unit.BITS).item(), 1e-14);
      assertEquals(3 / 8.0, Information.mutualInformation(joint, Unit.BITS).item(), 1e-14);
      assertEquals(3 / 8.0, Information.mutualInformation(joint.mul(32), Unit.BITS).item(), 1e-14);
      assertEquals(13 / 8.0, Information.conditionalEntropy(joint, Unit.BITS).item(), 1e-14);
      Tensor t = joint.transpose(0, 1);
      assertEquals(11 / 8.0, Information.conditionalEntropy(t, Unit.BITS).item(), 1e-14);
      double nats = Information.mutualInformation(joint, Unit.NATS).item();
      assertEquals(3 / 8.0 * Math.log(2), nats, 1e-14);
    }
  }

  @Test
  void divergences() {
    try (Scope s = Scope.open()) {
      // Their example 2.3.1 with r = 1/2 and s = 1/4.
      Tensor p = of(0.5, 0.5);
      Tensor q = of(0.75, 0.25);
      assertEquals(0.2075187496394219, Information.kl(p, q, Unit.BITS).item(), 1e-14);
      assertEquals(0.18872187554086717, Information.kl(q, p, Unit.BITS).item(), 1e-14);
      assertEquals(1.2075187496394219, Information.crossEntropy(p, q, Unit.BITS).item(), 1e-14);
      assertEquals(1, Information.jensenShannon(of(1, 0), of(0, 1), Unit.BITS).item(), 1e-15);
      assertEquals(0, Information.jensenShannon(p, p, Unit.BITS).item(), 1e-15);
      assertEquals(
          Double.POSITIVE_INFINITY, Information.crossEntropy(p, of(1, 0), Unit.NATS).item());
      assertEquals(0, Information.entropy(of(1, 0), Unit.NATS).item());
      Tensor rows = Tensor.of(new double[] {0.5, 0.5, 1, 0}, 2, 2);
      assertArrayEquals(new double[] {1, 0}, Information.entropy(rows, Unit.BITS).doubles(), 1e-15);
      GradientCheck.check(
          t -> {
            Tensor a = t[0].softmax(-1);
            Tensor b = t[1].softmax(-1);
            return Information.jensenShannon(a, b, Unit.BITS)
                .add(Information.crossEntropy(a, b, Unit.NATS));
          },
          of(0.2, 1, -1),
          of(0.5, 0, 2));
      assertThrows(
          IllegalArgumentException.class, () -> Information.entropy(of(0.5, 0.4), Unit.BITS));
      assertThrows(
          IllegalArgumentException.class, () -> Information.kl(p, of(0.5, 0.25, 0.25), Unit.BITS));
      assertThrows(
          IllegalArgumentException.class,
          () -> Information.mutualInformation(Tensor.zeros(2, 2), Unit.BITS));
    }
  }

  @Test
  void correlatedNormals() {
    try (Scope s = Scope.open()) {
      for (double rho : new double[] {0, 0.6, 0.9}) {
        Generator g = new Generator(21);
        Tensor x = g.normal(DType.F64, 1500);
        Tensor y = x.mul(rho).add(g.normal(DType.F64, 1500).mul(Math.sqrt(1 - rho * rho)));
        double exact = -0.5 * Math.log(1 - rho * rho);
        // The estimator's spread is near 0.02 at this size (Kraskov et al. 2004, figure 4).
        assertEquals(exact, MutualInformation.ksg(x, y, 3, Unit.NATS), 0.08);
        double bits = MutualInformation.ksg(x, y, 3, Unit.BITS);
        assertEquals(exact / Math.log(2), bits, 0.08 / Math.log(2));
        assertEquals(exact, MutualInformation.binned(x, y, 12, Unit.NATS), 0.12);
      }
      // A second number that is only noise tells nothing more.
      Generator g = new Generator(22);
      Tensor x = g.normal(DType.F64, 800);
      Tensor y = x.mul(0.8).add(g.normal(DType.F64, 800).mul(0.6));
      Tensor pair = Tensor.stack(1, x, g.normal(DType.F64, 800));
      assertEquals(-Math.log(0.6), MutualInformation.ksg(pair, y, 3, Unit.NATS), 0.15);
      assertThrows(
          IllegalArgumentException.class, () -> MutualInformation.ksg(x, y, 800, Unit.NATS));
      assertThrows(
          IllegalArgumentException.class,
          () -> MutualInformation.ksg(x, y.slice(0, 0, 9), 3, Unit.NATS));
      assertThrows(
          IllegalArgumentException.class, () -> MutualInformation.binned(x, y, 0, Unit.NATS));
    }
  }
}
