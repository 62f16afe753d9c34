package org.jacana.optim.minimize;

/**
 * The course of a minimisation, the start first.
 *
 * @param points [k + 1][n], for charts; of no rows unless asked for by {@code recordPath()}
 * @param values [k + 1], the function's value at each
 */
public record Trajectory(double[][] points, double[] values) {
  /**
   * One coordinate of every point.
   *
   * @throws IllegalArgumentException if no points were recorded
   */
  public double[] coordinate(int i) {
    if (points.length == 0) {
      throw new IllegalArgumentException(
          "trajectory: no points were recorded; ask for them with recordPath()");
    }
    double[] out = new double[points.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = points[k][i];
    }
    return out;
  }
}
