package org.jacana.op;

import org.jacana.Tensor;

/** Limits, steps and rounding of elements, composed of pointwise operations. */
public final class Bounds {
  private Bounds() {}

  /**
   * x limited to low..high, element by element; high where low is above it. A NaN in any of the
   * three stays. The gradient goes to the one whose value is taken, to x at ties.
   */
  public static Tensor clamp(Tensor x, Tensor low, Tensor high) {
    return Composite.on(
        x,
        () -> {
          Tensor y = Tensor.where(x.lt(low).logicalOr(low.isNaN()), low, x);
          return Tensor.where(y.gt(high).logicalOr(high.isNaN()), high, y);
        });
  }

  /** 0 for negative x and NaN, 1 for positive x, the value where x is 0; no gradient for x. */
  public static Tensor heaviside(Tensor x, Tensor value) {
    return Composite.on(x, () -> Tensor.where(x.ne(0), x.detach().gt(0).to(value.dtype()), value));
  }

  /** To a number of decimals, which may be negative, ties to even; the gradient is 0. */
  public static Tensor round(Tensor x, int decimals) {
    return Composite.on(
        x,
        () -> {
          double scale = Math.pow(10, Math.abs(decimals));
          return decimals < 0
              ? x.div(scale).round().mul(scale)
              : decimals == 0 ? x.round() : x.mul(scale).round().div(scale);
        });
  }

  /** Whether the sign is minus, that of -0 too; false for NaN. */
  public static Tensor signBit(Tensor x) {
    return Composite.on(
        x,
        () -> {
          Tensor y = x.detach();
          return y.lt(0).logicalOr(y.eq(0).logicalAnd(y.rdiv(1).lt(0)));
        });
  }
}
