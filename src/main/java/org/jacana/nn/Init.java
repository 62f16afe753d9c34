package org.jacana.nn;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * A way to choose initial weights. The fans of a weight are counted for [out, in] and for filters
 * [O, KH, KW, C]: fanIn = in or KH KW C, fanOut = out or KH KW O.
 */
@FunctionalInterface
public interface Init {
  /** New values, owned like any tensor by the innermost scope. */
  Tensor make(DType dtype, Shape shape, Generator generator);

  /** Overwrites a parameter with new values. */
  default void fill(Tensor parameter, Generator generator) {
    try (Scope scope = Scope.open(parameter.device())) {
      parameter.assign(make(parameter.dtype(), parameter.shape(), generator));
    }
  }

  static Init zeros() {
    return constant(0);
  }

  static Init ones() {
    return constant(1);
  }

  static Init constant(double value) {
    return (type, shape, g) -> Tensor.full(type, value, shape.dims());
  }

  /**
   * Uniform on [low, high).
   *
   * @throws IllegalArgumentException if a bound is not finite, or low is above high
   */
  static Init uniform(double low, double high) {
    Check.finite("uniform", "low", low);
    Check.finite("uniform", "high", high);
    if (low > high) {
      throw new IllegalArgumentException(
          "uniform: low must not be above high, got " + low + " and " + high);
    }
    return (type, shape, g) ->
        Scope.tidy(() -> g.uniform(type, shape.dims()).mul(high - low).add(low));
  }

  /**
   * Normal with a mean and a standard deviation.
   *
   * @throws IllegalArgumentException if one is not finite, or the deviation is negative
   */
  static Init normal(double mean, double deviation) {
    Check.finite("normal", "mean", mean);
    Check.notNegative("normal", "deviation", deviation);
    return (type, shape, g) ->
        Scope.tidy(() -> g.normal(type, shape.dims()).mul(deviation).add(mean));
  }

  /** U(-b, b), b = gain sqrt(3 / fanIn) (He et al. 2015). See {@link Gain}. */
  static Init kaimingUniform(double gain) {
    Check.notNegative("kaimingUniform", "gain", gain);
    return (type, shape, g) -> symmetric(gain * Math.sqrt(3.0 / fanIn(shape))).make(type, shape, g);
  }

  /** N(0, s), s = gain / sqrt(fanIn) (He et al. 2015). See {@link Gain}. */
  static Init kaimingNormal(double gain) {
    Check.notNegative("kaimingNormal", "gain", gain);
    return (type, shape, g) -> normal(0, gain / Math.sqrt(fanIn(shape))).make(type, shape, g);
  }

  /** U(-b, b), b = gain sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010). See {@link Gain}. */
  static Init xavierUniform(double gain) {
    Check.notNegative("xavierUniform", "gain", gain);
    return (type, shape, g) ->
        symmetric(gain * Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape)))).make(type, shape, g);
  }

  /** N(0, s), s = gain sqrt(2 / (fanIn + fanOut)) (Glorot and Bengio 2010). See {@link Gain}. */
  static Init xavierNormal(double gain) {
    Check.notNegative("xavierNormal", "gain", gain);
    return (type, shape, g) ->
        normal(0, gain * Math.sqrt(2.0 / (fanIn(shape) + fanOut(shape)))).make(type, shape, g);
  }

  /**
   * Normal, but only values in [low, high] (PyTorch's trunc_normal_).
   *
   * @throws IllegalArgumentException if a number is not finite, the deviation is not positive, low
   *     is not below high, or less than 1e-12 of the distribution lies between them
   */
  static Init truncatedNormal(double mean, double deviation, double low, double high) {
    return HostInit.truncatedNormal(mean, deviation, low, high);
  }

  /**
   * Rows, or if they are more than the columns, columns that are orthogonal and of length gain; the
   * axes after the first count as one (Saxe et al. 2014; PyTorch's orthogonal_).
   */
  static Init orthogonal(double gain) {
    return HostInit.orthogonal(gain);
  }

  /**
   * For [out, in]: N(0, deviation), but ceil(sparsity out) weights of each input are 0 (Martens
   * 2010; PyTorch's sparse_).
   */
  static Init sparse(double sparsity, double deviation) {
    return HostInit.sparse(sparsity, deviation);
  }

  /** 1 on the diagonal of [out, in], else 0. */
  static Init eye() {
    return HostInit.eye();
  }

  /**
   * Filters [O, KH, KW, C] that hand channels on: in each of {@code groups} groups of outputs,
   * output o is 1 at the middle of channel o, as far as there are channels, else 0 (PyTorch's
   * dirac_).
   */
  static Init dirac(int groups) {
    return HostInit.dirac(groups);
  }

  /**
   * The number of inputs that one output sees.
   *
   * @throws IllegalArgumentException if the shape is neither [out, in] nor [O, KH, KW, C]
   */
  static long fanIn(Shape weight) {
    return fan(weight, weight.rank() == 0 ? 0 : weight.dim(0));
  }

  /**
   * The number of outputs that one input reaches, without regard to strides.
   *
   * @throws IllegalArgumentException if the shape is neither [out, in] nor [O, KH, KW, C]
   */
  static long fanOut(Shape weight) {
    return fan(weight, weight.rank() == 0 ? 0 : weight.dim(-1));
  }

  private static long fan(Shape weight, int other) {
    if ((weight.rank() != 2 && weight.rank() != 4) || weight.size() == 0) {
      throw new IllegalArgumentException(
          "init: fans are defined for non-empty weights [out, in] or [O, KH, KW, C], got "
              + weight
              + "; use uniform or normal");
    }
    return weight.size() / other;
  }

  private static Init symmetric(double bound) {
    return uniform(-bound, bound);
  }
}
