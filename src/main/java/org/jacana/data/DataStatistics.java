package org.jacana.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * What the inputs of a data set look like, channel by channel (the last axis; of a table its
 * columns), and how its classes are spread.
 *
 * @param count number of examples
 * @param mean of each channel
 * @param deviation population standard deviation of each channel
 * @param least of each channel
 * @param most of each channel
 * @param classCounts number of examples of each class; empty for values
 */
public record DataStatistics(
    int count,
    double[] mean,
    double[] deviation,
    double[] least,
    double[] most,
    int[] classCounts) {

  /**
   * Reads all examples once.
   *
   * @throws IOException if an example cannot be read
   */
  public static DataStatistics of(Dataset data) throws IOException {
    int size = Math.toIntExact(data.inputShape().size());
    int channels = data.inputShape().rank() == 0 ? 1 : data.inputShape().dim(-1);
    double[] mean = new double[channels];
    double[] squares = new double[channels];
    double[] least = new double[channels];
    double[] most = new double[channels];
    long[] seen = new long[channels];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    Arrays.fill(most, Double.NEGATIVE_INFINITY);
    // Workers decode; the order, and with it the rounding, stays that of the data.
    int workers = data.inMemory() ? 0 : Runtime.getRuntime().availableProcessors();
    try (Loader loader = Loader.of(data).batch(16).workers(workers)) {
      for (Batch b : loader.epoch(0)) {
        float[] x = b.input();
        for (int k = 0; k < b.size() * size; k++) {
          // Welford's update, which does not lose small deviations from a large mean.
          int c = k % channels;
          seen[c]++;
          double d = x[k] - mean[c];
          mean[c] += d / seen[c];
          squares[c] += d * (x[k] - mean[c]);
          least[c] = Math.min(least[c], x[k]);
          most[c] = Math.max(most[c], x[k]);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    double[] deviation = new double[channels];
    Arrays.setAll(deviation, c -> Math.sqrt(squares[c] / seen[c]));
    return new DataStatistics(data.count(), mean, deviation, least, most, data.classCounts());
  }

  /**
   * Class weights that let every class count alike in a loss: n / (K n_k) for the n_k of n examples
   * that are of class k of K.
   *
   * @throws IllegalArgumentException if a class has no example, or there is no class
   */
  public double[] balancedWeights() {
    return classWeights(classCounts);
  }

  /** As {@link #balancedWeights()}, from the number of examples of each class. */
  public static double[] classWeights(int... classCounts) {
    long n = Arrays.stream(classCounts).asLongStream().sum();
    double[] weights = new double[classCounts.length];
    for (int k = 0; k < weights.length; k++) {
      if (classCounts[k] < 1) {
        throw new IllegalArgumentException(
            "classWeights: class " + k + " has no example, so that its weight is infinite");
      }
      weights[k] = (double) n / (weights.length * (long) classCounts[k]);
    }
    if (weights.length == 0) {
      throw new IllegalArgumentException("classWeights: there are no classes, only values");
    }
    return weights;
  }

  /**
   * A normalization to mean 0 and standard deviation 1.
   *
   * @throws IllegalArgumentException if all values of a channel are equal
   */
  public Normalization normalization() {
    float[] m = new float[mean.length];
    float[] s = new float[mean.length];
    for (int c = 0; c < m.length; c++) {
      m[c] = (float) mean[c];
      s[c] = (float) deviation[c];
    }
    return new Normalization(m, s);
  }
}
