package org.jacana.nn;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * Penalties beyond those on single weights ({@link Regularizer}): differentiable scalars to be
 * added to a loss.
 */
public final class Penalties {
  private Penalties() {}

  private static Tensor sum(
      String name, Collection<Tensor> weights, Function<Tensor, Tensor> penalty) {
    if (weights.isEmpty()) {
      throw new IllegalArgumentException(name + ": there are no weights to penalise");
    }
    return Scope.tidy(() -> weights.stream().map(penalty).reduce(Tensor::add).orElseThrow());
  }

  /**
   * The group lasso (Yuan and Lin 2006): weight sum sqrt(n) |u| over the units u of n weights that
   * lead to one output, rows of [out, in] or filters of [O, KH, KW, C]; a vector is one unit. The
   * gradient of a unit of zeros is 0.
   *
   * @throws IllegalArgumentException if there are no weights
   */
  public static Tensor groupLasso(Collection<Tensor> weights, double weight) {
    Check.notNegative("groupLasso", "weight", weight);
    return sum(
        "groupLasso",
        weights,
        w -> {
          Tensor squares = Units.squares(w);
          double n = squares.size() == 0 ? 0 : (double) w.size() / squares.size();
          // The root has no derivative at 0: take it of 1 there and drop the result.
          Tensor zero = Autograd.noGrad(() -> squares.detach().eq(0));
          Tensor roots = Tensor.where(zero, squares.onesLike(), squares).sqrt();
          return Tensor.where(zero, roots.zerosLike(), roots).sum().mul(weight * Math.sqrt(n));
        });
  }

  /**
   * weight |W W^T - I|^2 (squared Frobenius norm; Brock et al. 2017) with the shorter side of each
   * weight's matrix first; axes after the first count as one.
   *
   * @throws IllegalArgumentException if there are no weights, or one has fewer than two axes
   */
  public static Tensor orthogonal(Collection<Tensor> weights, double weight) {
    Check.notNegative("orthogonal", "weight", weight);
    return sum(
        "orthogonal",
        weights,
        w -> {
          Tensor m = Units.matrix("orthogonal", w);
          Tensor t = m.transpose(0, 1);
          int rows = m.shape().dim(0);
          boolean wide = rows <= m.shape().dim(1);
          Tensor gram = wide ? m.matmul(t) : t.matmul(m);
          try (Scope here = Scope.open(w.device())) {
            Tensor eye = Tensor.eye(w.dtype(), wide ? rows : m.shape().dim(1));
            return here.keep(gram.sub(eye).square().sum().mul(weight));
          }
        });
  }

  /**
   * The gradient penalty of a critic (Gulrajani et al. 2017): weight mean((|dD/dx| - target)^2) at
   * points x between each real sample and its fake one, uniformly at random. The critic is called
   * once; what comes back can be differentiated by its parameters.
   *
   * @param critic from [n, ...] to one value for each sample, independent of the others
   * @param real [n, ...]
   * @param fake of the same shape and type
   * @param target 1 in the paper; 0 gives the penalty of Mescheder et al. 2018
   * @param weight 10 in the paper
   */
  public static Tensor gradient(
      UnaryOperator<Tensor> critic,
      Tensor real,
      Tensor fake,
      double target,
      double weight,
      Generator generator) {
    Check.notNegative("gradientPenalty", "target", target);
    Check.notNegative("gradientPenalty", "weight", weight);
    Check.generator("gradientPenalty", generator);
    if (!real.shape().equals(fake.shape())
        || real.dtype() != fake.dtype()
        || real.rank() == 0
        || real.size() == 0) {
      throw new IllegalArgumentException(
          "gradientPenalty: needs real and fake samples [n, ...] alike, got "
              + real.dtype()
              + " "
              + real.shape()
              + " and "
              + fake.dtype()
              + " "
              + fake.shape());
    }
    try (Scope scope = Scope.open(real.device())) {
      Tensor x;
      try (Autograd.Mode off = Autograd.noGrad()) {
        int[] each = new int[real.rank()];
        java.util.Arrays.fill(each, 1);
        each[0] = real.shape().dim(0);
        Tensor part = generator.uniform(real.dtype(), each);
        Tensor start = fake.detach();
        x = start.add(real.detach().sub(start).mul(part)).requiresGrad(true);
      }
      Tensor g;
      boolean differentiable = Autograd.recording();
      try (Autograd.Mode on = Autograd.enableGrad()) {
        g = Autograd.grad(critic.apply(x).sum(), List.of(x), differentiable).get(0);
      }
      Tensor squares = g.square().reshape(Shape.of(real.shape().dim(0), rest(real)));
      // Keeps the root's derivative finite where the gradient is 0.
      Tensor norms = squares.sum(1).add(1e-12).sqrt();
      return scope.keep(norms.sub(target).square().mean().mul(weight));
    }
  }

  private static int rest(Tensor t) {
    return Math.toIntExact(t.size() / t.shape().dim(0));
  }
}
