package org.jacana.linalg;

/** A mean of samples, and the standard deviation of that mean; NaN for one sample. */
public record Estimate(double mean, double standardError) {
  static Estimate of(double[] samples) {
    double mean = 0;
    for (double s : samples) {
      mean += s / samples.length;
    }
    double squares = 0;
    for (double s : samples) {
      squares += (s - mean) * (s - mean);
    }
    double n = samples.length;
    return new Estimate(mean, Math.sqrt(squares / (n - 1) / n));
  }
}
