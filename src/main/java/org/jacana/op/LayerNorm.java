package org.jacana.op;

import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.backend.View;

/**
 * Layer norm over the last axis (Ba et al. 2016) by the backend's kernel, with scale and shift or
 * without both. The rows' means and inverse deviations are kept for the gradient.
 */
final class LayerNorm extends FusedOp {
  private final double epsilon;
  private final Tensor mean;
  private final Tensor inverse;
  private boolean fused;

  private LayerNorm(double epsilon, Tensor mean, Tensor inverse) {
    this.epsilon = epsilon;
    this.mean = mean;
    this.inverse = inverse;
  }

  /** Of x [..., K], scale and shift [K] or both null. */
  static Tensor apply(Tensor x, Tensor scale, Tensor shift, double epsilon) {
    int rows = Math.toIntExact(x.size() / x.shape().dim(-1));
    DType t = x.dtype() == DType.F64 ? DType.F64 : DType.F32;
    Tensor m = Scope.release(Tensor.allocate(x.backend(), Shape.of(rows), t));
    Tensor v = BatchNorm.beside(m);
    LayerNorm op = new LayerNorm(epsilon, m, v);
    try {
      return scale == null ? Op.apply(op, x) : Op.apply(op, x, scale, shift);
    } catch (RuntimeException | Error e) {
      op.release();
      throw e;
    }
  }

  @Override
  public String name() {
    return "layerNorm";
  }

  @Override
  protected Shape infer(Tensor[] in) {
    return in[0].shape();
  }

  @Override
  protected Tensor composite(Tensor[] in) {
    Tensor scale = in.length == 1 ? null : in[1];
    Tensor shift = in.length == 1 ? null : in[2];
    return Norms.affine(Norms.normalise(in[0], epsilon, in[0].rank() - 1), scale, shift);
  }

  @Override
  protected boolean kernel(Backend backend, View out, View[] in) {
    View scale = in.length == 1 ? null : in[1];
    View shift = in.length == 1 ? null : in[2];
    fused = backend.layerNorm(out, mean.view(), inverse.view(), in[0], scale, shift, epsilon);
    return fused;
  }

  @Override
  protected Tensor[] kernelGrad(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    if (!fused) {
      return null;
    }
    boolean affine = in.length > 1;
    Tensor[] gs = new Tensor[in.length];
    for (int i = 0; i < gs.length; i++) {
      gs[i] = Tensor.allocate(g.backend(), in[i].shape(), g.dtype());
    }
    if (g.backend()
        .layerNormGrad(
            gs[0].view(),
            affine ? gs[1].view() : null,
            affine ? gs[2].view() : null,
            in[0].view(),
            g.view(),
            mean.view(),
            inverse.view(),
            affine ? in[1].view() : null)) {
      return gs;
    }
    for (Tensor t : gs) {
      t.close();
    }
    return null;
  }

  @Override
  public void release() {
    mean.close();
    inverse.close();
  }
}
