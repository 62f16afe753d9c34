package org.jacana.prob;

import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * A batch of independent distributions. The parameters broadcast to the batch shape; one draw of
 * each has the event shape, which is empty for distributions of numbers. The names are those of
 * torch.distributions.
 *
 * <p>Parameters are checked when the distribution is made, which waits for the device. A
 * distribution owns nothing: its parameters, and what it derives from them, belong to the scopes
 * they were made in. Values are F32 or F64 as the parameters are.
 */
public abstract class Distribution {
  private final String name;
  private final Shape batchShape;
  private final Shape eventShape;
  private final Tensor like;

  /** With a parameter that says which type and device the values have. */
  protected Distribution(String name, Shape batchShape, Shape eventShape, Tensor like) {
    this.name = name;
    this.batchShape = batchShape;
    this.eventShape = eventShape;
    this.like = like;
  }

  /** The batch shape of parameters. */
  static Shape broadcast(String name, Tensor... params) {
    Shape s = Shape.scalar();
    for (Tensor p : params) {
      s = Shape.broadcast(name + " (parameters)", s, p.shape());
    }
    return s;
  }

  /** An F64 parameter from a number. */
  static Tensor number(double v) {
    return Tensor.full(DType.F64, v);
  }

  /** The name that messages use, such as {@code Normal}. */
  public final String name() {
    return name;
  }

  public final Shape batchShape() {
    return batchShape;
  }

  public final Shape eventShape() {
    return eventShape;
  }

  /** The type of values, F32 or F64. */
  public final DType dtype() {
    return like.dtype();
  }

  // ---- what each distribution defines ----

  /** Values of this whole shape; differentiable when {@link #hasRsample}. */
  protected abstract Tensor draw(Generator g, int... shape);

  /** The logarithms of densities or probabilities of values of this type. */
  protected abstract Tensor logDensity(Tensor x);

  /** The expectation, [batch, event]. */
  protected abstract Tensor expectation();

  /** The variance of each element, [batch, event]. */
  protected abstract Tensor spread();

  protected Tensor cumulative(Tensor x) {
    throw missing("cdf");
  }

  protected Tensor quantile(Tensor p) {
    throw missing("icdf");
  }

  protected Tensor differentialEntropy() {
    throw missing("entropy");
  }

  /** Whether {@link #rsample} exists. */
  public boolean hasRsample() {
    return true;
  }

  // ---- what everybody calls ----

  /**
   * Draws of shape [shape, batch, event]; the same seed gives the same draws. No gradients.
   *
   * @param shape how many draws; none means one
   */
  public final Tensor sample(Generator g, int... shape) {
    return Autograd.noGrad(() -> on(() -> draw(g, extended(shape))));
  }

  /**
   * Reparametrised draws of shape [shape, batch, event], differentiable in the parameters.
   *
   * @throws UnsupportedOperationException if there is no such form; see {@link #hasRsample}
   */
  public final Tensor rsample(Generator g, int... shape) {
    if (!hasRsample()) {
      throw new UnsupportedOperationException(
          name + ": has no reparametrised sample; use sample, with the score's gradient");
    }
    return on(() -> draw(g, extended(shape)));
  }

  /**
   * The logarithm of the density, or of the probability, natural; minus infinity outside the
   * support and NaN at NaN. Differentiable in x and the parameters.
   *
   * @param x values [..., event] that broadcast with the batch; whole numbers may be of any type
   */
  public final Tensor logProb(Tensor x) {
    return on(() -> logDensity(value("logProb", x)));
  }

  /** The density, or the probability. */
  public final Tensor prob(Tensor x) {
    return on(() -> logProb(x).exp());
  }

  /**
   * P(X <= x).
   *
   * @throws UnsupportedOperationException if there is no usable form
   */
  public final Tensor cdf(Tensor x) {
    return on(() -> cumulative(value("cdf", x)));
  }

  /**
   * The quantile: the smallest x with cdf(x) >= p; NaN unless 0 <= p <= 1.
   *
   * @throws UnsupportedOperationException if there is no usable form
   */
  public final Tensor icdf(Tensor p) {
    return on(() -> quantile(value("icdf", p)));
  }

  /** The expectation [batch, event]; NaN where there is none. */
  public final Tensor mean() {
    return on(() -> whole(expectation()));
  }

  /** The variance of each element [batch, event]; NaN where there is none. */
  public final Tensor variance() {
    return on(() -> whole(spread()));
  }

  public final Tensor stddev() {
    return on(() -> whole(spread()).sqrt());
  }

  /**
   * The quantile at 1/2.
   *
   * @throws UnsupportedOperationException if there is no quantile
   */
  public final Tensor median() {
    return on(() -> whole(quantile(scalar(0.5))));
  }

  /**
   * The entropy in nats, [batch]; of a density it may be negative.
   *
   * @throws UnsupportedOperationException if there is no closed form
   */
  public final Tensor entropy() {
    return on(() -> differentialEntropy().expand(batchShape));
  }

  // ---- for the distributions ----

  /** A tensor of the values' type and device. */
  final Tensor like() {
    return like;
  }

  /** Runs {@code f} in a scope of its own on the parameters' device and keeps the result. */
  final Tensor on(Supplier<Tensor> f) {
    try (Scope s = Scope.open(like.device())) {
      return s.keep(f.get());
    }
  }

  /** A constant of the values' type. */
  final Tensor scalar(double v) {
    return Tensor.full(dtype(), v);
  }

  private Tensor whole(Tensor t) {
    return t.expand(extended());
  }

  /** A shape followed by the batch and event axes. */
  final int[] extended(int... shape) {
    int[] b = batchShape.dims();
    int[] e = eventShape.dims();
    int[] out = Arrays.copyOf(shape, shape.length + b.length + e.length);
    System.arraycopy(b, 0, out, shape.length, b.length);
    System.arraycopy(e, 0, out, shape.length + b.length, e.length);
    return out;
  }

  private Tensor value(String what, Tensor x) {
    x.requireOpen(name + "." + what, 0);
    int e = eventShape.rank();
    boolean fits = x.rank() >= e;
    for (int i = 1; fits && i <= e; i++) {
      fits = x.shape().dim(-i) == eventShape.dim(-i);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          name
              + "."
              + what
              + ": values must end in the event "
              + eventShape
              + ", got "
              + x.shape());
    }
    Shape lead = Shape.of(Arrays.copyOf(x.shape().dims(), x.rank() - e));
    Shape.broadcast(name + "." + what + " (values and batch)", lead, batchShape);
    return x.dtype() == dtype() ? x : x.to(dtype());
  }

  /** f where x is inside the support, computed at a safe place elsewhere; minus infinity there. */
  final Tensor within(Tensor x, Tensor inside, Tensor safe, Function<Tensor, Tensor> f) {
    Tensor outside = Tensor.where(x.isNaN(), x.detach(), Double.NEGATIVE_INFINITY);
    return Tensor.where(inside, f.apply(Tensor.where(inside, x, safe)), outside);
  }

  /** 0, 1, 2 and so on. */
  static Tensor isCount(Tensor x) {
    return x.eq(x.floor()).logicalAnd(x.ge(0)).logicalAnd(x.isInf().logicalNot());
  }

  private UnsupportedOperationException missing(String what) {
    return new UnsupportedOperationException(
        name + ": has no " + what + " in closed form; estimate it from samples with MonteCarlo");
  }

  @Override
  public final String toString() {
    return name + "(batch " + batchShape + ", event " + eventShape + ", " + dtype() + ")";
  }
}
