package org.jacana.op;

import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backend;
import org.jacana.backend.View;

/**
 * The end of a residual block in one pass over memory: relu(batchNorm(x) + residual). Its gradient
 * masks the output's and is {@link BatchNorm}'s from there on.
 */
public final class BatchNormRelu extends Op {
  private final BatchNorm norm;
  private boolean fused;

  private BatchNormRelu(BatchNorm norm) {
    this.norm = norm;
  }

  /**
   * Normalises x [..., C] by the batch's statistics with gamma and beta [C], adds the residual,
   * where it is not null, and rectifies.
   *
   * @throws IllegalArgumentException as {@link BatchNorm#batchNorm}, or if the residual's shape or
   *     type is not that of x
   */
  public static BatchNorm.Result batchNormRelu(
      Tensor x, Tensor residual, Tensor gamma, Tensor beta, double epsilon) {
    if (BatchNorm.mixed(x, gamma)) {
      if (residual != null && Precision.lowers(residual)) {
        try (Tensor half = Scope.release(Precision.lower(residual))) {
          return batchNormRelu(x, half, gamma, beta, epsilon);
        }
      }
    } else if (Precision.raises(x) || residual != null && Precision.raises(residual)) {
      try (Tensor wide = Scope.release(Precision.raise(x));
          Tensor other = residual == null ? null : Scope.release(Precision.raise(residual))) {
        return batchNormRelu(wide, other, gamma, beta, epsilon);
      }
    }
    BatchNorm.check("batchNormRelu", x, gamma, beta);
    if (residual != null
        && (!residual.shape().equals(x.shape()) || residual.dtype() != x.dtype())) {
      throw new IllegalArgumentException(
          "batchNormRelu: the residual must be as x, "
              + x.dtype()
              + " "
              + x.shape()
              + ", got "
              + residual.dtype()
              + " "
              + residual.shape());
    }
    BatchNorm norm = BatchNorm.of(x, gamma.dtype(), epsilon);
    BatchNormRelu op = new BatchNormRelu(norm);
    return norm.result(
        op,
        residual == null ? new Tensor[] {x, gamma, beta} : new Tensor[] {x, gamma, beta, residual});
  }

  @Override
  public String name() {
    return "batchNormRelu";
  }

  @Override
  protected Shape infer(Tensor[] in) {
    return in[0].shape();
  }

  @Override
  protected void run(Backend backend, View out, View[] in) {
    throw new IllegalStateException(name() + ": runs through forward");
  }

  @Override
  protected Tensor forward(Tensor[] in) {
    Backend backend = in[0].backend();
    View residual = in.length == 4 ? in[3].view() : null;
    Tensor out = Tensor.allocate(backend, in[0].shape(), in[0].dtype());
    try {
      fused =
          backend.batchNormRelu(
              out.view(),
              norm.mean().view(),
              norm.variance().view(),
              in[0].view(),
              residual,
              in[1].view(),
              in[2].view(),
              norm.epsilon());
      if (fused) {
        return out;
      }
    } catch (RuntimeException | Error e) {
      out.close();
      throw e;
    }
    out.close();
    Tensor y = norm.forward(new Tensor[] {in[0], in[1], in[2]});
    if (residual != null) {
      backend.binary(Binary.ADD, y.view(), y.view(), residual);
    }
    backend.unary(Unary.RELU, 0, 0, y.view(), y.view());
    return y;
  }

  @Override
  public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    if (fused && !Autograd.recording() && !Batching.any(g)) {
      Tensor[] gs = kernelGrad(in, out, g, needs);
      if (gs != null) {
        return gs;
      }
    }
    Tensor masked = g.reluGrad(out);
    Tensor[] gs = new Tensor[needs.length];
    if (needs[0] || needs[1] || needs[2]) {
      Tensor[] inner =
          norm.vjp(
              new Tensor[] {in[0], in[1], in[2]},
              null,
              masked,
              new boolean[] {needs[0], needs[1], needs[2]});
      System.arraycopy(inner, 0, gs, 0, 3);
    }
    if (needs.length == 4 && needs[3]) {
      gs[3] = masked;
    }
    return gs;
  }

  private Tensor[] kernelGrad(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    Backend b = g.backend();
    Tensor dx = Tensor.allocate(b, in[0].shape(), g.dtype());
    Tensor dgamma = Tensor.allocate(b, in[1].shape(), in[1].dtype());
    Tensor dbeta = Tensor.allocate(b, in[1].shape(), in[1].dtype());
    boolean residual = needs.length == 4;
    Tensor dresidual = residual ? Tensor.allocate(b, in[0].shape(), g.dtype()) : null;
    boolean done =
        b.batchNormReluGrad(
            dx.view(),
            residual ? dresidual.view() : null,
            dgamma.view(),
            dbeta.view(),
            in[0].view(),
            g.view(),
            out.view(),
            norm.mean().view(),
            norm.variance().view(),
            in[1].view(),
            in[2].view(),
            norm.epsilon());
    if (!done) {
      return null;
    }
    return residual
        ? new Tensor[] {dx, dgamma, dbeta, dresidual}
        : new Tensor[] {dx, dgamma, dbeta};
  }

  @Override
  public boolean keepsInput(int i) {
    return i < 3;
  }

  @Override
  public boolean keepsOutput() {
    return true;
  }

  @Override
  public Tensor unfused(Tensor[] in) {
    Tensor y = norm.composite(new Tensor[] {in[0], in[1], in[2]});
    return (in.length == 4 ? y.add(in[3]) : y).relu();
  }

  @Override
  public void release() {
    norm.release();
  }
}
