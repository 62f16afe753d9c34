package org.jacana.optim.minimize;

/** -H g with the inverse Hessian of the last pairs. */
final class LimitedBfgs implements Descent.Direction {
  private final int history;
  private final LimitedMemory memory = new LimitedMemory();

  LimitedBfgs(int history) {
    this.history = history;
  }

  @Override
  public double[] next(double[] gradient) {
    return memory.direction(gradient);
  }

  @Override
  public void moved(double[] s, double[] y, double[] direction, double[] gradient) {
    memory.add(s, y, 1e-14 * Vectors.norm(s) * Vectors.norm(y), history);
  }

  @Override
  public void reset() {
    memory.clear();
  }

  @Override
  public boolean scaled() {
    return !memory.isEmpty();
  }
}
