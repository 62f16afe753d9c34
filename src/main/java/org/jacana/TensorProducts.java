package org.jacana;

import org.jacana.backend.ConvSpec;
import org.jacana.backend.PoolSpec;
import org.jacana.op.Conv;
import org.jacana.op.MatMul;
import org.jacana.op.Pool;

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
}
