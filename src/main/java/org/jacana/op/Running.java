package org.jacana.op;

import org.jacana.Scope;
import org.jacana.Tensor;

/** Extremes with their positions, running extremes, differences and quantiles along an axis. */
public final class Running {
  private Running() {}

  /** Values and their I32 positions along the axis. */
  public record Located(Tensor values, Tensor indices) {}

  /**
   * The largest (or smallest) of an axis and where it is first; the gradient goes there. NaN counts
   * as the extreme.
   */
  public static Located extreme(boolean largest, Tensor x, int axis, boolean keepDims) {
    int a = x.shape().axis(largest ? "maxAt" : "minAt", axis);
    try (Scope s = Scope.open(x.device())) {
      Tensor at = Indexing.argExtreme(largest, x, a, true);
      Tensor y = x.gather(a, at);
      return new Located(
          s.keep(keepDims ? y : y.squeeze(a)), s.keep(keepDims ? at : at.squeeze(a)));
    }
  }

  /**
   * Running extremes along an axis and the last position of each so far, by doubling steps; the
   * gradient goes there. From a NaN on, all are NaN (PyTorch's rules).
   */
  public static Located running(boolean largest, Tensor x, int axis) {
    int a = x.shape().axis(largest ? "cumMax" : "cumMin", axis);
    int n = x.shape().dim(a);
    int[] column = new int[x.rank() - a];
    java.util.Arrays.fill(column, 1);
    column[0] = n;
    try (Scope s = Scope.open(x.device())) {
      Tensor v = x.detach();
      Tensor at = Tensor.arange(n).reshape(column).expand(x.shape());
      for (int step = 1; step < n; step *= 2) {
        Tensor before = v.slice(a, 0, n - step);
        Tensor now = v.slice(a, step, n);
        Tensor wins = (largest ? now.ge(before) : now.le(before)).logicalOr(now.isNaN());
        Tensor positions = Tensor.where(wins, at.slice(a, step, n), at.slice(a, 0, n - step));
        v = Tensor.concat(a, v.slice(a, 0, step), Tensor.where(wins, now, before));
        at = Tensor.concat(a, at.slice(a, 0, step), positions);
      }
      Tensor indices = at.copy();
      return new Located(s.keep(x.gather(a, indices)), s.keep(indices));
    }
  }

  /**
   * The n-th differences of neighbours along an axis, which is n shorter.
   *
   * @throws IllegalArgumentException if n is negative
   */
  public static Tensor diff(Tensor x, int n, int axis) {
    int a = x.shape().axis("diff", axis);
    if (n < 0) {
      throw new IllegalArgumentException("diff: n must not be negative, got " + n);
    }
    return Composite.on(
        x,
        () -> {
          Tensor y = x.reshape(x.shape());
          for (int i = 0; i < n && y.shape().dim(a) > 0; i++) {
            int m = y.shape().dim(a);
            y = y.slice(a, 1, m).sub(y.slice(a, 0, m - 1));
          }
          return y;
        });
  }

  /**
   * The value below which a share q of an axis lies, between two neighbours in sorted order if need
   * be (linear interpolation, as in PyTorch and NumPy); NaN if there is one.
   *
   * @throws IllegalArgumentException if q is not between 0 and 1, or the axis is empty
   */
  public static Tensor quantile(Tensor x, double q, int axis, boolean keepDims) {
    int a = x.shape().axis("quantile", axis);
    int n = x.shape().dim(a);
    if (!(q >= 0 && q <= 1) || n == 0 || !x.dtype().isFloat()) {
      throw new IllegalArgumentException(
          "quantile: needs q between 0 and 1 and a float tensor with elements on axis "
              + a
              + ", got q "
              + q
              + " and "
              + x.dtype()
              + " "
              + x.shape());
    }
    double at = q * (n - 1);
    int low = (int) at;
    return Composite.on(
        x,
        () -> {
          Tensor sorted = x.sort(a, false);
          Tensor y = sorted.slice(a, low, low + 1);
          if (at > low) {
            y = y.lerp(sorted.slice(a, low + 1, low + 2), at - low);
          }
          Tensor missing = x.detach().isNaN().sum(new int[] {a}, true).eq(0);
          y = Tensor.where(missing, y, sorted.slice(a, n - 1, n));
          return keepDims ? y : y.squeeze(a);
        });
  }
}
