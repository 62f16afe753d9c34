package org.jacana.optim.regression;

import org.jacana.Tensor;

/**
 * A model fitted with an l1 penalty.
 *
 * @param l1 the weight of |b|_1 that was used
 * @param l2 the weight of |b|^2 / 2
 * @param dualityGap an upper bound of how far the objective is above its least value
 * @param kktResidual the largest violation of the conditions: x_j r / n - l2 b_j is l1 sign(b_j)
 *     where b_j is not 0, and at most l1 in size where it is
 * @param sweeps over the coordinates
 * @param converged whether the conditions hold within the tolerance
 */
public record SparseFit(
    LinearModel model,
    double l1,
    double l2,
    double dualityGap,
    double kktResidual,
    int sweeps,
    boolean converged) {
  /** {@link LinearModel#coefficients}. */
  public double[] coefficients() {
    return model.coefficients();
  }

  /** {@link LinearModel#predict}. */
  public Tensor predict(Tensor x) {
    return model.predict(x);
  }
}
