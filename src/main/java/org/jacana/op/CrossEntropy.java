package org.jacana.op;

import org.jacana.DType;
import org.jacana.Precision;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.backend.View;

/** -log softmax(z)[i, label i] of each row, in one kernel where the backend has one. */
public final class CrossEntropy extends FusedOp {
  private CrossEntropy() {}

  /**
   * The loss of each row.
   *
   * @param z logits [N,K], float
   * @param labels I32 [N], each in 0..K-1
   * @return [N]
   * @throws IllegalArgumentException if shapes or types do not fit, or a label is out of range; on
   *     a GPU, where looking at labels would make the host wait, such a row's loss is NaN instead
   */
  public static Tensor crossEntropy(Tensor z, Tensor labels) {
    if (Precision.raises(z)) {
      return Composite.on(z, () -> crossEntropy(Precision.raise(z), labels));
    }
    if (z.rank() != 2 || !labels.shape().equals(Shape.of(z.shape().dim(0)))) {
      throw new IllegalArgumentException(
          "crossEntropy: logits must be [N, K] and labels [N], got "
              + z.shape()
              + " and "
              + labels.shape());
    }
    if (!z.dtype().isFloat() || labels.dtype() != DType.I32) {
      throw new IllegalArgumentException(
          "crossEntropy: logits must be float and labels I32, got "
              + z.dtype()
              + " and "
              + labels.dtype());
    }
    int k = z.shape().dim(1);
    // A device that works on its own is not waited for: its kernel gives NaN for a wrong label. On
    // the CPU a recorded kernel throws.
    if (labels.size() > 0 && !z.backend().asynchronous() && !z.backend().capturing()) {
      int[] range = Batching.all(labels).range();
      if (range[0] < 0 || range[1] >= k) {
        throw new IllegalArgumentException(
            "crossEntropy: label "
                + (range[0] < 0 ? range[0] : range[1])
                + " is out of range for "
                + k
                + " classes (logits "
                + z.shape()
                + "); labels count from 0");
      }
    }
    return Op.apply(new CrossEntropy(), z, labels);
  }

  @Override
  public String name() {
    return "crossEntropy";
  }

  @Override
  protected Shape infer(Tensor[] in) {
    return Shape.of(in[0].shape().dim(0));
  }

  @Override
  protected Tensor batch(Batch b) {
    Tensor rows = Op.apply(new CrossEntropy(), b.folded(0), b.folded(1));
    return b.unfolded(rows);
  }

  @Override
  protected Tensor composite(Tensor[] in) {
    return Softmax.logSoftmax(in[0], 1).gather(1, in[1].unsqueeze(1)).squeeze(1).neg();
  }

  @Override
  protected boolean kernel(Backend backend, View out, View[] in) {
    return backend.crossEntropy(out, in[0], in[1]);
  }

  @Override
  protected Tensor[] kernelGrad(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    Tensor dz = Tensor.allocate(g.backend(), in[0].shape(), in[0].dtype());
    if (g.backend().crossEntropyGrad(dz.view(), g.view(), in[0].view(), in[1].view())) {
      return new Tensor[] {dz, null};
    }
    dz.close();
    return null;
  }
}
