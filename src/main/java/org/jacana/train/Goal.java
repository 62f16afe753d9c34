package org.jacana.train;

/** Whether a small or a large figure is a good one. */
public enum Goal {
  /** As of a loss. */
  MIN,
  /** As of an accuracy. */
  MAX;

  /** Whether a figure is better than another one by more than {@code least}; NaN never is. */
  public boolean better(double figure, double than, double least) {
    return this == MAX ? figure > than + least : figure < than - least;
  }

  /** What every number is better than. */
  public double worst() {
    return this == MAX ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }
}
