package org.jacana.optim.minimize;

/** Formulas for beta in d = -g + beta d; all restart where beta would be negative. */
public enum ConjugateDirection {
  /** g+ g+ / g g (Fletcher and Reeves 1964). */
  FLETCHER_REEVES("Fletcher-Reeves"),
  /** max(0, g+ (g+ - g) / g g) (Polak and Ribière 1969). */
  POLAK_RIBIERE("Polak-Ribiere+"),
  /** max(0, g+ (g+ - g) / d (g+ - g)) (Hestenes and Stiefel 1952). */
  HESTENES_STIEFEL("Hestenes-Stiefel+");

  private final String text;

  ConjugateDirection(String text) {
    this.text = text;
  }

  /** The name in print. */
  public String text() {
    return text;
  }

  double beta(double[] next, double[] y, double[] direction) {
    double[] g = Vectors.minus(next, y);
    double gg = Vectors.dot(g, g);
    double beta =
        switch (this) {
          case FLETCHER_REEVES -> Vectors.dot(next, next) / gg;
          case POLAK_RIBIERE -> Vectors.dot(next, y) / gg;
          case HESTENES_STIEFEL -> Vectors.dot(next, y) / Vectors.dot(direction, y);
        };
    return Double.isFinite(beta) ? Math.max(0, beta) : 0;
  }
}
