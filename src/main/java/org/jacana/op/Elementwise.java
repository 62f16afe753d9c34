package org.jacana.op;

import org.jacana.DType;
import org.jacana.Tensor;

/** Mathematical functions composed of pointwise operations; two tensors broadcast. */
public final class Elementwise {
  private Elementwise() {}

  /** x without its whole part, with x's sign. */
  public static Tensor frac(Tensor x) {
    return Composite.on(x, () -> x.sub(x.trunc()));
  }

  /** sin(pi x) / (pi x), 1 at 0; all derivatives hold at 0 too. */
  public static Tensor sinc(Tensor x) {
    return Composite.on(
        x,
        () -> {
          Tensor t = x.mul(Math.PI);
          Tensor near = t.detach().abs().lt(1.5);
          // The quotient's derivatives cancel near 0, where the series needs few terms.
          Tensor small = Tensor.where(near, t, 0).square();
          Tensor series = small.mul(0).add(1);
          for (int k = 14; k > 0; k--) {
            series = series.mul(small).mul(-1.0 / (2 * k * (2 * k + 1))).add(1);
          }
          Tensor large = Tensor.where(near.logicalNot(), t, 2);
          return Tensor.where(near, series, large.sin().div(large));
        });
  }

  /** log(x / (1 - x)), NaN outside [0, 1]. */
  public static Tensor logit(Tensor x) {
    return Composite.on(x, () -> x.div(x.neg().add(1)).log());
  }

  /** {@link #logit(Tensor)} of x limited to epsilon..1 - epsilon. */
  public static Tensor logit(Tensor x, double epsilon) {
    return Composite.on(x, () -> logit(x.clamp(epsilon, 1 - epsilon)));
  }

  /** NaN and the infinities replaced; the gradient of a replaced element is 0. */
  public static Tensor nanToNum(Tensor x, double nan, double positive, double negative) {
    return Composite.on(
        x,
        () -> {
          Tensor y = Tensor.where(x.isNaN().logicalNot(), x, nan);
          y = Tensor.where(y.lt(Double.POSITIVE_INFINITY), y, positive);
          return Tensor.where(y.gt(Double.NEGATIVE_INFINITY), y, negative);
        });
  }

  /** Neither NaN nor infinite. */
  public static Tensor isFinite(Tensor x) {
    return Composite.on(x, () -> x.isNaN().logicalOr(x.isInf()).logicalNot());
  }

  /** sqrt(a^2 + b^2) without overflow; the gradient at the origin is 0. */
  public static Tensor hypot(Tensor a, Tensor b) {
    return Composite.on(
        a,
        () -> {
          Tensor m = a.detach().abs().maximum(b.detach().abs());
          Tensor zero = m.eq(0);
          Tensor usual = zero.logicalOr(m.isInf()).logicalNot();
          // The value does not depend on the scale, so that is a constant.
          Tensor scale = Tensor.where(usual, m, 1);
          Tensor squares = a.div(scale).square().add(b.div(scale).square());
          Tensor root = Tensor.where(zero.logicalNot(), squares, 1).sqrt().mul(scale);
          return Tensor.where(zero.logicalNot(), root, 0);
        });
  }

  /** log(e^a + e^b) without overflow. */
  public static Tensor logAddExp(Tensor a, Tensor b) {
    return Composite.on(
        a,
        () -> {
          Tensor first = a.ge(b);
          Tensor high = Tensor.where(first, a, b);
          Tensor low = Tensor.where(first, b, a);
          Tensor same = a.eq(b).logicalAnd(a.isInf());
          return Tensor.where(same.logicalNot(), low.sub(high), 0).softplus().add(high);
        });
  }

  /** Integers to a whole power, by squaring; a BOOL counts as I32. */
  public static Tensor power(Tensor x, int p) {
    return Composite.on(
        x,
        () -> {
          Tensor base = x.dtype() == DType.BOOL ? x.to(DType.I32) : x;
          Tensor y = base.onesLike();
          for (int left = p; left > 0; left >>= 1) {
            y = (left & 1) == 1 ? y.mul(base) : y;
            base = left > 1 ? base.mul(base) : base;
          }
          return y;
        });
  }

  /** log2(2^a + 2^b) without overflow. */
  public static Tensor logAddExp2(Tensor a, Tensor b) {
    double ln2 = Math.log(2);
    return Composite.on(a, () -> logAddExp(a.mul(ln2), b.mul(ln2)).div(ln2));
  }

  /** x + value a b. */
  public static Tensor addCMul(Tensor x, Tensor a, Tensor b, double value) {
    return Composite.on(x, () -> x.add(a.mul(b).mul(value)));
  }

  /** x + value a / b. */
  public static Tensor addCDiv(Tensor x, Tensor a, Tensor b, double value) {
    return Composite.on(x, () -> x.add(a.div(b).mul(value)));
  }

  /** The remainder with the dividend's sign (C's fmod). */
  public static Tensor fmod(Tensor a, Tensor b) {
    return Composite.on(
        a,
        () -> {
          Tensor negative = a.lt(0);
          Tensor r =
              Tensor.where(negative, a.neg(), a).remainder(Tensor.where(b.lt(0), b.neg(), b));
          return Tensor.where(negative, r.neg(), r);
        });
  }

  /** a / b rounded down, of the promoted type; no gradient. */
  public static Tensor floorDivide(Tensor a, Tensor b) {
    return Composite.on(
        a,
        () -> {
          Tensor x = a.detach();
          Tensor y = b.detach();
          DType t = DType.promote(x.dtype(), y.dtype());
          if (!t.isFloat()) {
            return x.to(DType.F64).div(y.to(DType.F64)).floor().to(t);
          }
          Tensor quotient = x.sub(x.remainder(y)).div(y).round();
          return Tensor.where(y.ne(0), quotient, x.div(y));
        });
  }

  /** x log(y), and 0 where x is 0 and y is not NaN. */
  public static Tensor xlogy(Tensor x, Tensor y) {
    return Composite.on(
        x,
        () -> {
          Tensor nothing = x.eq(0).logicalAnd(y.le(0).logicalOr(y.isInf()));
          return x.mul(Tensor.where(nothing.logicalNot(), y, 1).log());
        });
  }

  /** a + weight (b - a), exact at weights 0 and 1. */
  public static Tensor lerp(Tensor a, Tensor b, Tensor weight) {
    return Composite.on(
        a,
        () -> {
          Tensor step = b.sub(a);
          Tensor up = a.add(weight.mul(step));
          Tensor down = b.sub(step.mul(weight.neg().add(1)));
          return Tensor.where(weight.abs().lt(0.5), up, down);
        });
  }

  /** {@link #lerp(Tensor, Tensor, Tensor)} with a constant weight. */
  public static Tensor lerp(Tensor a, Tensor b, double weight) {
    return Composite.on(
        a,
        () -> {
          Tensor step = b.sub(a);
          return Math.abs(weight) < 0.5 ? a.add(step.mul(weight)) : b.sub(step.mul(1 - weight));
        });
  }

  /** The larger, or the one that is not NaN; at ties the gradient goes to a, as in PyTorch. */
  public static Tensor fmax(Tensor a, Tensor b) {
    return Composite.on(a, () -> Tensor.where(a.ge(b).logicalOr(b.isNaN()), a, b));
  }

  /** The smaller, or the one that is not NaN; at ties the gradient goes to a, as in PyTorch. */
  public static Tensor fmin(Tensor a, Tensor b) {
    return Composite.on(a, () -> Tensor.where(a.le(b).logicalOr(b.isNaN()), a, b));
  }

  /** |a| with b's sign, that of -0 too; no gradient for b, and 0 for an a of 0. */
  public static Tensor copySign(Tensor a, Tensor b) {
    return Composite.on(
        a,
        () -> {
          Tensor negative = Bounds.signBit(b);
          Tensor size = a.abs();
          return Tensor.where(negative, size.neg(), size);
        });
  }

  /**
   * Whether |a - b| is at most absolute + relative |b|; equal infinities are close, NaN is close to
   * NaN if {@code equalNan}.
   */
  public static Tensor isClose(
      Tensor a, Tensor b, double relative, double absolute, boolean equalNan) {
    return Composite.on(
        a,
        () -> {
          Tensor x = a.detach();
          Tensor y = b.detach();
          Tensor error = x.sub(y).abs();
          Tensor near = error.le(y.abs().mul(relative).add(absolute)).logicalAnd(isFinite(error));
          Tensor close = x.eq(y).logicalOr(near);
          return equalNan ? close.logicalOr(x.isNaN().logicalAnd(y.isNaN())) : close;
        });
  }
}
