package org.jacana.prob;

import org.jacana.Scope;
import org.jacana.Tensor;

/** Bayes' rule on tables: hypotheses h with priors P(h), observations o with P(o | h). */
public final class Bayes {
  private Bayes() {}

  /**
   * P(h, o) = P(h) P(o | h).
   *
   * @param prior [h], sums to 1
   * @param likelihood [h, o], each row sums to 1
   * @return [h, o]
   */
  public static Tensor joint(Tensor prior, Tensor likelihood) {
    check("Bayes.joint", prior, likelihood);
    return Scope.tidy(() -> prior.unsqueeze(-1).mul(likelihood));
  }

  /** P(o) = sum over h of P(h) P(o | h), [o]. */
  public static Tensor evidence(Tensor prior, Tensor likelihood) {
    check("Bayes.evidence", prior, likelihood);
    return Scope.tidy(() -> prior.unsqueeze(-1).mul(likelihood).sum(0));
  }

  /**
   * P(h | o) for one observation, [h].
   *
   * @throws IllegalArgumentException if no hypothesis allows the observation
   */
  public static Tensor posterior(Tensor prior, Tensor likelihood, int observation) {
    String op = "Bayes.posterior";
    check(op, prior, likelihood);
    int n = likelihood.shape().dim(1);
    if (observation < 0 || observation >= n) {
      throw new IllegalArgumentException(
          op + ": the observation must be in 0.." + (n - 1) + ", got " + observation);
    }
    return Scope.tidy(
        () -> {
          Tensor joint = prior.mul(likelihood.select(1, observation));
          Tensor evidence = joint.sum();
          if (evidence.item() == 0) {
            throw new IllegalArgumentException(
                op + ": observation " + observation + " has probability 0 under every hypothesis");
          }
          return joint.div(evidence);
        });
  }

  private static void check(String op, Tensor prior, Tensor likelihood) {
    Params.simplex(op, "prior", prior);
    Params.simplex(op, "likelihood", likelihood);
    Params.same(op, prior, likelihood);
    if (prior.rank() != 1
        || likelihood.rank() != 2
        || likelihood.shape().dim(0) != prior.shape().dim(0)) {
      throw new IllegalArgumentException(
          op
              + ": needs a prior [h] and a likelihood [h, o], got "
              + prior.shape()
              + " and "
              + likelihood.shape());
    }
  }
}
