package org.jacana.optim.minimize;

/** Why a minimisation ended. */
public enum StopReason {
  /** The gradient is at most its tolerance. */
  GRADIENT(true, "the gradient is within its tolerance"),
  /** The value changed by less than its tolerance. */
  VALUE(true, "the value changes by less than its tolerance"),
  /** The point moved by less than its tolerance. */
  STEP(true, "the point moves by less than its tolerance"),
  /** The multipliers, the constraints and the gradient are within their tolerances. */
  KKT(true, "the conditions of Karush, Kuhn and Tucker hold within their tolerances"),
  /** The duality gap, which bounds the distance to the least value, is within its tolerance. */
  GAP(true, "the duality gap is within its tolerance"),
  /** The iterations were used up. */
  ITERATIONS(false, "the limit of iterations was reached"),
  /** The evaluations were used up. */
  EVALUATIONS(false, "the limit of evaluations was reached"),
  /** No length along the direction lowered the value enough: rounding, or a wrong gradient. */
  LINE_SEARCH(false, "no step along the direction lowers the value enough"),
  /** The model promises less than the value's rounding, with the gradient above its tolerance. */
  ROUNDING(false, "no step can lower the value by more than its rounding"),
  /** The value or the gradient became NaN or infinite: a rate too large, or no minimum. */
  NOT_FINITE(false, "the value or its gradient became NaN or infinite"),
  /** The constraints stayed broken. */
  INFEASIBLE(false, "the constraints could not be satisfied");

  private final boolean converged;
  private final String text;

  StopReason(boolean converged, String text) {
    this.converged = converged;
    this.text = text;
  }

  /** Whether the point satisfies the test for a minimum that was asked for. */
  public boolean converged() {
    return converged;
  }

  /** The reason in words. */
  public String text() {
    return text;
  }
}
