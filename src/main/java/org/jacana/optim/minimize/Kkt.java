package org.jacana.optim.minimize;

import java.util.Locale;

/**
 * How far a point and multipliers are from the conditions of Karush, Kuhn and Tucker, each as the
 * largest component's size.
 *
 * @param stationarity of grad f + lambda grad h + mu grad g
 * @param feasibility of h, and of g where it is above 0
 * @param complementarity of mu g
 * @param sign of mu where it is below 0
 */
public record Kkt(double stationarity, double feasibility, double complementarity, double sign) {
  /** The largest of the four. */
  public double largest() {
    return Math.max(Math.max(stationarity, feasibility), Math.max(complementarity, sign));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "stationarity %.1e, feasibility %.1e, complementarity %.1e, sign %.1e",
        stationarity,
        feasibility,
        complementarity,
        sign);
  }
}
