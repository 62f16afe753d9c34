package org.jacana.op;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Tensor;

/** Random masks for training; each draws from the generator it is given. */
public final class Dropouts {
  private static final double ALPHA = 1.7580993408473766;

  private Dropouts() {}

  private static Tensor kept(Tensor x, double p, Generator g, int... shape) {
    return g.uniform(DType.F32, shape).ge(p).to(x.dtype());
  }

  private static void require(String op, double p) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException(op + ": p must be between 0 and 1, got " + p);
    }
  }

  private static double scale(double p) {
    return p == 1 ? 0 : 1 / (1 - p);
  }

  /** Each element 0 with probability p, the others divided by 1 - p (Srivastava et al. 2014). */
  public static Tensor dropout(Tensor x, double p, Generator generator) {
    require("dropout", p);
    return Composite.on(x, () -> x.mul(kept(x, p, generator, x.shape().dims()).mul(scale(p))));
  }

  /** Each whole channel of each example [N, ..., C] 0 with probability p (Tompson et al. 2015). */
  public static Tensor channels(Tensor x, double p, Generator generator) {
    require("channelDropout", p);
    if (x.rank() < 2) {
      throw new IllegalArgumentException("channelDropout: needs [N, ..., C], got " + x.shape());
    }
    int[] mask = new int[x.rank()];
    java.util.Arrays.fill(mask, 1);
    mask[0] = x.shape().dim(0);
    mask[mask.length - 1] = x.shape().dim(-1);
    return Composite.on(x, () -> x.mul(kept(x, p, generator, mask).mul(scale(p))));
  }

  /**
   * Dropout for SELU: each element with probability p the negative limit of SELU, then the whole
   * scaled and shifted so that mean 0 and variance 1 stay (Klambauer et al. 2017).
   */
  public static Tensor alpha(Tensor x, double p, Generator generator) {
    require("alphaDropout", p);
    double a = p == 1 ? 0 : 1 / Math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p));
    return Composite.on(
        x,
        () -> {
          Tensor mask = kept(x, p, generator, x.shape().dims());
          Tensor fixed = mask.rsub(1).mul(-ALPHA * a).add(ALPHA * a * p);
          return x.mul(mask.mul(a)).add(fixed);
        });
  }
}
