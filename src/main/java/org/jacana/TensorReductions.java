package org.jacana;

import org.jacana.op.Indexing;
import org.jacana.op.Reduce;
import org.jacana.op.Softmax;

/** Methods of {@link Tensor} that join elements along axes. No axes given means all of them. */
public sealed interface TensorReductions permits Tensor {
  /** The tensor these methods belong to. */
  Tensor self();

  private int[] axes(String op, int... axes) {
    return self().shape().axes(op, axes);
  }

  private long count(int[] axes) {
    long n = 1;
    for (int a : axes) {
      n *= self().shape().dim(a);
    }
    return n;
  }

  default Tensor sum(int... axes) {
    return sum(axes, false);
  }

  /** float32 is summed in double and rounded once. */
  default Tensor sum(int[] axes, boolean keepDims) {
    return Reduce.sum(self(), axes("sum", axes), keepDims);
  }

  default Tensor mean(int... axes) {
    return mean(axes, false);
  }

  /** The mean of no elements is NaN. */
  default Tensor mean(int[] axes, boolean keepDims) {
    int[] a = axes("mean", axes);
    return Scope.tidy(
        () -> Reduce.sum(self().to(self().dtype().toFloat()), a, keepDims).mul(1.0 / count(a)));
  }

  default Tensor prod(int... axes) {
    return prod(axes, false);
  }

  default Tensor prod(int[] axes, boolean keepDims) {
    return Reduce.prod(self(), axes("prod", axes), keepDims);
  }

  default Tensor max(int... axes) {
    return max(axes, false);
  }

  /** The largest element (NaN if there is one); at ties the gradient is shared equally. */
  default Tensor max(int[] axes, boolean keepDims) {
    return Reduce.extreme(true, self(), axes("max", axes), keepDims);
  }

  default Tensor min(int... axes) {
    return min(axes, false);
  }

  default Tensor min(int[] axes, boolean keepDims) {
    return Reduce.extreme(false, self(), axes("min", axes), keepDims);
  }

  /** {@link #max(int...)} under PyTorch's name: at ties the gradient is shared equally. */
  default Tensor amax(int... axes) {
    return max(axes, false);
  }

  /** {@link #min(int...)} under PyTorch's name: at ties the gradient is shared equally. */
  default Tensor amin(int... axes) {
    return min(axes, false);
  }

  /** The variance with divisor n - correction (1: the sample's, 0: the population's). */
  default Tensor var(int[] axes, boolean keepDims, int correction) {
    int[] a = axes("var", axes);
    long n = count(a);
    return Scope.tidy(
        () ->
            self()
                .sub(mean(a, true))
                .square()
                .sum(a, keepDims)
                .mul(1.0 / Math.max(0, n - correction)));
  }

  /** The square root of {@link #var}. */
  default Tensor std(int[] axes, boolean keepDims, int correction) {
    try (Tensor v = Scope.release(var(axes, keepDims, correction))) {
      return v.sqrt();
    }
  }

  /** A variance, or a standard deviation, and the mean it is about. */
  record Spread(Tensor spread, Tensor mean) {}

  /** {@link #var} and {@link #mean} together. */
  default Spread varMean(int[] axes, boolean keepDims, int correction) {
    return new Spread(var(axes, keepDims, correction), mean(axes, keepDims));
  }

  /** {@link #std} and {@link #mean} together. */
  default Spread stdMean(int[] axes, boolean keepDims, int correction) {
    return new Spread(std(axes, keepDims, correction), mean(axes, keepDims));
  }

  /** log(sum(exp(x))) without overflow; -inf for a row of -inf. */
  default Tensor logSumExp(int[] axes, boolean keepDims) {
    int[] a = axes("logSumExp", axes);
    return Scope.tidy(
        () -> {
          if (count(a) == 0) {
            return self().exp().sum(a, keepDims).log();
          }
          Tensor m = org.jacana.autograd.Autograd.noGrad(() -> self().detach().max(a, true));
          Tensor finite = Tensor.where(m.abs().lt(Double.POSITIVE_INFINITY), m, 0);
          Tensor y = self().sub(finite).exp().sum(a, true).log().add(finite);
          return y.reshape(self().shape().reduce(a, keepDims));
        });
  }

  default Tensor any(int... axes) {
    return Scope.tidy(() -> self().ne(0).sum(axes).ne(0));
  }

  default Tensor all(int... axes) {
    return Scope.tidy(() -> self().eq(0).sum(axes).eq(0));
  }

  default Tensor argmax(int axis) {
    return argmax(axis, false);
  }

  /** The I32 position of the first largest element; NaN counts as largest. */
  default Tensor argmax(int axis, boolean keepDims) {
    return Indexing.argExtreme(true, self(), axis, keepDims);
  }

  default Tensor argmin(int axis) {
    return argmin(axis, false);
  }

  default Tensor argmin(int axis, boolean keepDims) {
    return Indexing.argExtreme(false, self(), axis, keepDims);
  }

  /** Running sums along an axis. */
  default Tensor cumSum(int axis) {
    return Reduce.cumSum(self(), axis, false);
  }

  default Tensor softmax(int axis) {
    return Softmax.softmax(self(), axis);
  }

  default Tensor logSoftmax(int axis) {
    return Softmax.logSoftmax(self(), axis);
  }
}
