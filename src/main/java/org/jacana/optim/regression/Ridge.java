package org.jacana.optim.regression;

import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.optim.minimize.Method;
import org.jacana.optim.minimize.Minimize;
import org.jacana.optim.minimize.Minimum;

/**
 * Ridge regression (Hoerl and Kennard 1970): minimises |y - intercept - x b|^2 + alpha |b|^2, as
 * scikit-learn scales it; the intercept is free.
 */
public final class Ridge {
  private final double alpha;
  private boolean intercept = true;
  private Method method;

  private Ridge(double alpha) {
    this.alpha = alpha;
  }

  /**
   * With an intercept, in closed form.
   *
   * @throws IllegalArgumentException if alpha is negative or not finite
   */
  public static Ridge of(double alpha) {
    return new Ridge(Design.notNegative("ridge", "alpha", alpha));
  }

  /** Whether there is an intercept; yes, unless set. */
  public Ridge intercept(boolean on) {
    intercept = on;
    return this;
  }

  /** Iterates by a method, such as conjugate gradients, instead of a decomposition. */
  public Ridge method(Method method) {
    this.method = method;
    return this;
  }

  /**
   * Fits.
   *
   * @param x [n, p], F32 or F64
   * @param y [n]
   * @throws IllegalArgumentException if shapes do not fit or values are not finite
   * @throws ArithmeticException if the method does not converge
   */
  public LinearModel fit(Tensor x, Tensor y) {
    Design d = new Design("ridge", x, y, intercept);
    return d.model(method == null ? d.solve(Math.sqrt(alpha)) : iterate(d, x));
  }

  private double[] iterate(Design d, Tensor like) {
    double scale = 1.0 / d.n;
    try (Scope scope = Scope.open(like.device())) {
      Tensor a = Tensor.of(d.flat(0), d.n, d.p);
      Tensor v = Tensor.of(d.y, d.n);
      Minimum m =
          Minimize.of(
                  b ->
                      v.sub(a.matmul(b))
                          .square()
                          .sum()
                          .add(b.square().sum().mul(alpha))
                          .mul(scale / 2))
              .method(method)
              .from(new double[d.p]);
      if (!m.converged()) {
        throw new ArithmeticException("ridge: " + m);
      }
      return m.x();
    }
  }
}
