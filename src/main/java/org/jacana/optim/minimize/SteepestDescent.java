package org.jacana.optim.minimize;

/** The negative gradient. */
final class SteepestDescent implements Descent.Direction {
  SteepestDescent(int size) {}

  @Override
  public double[] next(double[] gradient) {
    return Vectors.scaled(-1, gradient);
  }

  @Override
  public void moved(double[] s, double[] y, double[] direction, double[] gradient) {}

  @Override
  public void reset() {}

  @Override
  public boolean scaled() {
    return false;
  }
}
