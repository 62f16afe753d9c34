package org.jacana.op;

import java.util.Arrays;
import org.jacana.Precision;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Normalisations over parts of each example, by the biased variance: y = (x - mean) / sqrt(variance
 * + epsilon), then scaled and shifted. Scale and shift may be null.
 */
public final class Norms {
  private Norms() {}

  static Tensor affine(Tensor y, Tensor scale, Tensor shift) {
    Tensor scaled = scale == null ? y : y.mul(scale);
    return shift == null ? scaled : scaled.add(shift);
  }

  static Tensor normalise(Tensor x, double epsilon, int... axes) {
    Tensor centred = x.sub(x.mean(axes, true));
    return centred.mul(centred.square().mean(axes, true).add(epsilon).rsqrt());
  }

  private static void requireShape(String op, String what, Tensor t, Shape s, Tensor x) {
    if (t != null && !t.shape().equals(s)) {
      throw new IllegalArgumentException(
          op + ": " + what + " must be " + s + ", got " + t.shape() + " for input " + x.shape());
    }
  }

  private static void requireFloat(String op, Tensor x) {
    if (!x.dtype().isFloat()) {
      throw new IllegalArgumentException(
          op + ": needs a float tensor, got " + x.dtype() + "; cast with to(DType.F32)");
    }
  }

  private static int[] last(String op, Tensor x, int axes) {
    if (axes < 1 || axes > x.rank()) {
      throw new IllegalArgumentException(
          op + ": needs between 1 and all of the axes of " + x.shape() + ", got " + axes);
    }
    requireFloat(op, x);
    int[] a = new int[axes];
    Arrays.setAll(a, i -> x.rank() - axes + i);
    return a;
  }

  private static Shape tail(Tensor x, int axes) {
    return Shape.of(Arrays.copyOfRange(x.shape().dims(), x.rank() - axes, x.rank()));
  }

  /**
   * Over the last {@code axes} axes (Ba et al. 2016); scale and shift have their shape.
   *
   * @throws IllegalArgumentException if shapes do not fit
   */
  public static Tensor layerNorm(Tensor x, int axes, Tensor scale, Tensor shift, double epsilon) {
    int[] a = last("layerNorm", x, axes);
    requireShape("layerNorm", "scale", scale, tail(x, axes), x);
    requireShape("layerNorm", "shift", shift, tail(x, axes), x);
    return Composite.on(x, () -> affine(normalise(Precision.raise(x), epsilon, a), scale, shift));
  }

  private static boolean fuses(Tensor x, Tensor scale, Tensor shift) {
    boolean both = scale == null && shift == null;
    if (scale != null && shift != null) {
      both = scale.dtype() == x.dtype() && shift.dtype() == x.dtype();
    }
    return both && x.size() > 0 && x.backend().hasLayerNorm() && !Batching.any(x, scale, shift);
  }

  /** x / sqrt(mean of x^2 over the last {@code axes} axes + epsilon) (Zhang and Sennrich 2019). */
  public static Tensor rmsNorm(Tensor x, int axes, Tensor scale, double epsilon) {
    int[] a = last("rmsNorm", x, axes);
    requireShape("rmsNorm", "scale", scale, tail(x, axes), x);
    return Composite.on(
        x,
        () -> {
          Tensor wide = Precision.raise(x);
          Tensor root = wide.square().mean(a, true).add(epsilon).rsqrt();
          return affine(wide.mul(root), scale, null);
        });
  }

  /**
   * Over groups of channels and all positions of each example [N, ..., C] (Wu and He 2018); scale
   * and shift are [C].
   *
   * @throws IllegalArgumentException if shapes do not fit or the groups do not divide C
   */
  public static Tensor groupNorm(Tensor x, int groups, Tensor scale, Tensor shift, double epsilon) {
    Shape s = x.shape();
    if (s.rank() < 2 || groups < 1 || s.dim(-1) % groups != 0) {
      throw new IllegalArgumentException(
          "groupNorm: needs [N, ..., C] with C divisible by the groups, got "
              + s
              + " and "
              + groups
              + " groups");
    }
    requireFloat("groupNorm", x);
    int c = s.dim(-1);
    requireShape("groupNorm", "scale", scale, Shape.of(c), x);
    requireShape("groupNorm", "shift", shift, Shape.of(c), x);
    int positions = 1;
    for (int a = 1; a < s.rank() - 1; a++) {
      positions = Math.multiplyExact(positions, s.dim(a));
    }
    int[] split = {s.dim(0), positions, groups, c / groups};
    return Composite.on(
        x,
        () ->
            affine(
                normalise(Precision.raise(x).reshape(split), epsilon, 1, 3).reshape(s),
                scale,
                shift));
  }

  /**
   * Over all positions of each channel of each example [N, ..., C] (Ulyanov et al. 2016); scale and
   * shift are [C].
   *
   * @throws IllegalArgumentException if a channel has but one position, or shapes do not fit
   */
  public static Tensor instanceNorm(Tensor x, Tensor scale, Tensor shift, double epsilon) {
    Shape s = x.shape();
    if (s.rank() < 3 || s.size() > 0 && s.size() == (long) s.dim(0) * s.dim(-1)) {
      throw new IllegalArgumentException(
          "instanceNorm: needs [N, ..., C] with more than one position, got " + s);
    }
    return groupNorm(x, Math.max(1, s.dim(-1)), scale, shift, epsilon);
  }

  /**
   * x / (k + alpha mean)^beta, the mean being that of x^2 over {@code size} neighbouring channels,
   * zeros beyond the ends (Krizhevsky et al. 2012, PyTorch's form): [..., C].
   */
  public static Tensor localResponseNorm(Tensor x, int size, double alpha, double beta, double k) {
    if (x.rank() < 1 || size < 1) {
      throw new IllegalArgumentException(
          "localResponseNorm: needs [..., C] and a size of at least 1, got "
              + x.shape()
              + " and "
              + size);
    }
    int c = x.shape().dim(-1);
    int[] border = new int[2 * x.rank()];
    border[border.length - 2] = size / 2;
    border[border.length - 1] = (size - 1) / 2;
    return Composite.on(
        x,
        () -> {
          Tensor squares = x.square().pad(0, border);
          Tensor sum = squares.slice(-1, 0, c);
          for (int i = 1; i < size; i++) {
            sum = sum.add(squares.slice(-1, i, i + c));
          }
          return x.mul(sum.mul(alpha / size).add(k).pow(-beta));
        });
  }
}
