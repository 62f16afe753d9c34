package org.jacana.prob;

import org.jacana.Scope;
import org.jacana.Tensor;

/**
 * Entropies, divergences and mutual information of discrete distributions, and estimates of mutual
 * information from samples. Rows of probabilities are F32 or F64 [..., k] and sum to 1; results are
 * differentiable and of shape [...].
 */
public final class Information {
  /** What information is counted in. */
  public enum Unit {
    /** By natural logarithms. */
    NATS(1),
    /** By logarithms to base 2. */
    BITS(Math.log(2));

    private final double nats;

    Unit(double nats) {
      this.nats = nats;
    }

    /** A number of nats in this unit. */
    public double of(double n) {
      return n / nats;
    }

    private Tensor of(Tensor n) {
      return this == NATS ? n : n.div(nats);
    }
  }

  private Information() {}

  /** H(p) = -sum p log p. */
  public static Tensor entropy(Tensor p, Unit unit) {
    Params.simplex("Information.entropy", "p", p);
    return Scope.tidy(() -> unit.of(p.xlogy(p).sum(-1).rsub(0)));
  }

  /** H(p, q) = -sum p log q, infinite where q is 0 and p is not. */
  public static Tensor crossEntropy(Tensor p, Tensor q, Unit unit) {
    two("Information.crossEntropy", p, q);
    return Scope.tidy(() -> unit.of(Kl.rows(p, q).sub(p.xlogy(p).sum(-1))));
  }

  /** D(p || q) = sum p log(p / q), infinite where q is 0 and p is not. */
  public static Tensor kl(Tensor p, Tensor q, Unit unit) {
    two("Information.kl", p, q);
    return Scope.tidy(() -> unit.of(Kl.rows(p, q)));
  }

  /** The mean of D(p || m) and D(q || m) with m = (p + q) / 2; at most log 2. */
  public static Tensor jensenShannon(Tensor p, Tensor q, Unit unit) {
    two("Information.jensenShannon", p, q);
    return Scope.tidy(
        () -> {
          Tensor m = p.add(q).mul(0.5);
          return unit.of(Kl.rows(p, m).add(Kl.rows(q, m)).mul(0.5));
        });
  }

  /**
   * I(X; Y) = sum p(x, y) log(p(x, y) / (p(x) p(y))) of a table.
   *
   * @param joint probabilities [m, n] that sum to 1, or counts with a positive sum
   */
  public static Tensor mutualInformation(Tensor joint, Unit unit) {
    Tensor table = table("Information.mutualInformation", joint);
    return Scope.tidy(
        () -> {
          Tensor p = table.div(table.sum());
          Tensor x = p.sum(1);
          Tensor y = p.sum(0);
          Tensor apart = x.xlogy(x).sum().add(y.xlogy(y).sum());
          return unit.of(p.xlogy(p).sum().sub(apart));
        });
  }

  /** H(X | Y) = H(X, Y) - H(Y) of a table [x, y] as for {@link #mutualInformation}. */
  public static Tensor conditionalEntropy(Tensor joint, Unit unit) {
    Tensor table = table("Information.conditionalEntropy", joint);
    return Scope.tidy(
        () -> {
          Tensor p = table.div(table.sum());
          Tensor y = p.sum(0);
          return unit.of(y.xlogy(y).sum().sub(p.xlogy(p).sum()));
        });
  }

  private static Tensor table(String op, Tensor joint) {
    Params.nonNegative(op, "joint", joint);
    if (joint.rank() != 2 || joint.size() == 0) {
      throw new IllegalArgumentException(op + ": needs a table [m, n], got " + joint.shape());
    }
    try (Scope s = Scope.open(joint.device())) {
      Params.positive(op, "the sum of joint", joint.detach().sum());
    }
    return joint;
  }

  private static void two(String op, Tensor p, Tensor q) {
    Params.simplex(op, "p", p);
    Params.simplex(op, "q", q);
    Params.same(op, p, q);
  }
}
