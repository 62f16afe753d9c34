package org.jacana;

import org.jacana.op.Running;
import org.jacana.op.Statistics;

/** Norms, order and running products among the methods of {@link Tensor}. */
public sealed interface TensorStatistics permits Tensor {
  /** The tensor these methods belong to. */
  Tensor self();

  /** The Euclidean norm over axes, none meaning all; where it is 0 the gradient is 0. */
  default Tensor norm(int... axes) {
    return Statistics.norm(self(), 2, axes, false);
  }

  /**
   * (sum |x|^p)^(1/p) over axes; the largest |x| for p infinite, the smallest for -infinity, the
   * number of elements that are not 0 for p = 0.
   */
  default Tensor norm(double p, int[] axes, boolean keepDims) {
    return Statistics.norm(self(), p, axes, keepDims);
  }

  /** The sum of the elements that are not NaN. */
  default Tensor nanSum(int... axes) {
    return Statistics.nanSum(self(), axes, false);
  }

  /** The mean of the elements that are not NaN; NaN where there is none. */
  default Tensor nanMean(int... axes) {
    return Statistics.nanMean(self(), axes, false);
  }

  /** The I32 number of elements that are not 0. */
  default Tensor countNonZero(int... axes) {
    return Statistics.countNonZero(self(), axes);
  }

  /** The I32 positions that sort an axis; ties by position, NaN as the largest. */
  default Tensor argsort(int axis, boolean descending) {
    return Statistics.argsort(self(), axis, descending);
  }

  /** An axis in ascending or descending order; the gradient goes to where elements came from. */
  default Tensor sort(int axis, boolean descending) {
    return Statistics.sort(self(), axis, descending);
  }

  /** The middle element of an axis, of two the smaller; NaN if there is one. */
  default Tensor median(int axis, boolean keepDims) {
    return Statistics.median(self(), axis, keepDims);
  }

  /** Running products along an axis. */
  default Tensor cumProd(int axis) {
    return Statistics.cumProd(self(), axis);
  }

  /** log of the running sums of exponentials along an axis, without overflow. */
  default Tensor logCumSumExp(int axis) {
    return Statistics.logCumSumExp(self(), axis);
  }

  /**
   * The largest of an axis and where it is first. The gradient goes there alone, while {@link
   * Tensor#max} shares it among ties.
   */
  default Running.Located maxAt(int axis, boolean keepDims) {
    return Running.extreme(true, self(), axis, keepDims);
  }

  /** The smallest of an axis and where it is first; the gradient goes there alone. */
  default Running.Located minAt(int axis, boolean keepDims) {
    return Running.extreme(false, self(), axis, keepDims);
  }

  /** Running maxima along an axis and the last position of each; from a NaN on, all are NaN. */
  default Running.Located cumMax(int axis) {
    return Running.running(true, self(), axis);
  }

  /** Running minima along an axis and the last position of each; from a NaN on, all are NaN. */
  default Running.Located cumMin(int axis) {
    return Running.running(false, self(), axis);
  }

  /** The n-th differences of neighbours along an axis, which is n shorter. */
  default Tensor diff(int n, int axis) {
    return Running.diff(self(), n, axis);
  }

  /** The value below which a share q of an axis lies, between neighbours if need be. */
  default Tensor quantile(double q, int axis, boolean keepDims) {
    return Running.quantile(self(), q, axis, keepDims);
  }
}
