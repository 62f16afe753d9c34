package org.jacana.backend;

import org.jacana.Shape;

/**
 * The geometry of two-dimensional pooling over [N,H,W,C]. Padding is at most half the window
 * (PyTorch's rule), so every window holds an element.
 */
public record PoolSpec(
    int kernelH,
    int kernelW,
    int strideH,
    int strideW,
    int padH,
    int padW,
    boolean ceilMode,
    boolean countPadding) {

  public PoolSpec {
    if (kernelH < 1 || kernelW < 1 || strideH < 1 || strideW < 1) {
      throw new IllegalArgumentException(
          "pool: window and stride must be at least 1, got window "
              + kernelH
              + "x"
              + kernelW
              + ", stride "
              + strideH
              + "x"
              + strideW);
    }
    if (padH < 0 || padW < 0 || padH > kernelH / 2 || padW > kernelW / 2) {
      throw new IllegalArgumentException(
          "pool: padding must be between 0 and half the window, got padding "
              + padH
              + "x"
              + padW
              + " for window "
              + kernelH
              + "x"
              + kernelW);
    }
  }

  /** A square window, no padding. */
  public static PoolSpec of(int kernel, int stride) {
    return new PoolSpec(kernel, kernel, stride, stride, 0, 0, false, true);
  }

  private static int out(int n, int kernel, int stride, int pad, boolean ceil) {
    int span = n + 2 * pad - kernel;
    int out = (ceil ? -Math.floorDiv(-span, stride) : Math.floorDiv(span, stride)) + 1;
    // A window may start in the padding only if it also reaches the input (PyTorch).
    return ceil && (out - 1) * stride >= n + pad ? out - 1 : out;
  }

  public int outH(int h) {
    return out(h, kernelH, strideH, padH, ceilMode);
  }

  public int outW(int w) {
    return out(w, kernelW, strideW, padW, ceilMode);
  }

  /**
   * The output's shape.
   *
   * @throws IllegalArgumentException if the input is not [N,H,W,C] or the window does not fit
   */
  public Shape output(String op, Shape x) {
    if (x.rank() != 4) {
      throw new IllegalArgumentException(op + ": input must be [N, H, W, C], got " + x);
    }
    int oh = outH(x.dim(1));
    int ow = outW(x.dim(2));
    if (oh < 1 || ow < 1 || x.dim(1) < 1 || x.dim(2) < 1) {
      throw new IllegalArgumentException(
          op
              + ": the window "
              + kernelH
              + "x"
              + kernelW
              + " does not fit into input "
              + x
              + "; use a smaller window or more padding");
    }
    return Shape.of(x.dim(0), oh, ow, x.dim(3));
  }

  /** The divisor of an average-pool window whose unclipped top left corner is (top, left). */
  public int divisor(int top, int left, int h, int w) {
    if (countPadding) {
      int bottom = Math.min(top + kernelH, h + padH);
      int right = Math.min(left + kernelW, w + padW);
      return (bottom - top) * (right - left);
    }
    int rows = Math.min(top + kernelH, h) - Math.max(top, 0);
    int columns = Math.min(left + kernelW, w) - Math.max(left, 0);
    return rows * columns;
  }
}
