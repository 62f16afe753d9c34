package org.jacana.op;

import org.jacana.Tensor;

/** Norms, order statistics and running products, composed of tensor operations. */
public final class Statistics {
  private Statistics() {}

  /**
   * (sum |x|^p)^(1/p) over axes; the largest |x| for infinity, the smallest for -infinity, the
   * number of elements that are not 0 for p = 0 (PyTorch's vector norm). Where the norm is 0 the
   * gradient is 0.
   *
   * @throws IllegalArgumentException if p is NaN
   */
  public static Tensor norm(Tensor x, double p, int[] axes, boolean keepDims) {
    if (p != p) {
      throw new IllegalArgumentException("norm: p must be a number, got NaN");
    }
    if (!x.dtype().isFloat()) {
      throw new IllegalArgumentException(
          "norm: needs a float tensor, got " + x.dtype() + "; cast with to(DType.F32)");
    }
    return Composite.on(
        x,
        () -> {
          if (p == Double.POSITIVE_INFINITY) {
            return x.abs().max(axes, keepDims);
          }
          if (p == Double.NEGATIVE_INFINITY) {
            return x.abs().min(axes, keepDims);
          }
          if (p == 0) {
            return x.detach().ne(0).to(x.dtype()).sum(axes, keepDims);
          }
          if (p == 1) {
            return x.abs().sum(axes, keepDims);
          }
          Tensor sum = (p == 2 ? x.square() : x.abs().pow(p)).sum(axes, keepDims);
          Tensor positive = sum.gt(0);
          Tensor safe = Tensor.where(sum.eq(0).logicalNot(), sum, 1);
          Tensor root = p == 2 ? safe.sqrt() : safe.pow(1 / p);
          return Tensor.where(positive.logicalOr(sum.isNaN()), root, 0);
        });
  }

  /** The sum of the elements that are not NaN. */
  public static Tensor nanSum(Tensor x, int[] axes, boolean keepDims) {
    return Composite.on(x, () -> Tensor.where(x.isNaN().logicalNot(), x, 0).sum(axes, keepDims));
  }

  /** The mean of the elements that are not NaN; NaN where there is none. */
  public static Tensor nanMean(Tensor x, int[] axes, boolean keepDims) {
    return Composite.on(
        x,
        () -> {
          Tensor known = x.isNaN().logicalNot();
          Tensor sum = Tensor.where(known, x, 0).sum(axes, keepDims);
          return sum.div(known.sum(axes, keepDims).to(sum.dtype()));
        });
  }

  /** The I32 number of elements that are not 0. */
  public static Tensor countNonZero(Tensor x, int[] axes) {
    return Composite.on(x, () -> x.ne(0).sum(axes));
  }

  /** The I32 positions that sort an axis; ties by position, NaN as the largest. */
  public static Tensor argsort(Tensor x, int axis, boolean descending) {
    int a = x.shape().axis("argsort", axis);
    int n = x.shape().dim(a);
    return Composite.on(
        x,
        () -> {
          Tensor rows = x.detach().transpose(a, -1);
          if (descending) {
            return Indexing.topK(true, rows, n).transpose(a, -1);
          }
          // Ascending is descending backwards: NaN comes last, and ties stay in order.
          Tensor back = Indexing.topK(true, rows.flip(-1), n).flip(-1);
          return back.rsub(n - 1).transpose(a, -1);
        });
  }

  /** An axis in ascending or descending order; ties by position, NaN as the largest. */
  public static Tensor sort(Tensor x, int axis, boolean descending) {
    return Composite.on(x, () -> x.gather(axis, argsort(x, axis, descending)));
  }

  /** The middle element of an axis, of two the smaller; NaN if there is one (PyTorch's rule). */
  public static Tensor median(Tensor x, int axis, boolean keepDims) {
    int a = x.shape().axis("median", axis);
    int n = x.shape().dim(a);
    if (n == 0) {
      throw new IllegalArgumentException("median: axis " + a + " of " + x.shape() + " is empty");
    }
    return Composite.on(
        x,
        () -> {
          Tensor order = argsort(x, a, false);
          Tensor middle = order.slice(a, (n - 1) / 2, (n - 1) / 2 + 1);
          if (x.dtype().isFloat()) {
            Tensor missing = x.detach().isNaN();
            Tensor last = order.slice(a, n - 1, n);
            Tensor any = missing.sum(new int[] {a}, true).ne(0);
            middle = Tensor.where(any, last, middle);
          }
          Tensor y = x.gather(a, middle);
          return keepDims ? y : y.squeeze(a);
        });
  }

  /**
   * Running products along an axis, by doubling steps: right at zeros too, at every order of
   * derivative.
   */
  public static Tensor cumProd(Tensor x, int axis) {
    int a = x.shape().axis("cumProd", axis);
    int n = x.shape().dim(a);
    int[] border = new int[2 * x.rank()];
    return Composite.on(
        x,
        () -> {
          Tensor y = x.reshape(x.shape());
          for (int step = 1; step < n; step *= 2) {
            border[2 * a] = step;
            y = y.mul(y.slice(a, 0, n - step).pad(1, border));
          }
          return y;
        });
  }

  /** log of the running sums of exponentials along an axis, without overflow. */
  public static Tensor logCumSumExp(Tensor x, int axis) {
    int a = x.shape().axis("logCumSumExp", axis);
    int n = x.shape().dim(a);
    int[] border = new int[2 * x.rank()];
    return Composite.on(
        x,
        () -> {
          Tensor y = x.reshape(x.shape());
          for (int step = 1; step < n; step *= 2) {
            border[2 * a] = step;
            Tensor before = y.slice(a, 0, n - step).pad(Double.NEGATIVE_INFINITY, border);
            y = y.logAddExp(before);
          }
          return y;
        });
  }
}
