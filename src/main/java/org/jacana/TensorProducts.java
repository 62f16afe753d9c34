package org.jacana;

import org.jacana.backend.ConvSpec;
import org.jacana.backend.PoolSpec;
import org.jacana.op.Conv;
import org.jacana.op.MatMul;
import org.jacana.op.Pool;
import org.jacana.op.Windows;

/** Methods of {@link Tensor} for matrix products, convolution and pooling. */
public sealed interface TensorProducts permits Tensor {
  /** The tensor these methods belong to. */
  Tensor self();

  /**
   * The matrix product on the last two axes; leading axes broadcast. Rank 1 is a row on the left
   * and a column on the right.
   */
  default Tensor matmul(Tensor o) {
    return MatMul.matmul(self(), o);
  }

  /** this w^T + b: this [..., in], w [out, in], b [out] or null. */
  default Tensor linear(Tensor w, Tensor b) {
    return MatMul.linear(self(), w, b);
  }

  /** Cross-correlation of [N,H,W,C] with filters [O,KH,KW,C]. */
  default Tensor conv2d(Tensor w, int stride, int padding) {
    return Conv.conv(ConvSpec.of(stride, padding), self(), w, null);
  }

  /** Cross-correlation with any geometry; b [O] or null. */
  default Tensor conv2d(Tensor w, Tensor b, ConvSpec spec) {
    return Conv.conv(spec, self(), w, b);
  }

  /** Max pooling of [N,H,W,C] without padding. */
  default Tensor maxPool2d(int kernel, int stride) {
    return Pool.max(PoolSpec.of(kernel, stride), self());
  }

  default Tensor maxPool2d(PoolSpec spec) {
    return Pool.max(spec, self());
  }

  /** Average pooling of [N,H,W,C] without padding. */
  default Tensor avgPool2d(int kernel, int stride) {
    return Pool.average(PoolSpec.of(kernel, stride), self());
  }

  default Tensor avgPool2d(PoolSpec spec) {
    return Pool.average(spec, self());
  }

  /** The product of two vectors, a scalar. */
  default Tensor dot(Tensor o) {
    if (self().rank() != 1 || !self().shape().equals(o.shape())) {
      throw new IllegalArgumentException(
          "dot: needs two vectors of one length, got " + self().shape() + " and " + o.shape());
    }
    return Scope.tidy(() -> self().mul(o).sum());
  }

  /** All products of the elements of two vectors: [n] and [m] give [n, m]. */
  default Tensor outer(Tensor o) {
    if (self().rank() != 1 || o.rank() != 1) {
      throw new IllegalArgumentException(
          "outer: needs two vectors, got " + self().shape() + " and " + o.shape());
    }
    return Scope.tidy(() -> self().unsqueeze(1).mul(o.unsqueeze(0)));
  }

  /** The sum of products over pairs of axes; the others stay, this tensor's first. */
  default Tensor tensordot(Tensor o, int[] axes, int[] others) {
    return MatMul.tensordot(self(), o, axes, others);
  }

  /** What each filter position of a convolution sees: [N,H,W,C] to [N,OH,OW,KH,KW,C]. */
  default Tensor unfold(int kernelH, int kernelW, ConvSpec spec) {
    return Windows.unfold(self(), kernelH, kernelW, spec);
  }

  /** The transpose of {@link #unfold}: adds up windows [N,OH,OW,KH,KW,C] to [N,H,W,C]. */
  default Tensor fold(int height, int width, ConvSpec spec) {
    return Windows.fold(self(), height, width, spec);
  }
}
