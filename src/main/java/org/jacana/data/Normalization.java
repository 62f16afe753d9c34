package org.jacana.data;

import java.io.IOException;
import java.util.Arrays;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Takes a mean from each channel and divides by its standard deviation: (x - mean) / std, where x
 * of a pixel is byte / 255. The channels are the last axis, which of a table is its columns. Take
 * the mean and standard deviation of the train images for the test images too.
 *
 * <p>As the first transform of images of bytes it costs nothing: a table gives each byte's number.
 *
 * @param mean one value a channel
 * @param std one value a channel, positive
 */
public record Normalization(float[] mean, float[] std) implements Transform {

  /**
   * Checks and copies the values.
   *
   * @throws IllegalArgumentException if the lengths differ, a value is not finite, or a standard
   *     deviation is not positive
   */
  public Normalization {
    mean = mean.clone();
    std = std.clone();
    if (mean.length != std.length) {
      throw new IllegalArgumentException(
          "normalization: " + mean.length + " means for " + std.length + " standard deviations");
    }
    for (int c = 0; c < mean.length; c++) {
      if (!Float.isFinite(mean[c]) || !Float.isFinite(std[c]) || std[c] <= 0) {
        throw new IllegalArgumentException(
            "normalization: channel "
                + c
                + " has mean "
                + mean[c]
                + " and standard deviation "
                + std[c]
                + "; give a finite mean and a positive standard deviation");
      }
    }
  }

  /**
   * The mean and standard deviation of the images themselves.
   *
   * @throws IllegalArgumentException if all values of a channel are equal
   */
  public static Normalization of(ImageData images) {
    float[][] s = images.statistics();
    return new Normalization(s[0], s[1]);
  }

  /**
   * The mean and standard deviation of the inputs of any data set, which is read once.
   *
   * @throws IllegalArgumentException if all values of a channel are equal
   * @throws IOException if an example cannot be read
   */
  public static Normalization of(Dataset data) throws IOException {
    return data instanceof ImageData i ? of(i) : DataStatistics.of(data).normalization();
  }

  /** Mean 0 and standard deviation 1: pixels become pixel / 255. */
  public static Normalization none(int channels) {
    float[] ones = new float[channels];
    Arrays.fill(ones, 1);
    return new Normalization(new float[channels], ones);
  }

  @Override
  public String toString() {
    return "Normalization[mean=" + Arrays.toString(mean) + ", std=" + Arrays.toString(std) + "]";
  }

  /** The number of each pixel value: entry 256 c + v is value v in channel c. */
  public float[] table() {
    float[] table = new float[256 * mean.length];
    for (int i = 0; i < table.length; i++) {
      int c = i >> 8;
      table[i] = (float) (((i & 255) / 255.0 - mean[c]) / std[c]);
    }
    return table;
  }

  @Override
  public Shape shape(Shape input) {
    if (input.rank() == 0 || input.dim(-1) != mean.length) {
      throw new IllegalArgumentException(
          "normalization: "
              + mean.length
              + " means do not fit an input "
              + input
              + "; its last axis must have one channel for each mean");
    }
    return input;
  }

  @Override
  public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
    int channels = mean.length;
    int n = (int) input.size();
    // Only loops of constant stride become vectors.
    if (channels == 1) {
      for (int k = 0; k < n; k++) {
        y[to + k] = (x[k] - mean[0]) / std[0];
      }
      return;
    }
    if (channels == 3) {
      for (int k = 0; k + 2 < n; k += 3) {
        y[to + k] = (x[k] - mean[0]) / std[0];
        y[to + k + 1] = (x[k + 1] - mean[1]) / std[1];
        y[to + k + 2] = (x[k + 2] - mean[2]) / std[2];
      }
      return;
    }
    for (int c = 0; c < channels; c++) {
      float m = mean[c];
      float s = std[c];
      for (int k = c; k < n; k += channels) {
        y[to + k] = (x[k] - m) / s;
      }
    }
  }

  @Override
  public boolean hasTensorForm() {
    return true;
  }

  @Override
  public Tensor apply(Tensor x, Tensor p) {
    return Scope.tidy(() -> x.sub(Grid.row(mean)).div(Grid.row(std)));
  }
}
