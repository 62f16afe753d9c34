package org.jacana.op;

import org.jacana.DType;
import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backend;
import org.jacana.backend.View;

/**
 * Batch normalisation by the batch's own statistics over all axes but the last (Ioffe and Szegedy
 * 2015): y = gamma (x - mean) / sqrt(variance + epsilon) + beta, variance being the biased one.
 */
public final class BatchNorm extends FusedOp {
  private final double epsilon;
  private Tensor mean;
  private Tensor variance;
  private boolean fused;

  private BatchNorm(double epsilon) {
    this.epsilon = epsilon;
  }

  /** The normalised batch, and the statistics it was normalised with (not differentiable, [C]). */
  public record Result(Tensor y, Tensor mean, Tensor variance) {}

  /**
   * Normalises x [..., C] with gamma and beta [C]. In mixed precision, y is F32, or of the type of
   * x where the device reads and writes that and computes in F32.
   *
   * @throws IllegalArgumentException if shapes or types do not fit, or there is one value per
   *     channel
   */
  public static Result batchNorm(Tensor x, Tensor gamma, Tensor beta, double epsilon) {
    if (Precision.raises(x) && !mixed(x, gamma)) {
      try (Tensor wide = Scope.release(Precision.raise(x))) {
        return batchNorm(wide, gamma, beta, epsilon);
      }
    }
    check("batchNorm", x, gamma, beta);
    BatchNorm op = of(x, gamma.dtype(), epsilon);
    return op.result(op, x, gamma, beta);
  }

  /** Whether x is normalised as it is, by F32 parameters. */
  static boolean mixed(Tensor x, Tensor gamma) {
    return Precision.raises(x)
        && x.dtype() == DType.BF16
        && gamma.dtype() == DType.F32
        && x.backend().hasHalfBatchNorm();
  }

  static void check(String name, Tensor x, Tensor gamma, Tensor beta) {
    if (Batching.any(x, gamma, beta)) {
      Batching.refuse(name);
    }
    int rank = x.rank();
    Shape c = rank < 2 ? null : Shape.of(x.shape().dim(-1));
    if (rank < 2 || !gamma.shape().equals(c) || !beta.shape().equals(c)) {
      throw new IllegalArgumentException(
          name
              + ": needs x [..., C], gamma [C] and beta [C], got "
              + x.shape()
              + ", "
              + gamma.shape()
              + " and "
              + beta.shape());
    }
    DType type = mixed(x, gamma) ? DType.F32 : x.dtype();
    if (gamma.dtype() != type || beta.dtype() != type || !type.isFloat()) {
      throw new IllegalArgumentException(
          name
              + ": needs one float type, got "
              + x.dtype()
              + ", "
              + gamma.dtype()
              + " and "
              + beta.dtype());
    }
    if (x.size() / Math.max(1, c.size()) < 2) {
      throw new IllegalArgumentException(
          name
              + ": needs more than one value per channel when training, got "
              + x.shape()
              + "; use a larger batch or eval()");
    }
  }

  /** The operation for x, with room for its statistics. */
  static BatchNorm of(Tensor x, DType statistics, double epsilon) {
    BatchNorm op = new BatchNorm(epsilon);
    Shape c = Shape.of(x.shape().dim(-1));
    op.mean = Scope.release(Tensor.allocate(x.backend(), c, statistics));
    op.variance = beside(op.mean);
    return op;
  }

  /** Applies this operation, or one around it, and gives the statistics too. */
  Result result(Op op, Tensor... in) {
    // The node may free its statistics at once: take our own handles first.
    Tensor meanOut = mean.detach();
    Tensor varianceOut = variance.detach();
    try {
      return new Result(Op.apply(op, in), meanOut, varianceOut);
    } catch (RuntimeException | Error e) {
      release();
      meanOut.close();
      varianceOut.close();
      throw e;
    }
  }

  double epsilon() {
    return epsilon;
  }

  Tensor mean() {
    return mean;
  }

  Tensor variance() {
    return variance;
  }

  /** A tensor like m that belongs to nobody; without memory for it m is closed. */
  static Tensor beside(Tensor m) {
    try {
      return Scope.release(Tensor.allocate(m.backend(), m.shape(), m.dtype()));
    } catch (RuntimeException | Error e) {
      m.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return "batchNorm";
  }

  @Override
  protected Shape infer(Tensor[] in) {
    return in[0].shape();
  }

  private static int[] axes(Tensor x) {
    int[] a = new int[x.rank() - 1];
    java.util.Arrays.setAll(a, i -> i);
    return a;
  }

  @Override
  protected Tensor composite(Tensor[] in) {
    Tensor x = in[0].to(in[1].dtype());
    Tensor m = x.mean(axes(x), false);
    Tensor centred = x.sub(m);
    Tensor v = centred.square().mean(axes(x), false);
    return centred.mul(v.add(epsilon).rsqrt()).mul(in[1]).add(in[2]).to(in[0].dtype());
  }

  @Override
  protected boolean kernel(Backend backend, View out, View[] in) {
    fused = backend.batchNorm(out, mean.view(), variance.view(), in[0], in[1], in[2], epsilon);
    return fused;
  }

  @Override
  protected Tensor forward(Tensor[] in) {
    Tensor y = super.forward(in);
    if (!fused) {
      Autograd.noGrad(
          () -> {
            try (Scope s = Scope.open()) {
              Tensor x = in[0].to(mean.dtype());
              Tensor m = x.mean(axes(x), false);
              mean.assign(m);
              variance.assign(x.sub(m).square().mean(axes(x), false));
            }
          });
    }
    return y;
  }

  @Override
  protected Tensor[] kernelGrad(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    if (!fused) {
      return null;
    }
    Backend b = g.backend();
    DType t = in[1].dtype();
    Tensor dx = Tensor.allocate(b, in[0].shape(), g.dtype());
    Tensor dgamma = Tensor.allocate(b, in[1].shape(), t);
    Tensor dbeta = Tensor.allocate(b, in[1].shape(), t);
    if (b.batchNormGrad(
        dx.view(),
        dgamma.view(),
        dbeta.view(),
        in[0].view(),
        g.view(),
        mean.view(),
        variance.view(),
        in[1].view(),
        epsilon)) {
      return new Tensor[] {dx, dgamma, dbeta};
    }
    return null;
  }

  @Override
  public void release() {
    mean.close();
    variance.close();
  }
}
