package org.jacana.nn;

import java.util.Collection;
import org.jacana.Scope;
import org.jacana.Tensor;

/**
 * A penalty on large weights, to be added to a loss: l1 sum|w| + l2 sum w^2.
 *
 * @param l1 the weight of the absolute values (lasso)
 * @param l2 the weight of the squares (ridge)
 */
public record Regularizer(double l1, double l2) {
  public Regularizer {
    Check.notNegative("regularizer", "l1", l1);
    Check.notNegative("regularizer", "l2", l2);
  }

  public static Regularizer l1(double weight) {
    return new Regularizer(weight, 0);
  }

  public static Regularizer l2(double weight) {
    return new Regularizer(0, weight);
  }

  /**
   * Both, as in scikit-learn's elastic net: weight (part sum|w| + (1 - part) / 2 sum w^2).
   *
   * @param part of the absolute values, 0 to 1
   */
  public static Regularizer elasticNet(double weight, double part) {
    Check.notNegative("regularizer", "weight", weight);
    Check.probability("regularizer", "part", part);
    return new Regularizer(weight * part, weight * (1 - part) / 2);
  }

  /**
   * The penalty of these weights as a differentiable scalar.
   *
   * @throws IllegalArgumentException if there are none
   */
  public Tensor penalty(Collection<Tensor> weights) {
    if (weights.isEmpty()) {
      throw new IllegalArgumentException("regularizer: there are no weights to penalise");
    }
    return Scope.tidy(() -> weights.stream().map(this::of).reduce(Tensor::add).orElseThrow());
  }

  private Tensor of(Tensor w) {
    if (l1 == 0) {
      return w.square().sum().mul(l2);
    }
    Tensor lasso = w.abs().sum().mul(l1);
    return l2 == 0 ? lasso : lasso.add(w.square().sum().mul(l2));
  }
}
