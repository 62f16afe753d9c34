package org.jacana.linalg;

import org.jacana.Tensor;

/** Matrices with constant diagonals: convolution as a matrix product. Differentiable. */
public final class Toeplitz {
  private Toeplitz() {}

  /**
   * The matrix [m, n] with this first column [m] and first row [n], of which the first element is
   * not read.
   */
  public static Tensor of(Tensor column, Tensor row) {
    Check.vector("toeplitz", column);
    Check.vector("toeplitz", row);
    Check.real("toeplitz", column, row);
    int m = column.shape().dim(0);
    int n = row.shape().dim(0);
    int[] index = new int[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        index[i * n + j] = i >= j ? i - j : m + j - i;
      }
    }
    return Compose.on(column, () -> Tensor.concat(0, column, row).take(Tensor.of(index, m, n)));
  }

  /**
   * The matrix [n + k - 1, n] whose product with a signal [n] is its full (true) convolution with a
   * kernel [k].
   */
  public static Tensor convolution(Tensor kernel, int n) {
    Check.vector("toeplitz.convolution", kernel);
    Check.positive("toeplitz.convolution", "the signal's length", n);
    int k = kernel.shape().dim(0);
    int[] index = new int[(n + k - 1) * n];
    for (int i = 0; i < n + k - 1; i++) {
      for (int j = 0; j < n; j++) {
        index[i * n + j] = i >= j && i - j < k ? i - j : k;
      }
    }
    return Compose.on(kernel, () -> kernel.pad(0, 0, 1).take(Tensor.of(index, n + k - 1, n)));
  }

  /**
   * The doubly blocked matrix [(h + kh - 1)(w + kw - 1), h w] whose product with an image, its rows
   * joined, is its full (true) convolution with a kernel [kh, kw].
   */
  public static Tensor convolution2d(Tensor kernel, int h, int w) {
    Check.matrix("toeplitz.convolution2d", kernel);
    Check.positive("toeplitz.convolution2d", "the image's height", h);
    Check.positive("toeplitz.convolution2d", "the image's width", w);
    int kh = kernel.shape().dim(0);
    int kw = kernel.shape().dim(1);
    int oh = h + kh - 1;
    int ow = w + kw - 1;
    int[] index = new int[Math.multiplyExact(oh * ow, h * w)];
    int at = 0;
    for (int p = 0; p < oh * ow; p++) {
      for (int q = 0; q < h * w; q++) {
        int y = p / ow - q / w;
        int x = p % ow - q % w;
        index[at++] = y >= 0 && y < kh && x >= 0 && x < kw ? y * kw + x : kh * kw;
      }
    }
    return Compose.on(
        kernel, () -> kernel.reshape(-1).pad(0, 0, 1).take(Tensor.of(index, oh * ow, h * w)));
  }
}
