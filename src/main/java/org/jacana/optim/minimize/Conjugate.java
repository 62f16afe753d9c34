package org.jacana.optim.minimize;

/** -g plus a part of the direction before. */
final class Conjugate implements Descent.Direction {
  private final ConjugateDirection formula;
  private double[] before;
  private double beta;

  Conjugate(ConjugateDirection formula) {
    this.formula = formula;
  }

  @Override
  public double[] next(double[] gradient) {
    double[] down = Vectors.scaled(-1, gradient);
    return before == null ? down : Vectors.along(down, beta, before);
  }

  @Override
  public void moved(double[] s, double[] y, double[] direction, double[] gradient) {
    beta = formula.beta(gradient, y, direction);
    before = direction;
  }

  @Override
  public void reset() {
    before = null;
  }

  @Override
  public boolean scaled() {
    return false;
  }
}
