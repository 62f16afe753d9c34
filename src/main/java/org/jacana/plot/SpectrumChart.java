package org.jacana.plot;

import org.jacana.linalg.SpectralDensity;

/** How the eigenvalues of an operator, such as a loss's Hessian, are distributed. */
public final class SpectrumChart {
  private static final int POINTS = 600;

  private SpectrumChart() {}

  /** As below, blurred by a hundredth of the range. */
  public static Picture of(String title, SpectralDensity density) {
    double[] range = density.range();
    double width = range[1] - range[0];
    return of(title, density, width > 0 ? width / 100 : 0.01 * Math.max(1, Math.abs(range[0])));
  }

  /**
   * The density over the eigenvalues, with a logarithmic height: most eigenvalues of a Hessian are
   * near zero, and those that matter are few.
   *
   * @param sigma standard deviation of the blur, positive
   */
  public static Picture of(String title, SpectralDensity density, double sigma) {
    double[] range = density.range();
    double low = range[0] - 4 * sigma;
    double high = range[1] + 4 * sigma;
    double[] at = new double[POINTS];
    double[] height = new double[POINTS];
    double peak = 0;
    for (int i = 0; i < POINTS; i++) {
      at[i] = low + (high - low) * i / (POINTS - 1);
      height[i] = density.density(at[i], sigma);
      peak = Math.max(peak, height[i]);
    }
    // One eigenvalue alone has this height at its middle; a hundredth of it is noise.
    double floor = 0.01 / (density.size() * sigma * Math.sqrt(2 * Math.PI));
    floor = Math.max(Math.min(floor, peak / 10), peak * 1e-9);
    for (int i = 0; i < POINTS; i++) {
      height[i] = height[i] < floor ? Double.NaN : height[i];
    }
    return new Chart(title, "eigenvalue", "density").line("density", at, height).logY().picture();
  }
}
