package org.jacana.data;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * What the tensor forms of the transforms share. Constants are made of fills and sums, because a
 * step that is being recorded cannot upload.
 */
final class Grid {
  private Grid() {}

  /** Checks that an example is an image [H, W, C]. */
  static void requireImage(String op, Shape input) {
    if (input.rank() != 3 || input.size() == 0) {
      throw new IllegalArgumentException(
          op + ": needs images [H, W, C] of at least one pixel, got " + input);
    }
  }

  static void requireProbability(String op, double p) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException(op + ": a probability must be 0 to 1, is " + p);
    }
  }

  /** Checks that {@code low <= high}, both finite and low at least {@code least}. */
  static void requireRange(String op, String what, double low, double high, double least) {
    if (!(low >= least && low <= high && high < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          op
              + ": "
              + what
              + " must go from at least "
              + least
              + " up to a finite number, got "
              + low
              + " to "
              + high);
    }
  }

  static void requirePositive(String op, String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(op + ": " + what + " must be at least 1, is " + value);
    }
  }

  /** F32 [values]. */
  static Tensor row(float[] values) {
    Tensor[] parts = new Tensor[values.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = Tensor.full(DType.F32, values[i], 1);
    }
    return parts.length == 1 ? parts[0] : Tensor.concat(0, parts);
  }

  /** F32 0, 1, ..., n - 1 of the given shape of n elements. */
  static Tensor count(int n, int... shape) {
    return Tensor.ones(n).cumSum(0).sub(1).reshape(shape);
  }

  /** Column {@code at} of p, [n, parameters], as [n, 1, 1, ...] of that rank. */
  static Tensor column(Tensor p, int at, int rank) {
    int[] dims = new int[rank];
    Arrays.fill(dims, 1);
    dims[0] = p.shape().dim(0);
    return p.slice(1, at, at + 1).reshape(dims);
  }

  /**
   * Pixels of images [n, H, W, C] by row and column, F32 whole numbers inside the image that
   * broadcast to [n, h, w]; gives [n, h, w, C].
   */
  static Tensor pixels(Tensor x, Tensor rows, Tensor columns) {
    int n = x.shape().dim(0);
    int height = x.shape().dim(1);
    int width = x.shape().dim(2);
    int channels = x.shape().dim(3);
    Tensor image = count(n, n, 1, 1).to(DType.I32).mul(height * width);
    Tensor at = rows.to(DType.I32).mul(width).add(columns.to(DType.I32)).add(image);
    Tensor flat = at.reshape(Math.toIntExact(at.size()));
    Tensor picked = x.reshape(n * height * width, channels).indexSelect(0, flat);
    return picked.reshape(n, at.shape().dim(1), at.shape().dim(2), channels);
  }
}
