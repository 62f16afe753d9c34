package org.jacana.calculus;

import java.util.function.UnaryOperator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Transforms;

/**
 * The operators of vector calculus at a point x [n], by automatic differentiation; gradients,
 * Jacobians and Hessians are in {@link Transforms}. Results can be differentiated again where x is
 * tracked. All throw {@link IllegalArgumentException} when shapes do not fit.
 */
public final class VectorCalculus {
  private VectorCalculus() {}

  /** The slope of a scalar function along v [n], which is not normalised: a scalar. */
  public static Tensor directional(UnaryOperator<Tensor> f, Tensor x, Tensor v) {
    return Scope.tidy(() -> Transforms.jvp(f, x, v).tangent());
  }

  /** The sum of a scalar function's second derivatives by each x[i]: a scalar. */
  public static Tensor laplacian(UnaryOperator<Tensor> f, Tensor x) {
    requireVector("laplacian", x);
    return Scope.tidy(() -> trace(Transforms.hessian(f, x).reshape(square(x))));
  }

  /** The trace of a vector field's Jacobian; f gives [n]: a scalar. */
  public static Tensor divergence(UnaryOperator<Tensor> f, Tensor x) {
    requireVector("divergence", x);
    return Scope.tidy(() -> trace(field("divergence", f, x)));
  }

  /** The rotation of a field in space: x [3], f gives [3], the result is [3]. */
  public static Tensor curl(UnaryOperator<Tensor> f, Tensor x) {
    if (!x.shape().equals(Shape.of(3))) {
      throw new IllegalArgumentException("curl: the point must be [3], got " + x.shape());
    }
    return Scope.tidy(
        () -> {
          Tensor j = field("curl", f, x);
          return Tensor.stack(
              0,
              j.at(2, 1).sub(j.at(1, 2)),
              j.at(0, 2).sub(j.at(2, 0)),
              j.at(1, 0).sub(j.at(0, 1)));
        });
  }

  private static Tensor field(String op, UnaryOperator<Tensor> f, Tensor x) {
    Tensor j = Transforms.jacobian(f, x);
    if (!j.shape().equals(square(x))) {
      throw new IllegalArgumentException(
          op
              + ": the field must give a vector of the point's length, got a Jacobian "
              + j.shape()
              + " at a point "
              + x.shape());
    }
    return j;
  }

  private static Tensor trace(Tensor square) {
    return square.diagonal().sum();
  }

  private static Shape square(Tensor x) {
    return Shape.of(x.shape().dim(0), x.shape().dim(0));
  }

  private static void requireVector(String op, Tensor x) {
    if (x.rank() != 1) {
      throw new IllegalArgumentException(op + ": the point must be a vector, got " + x.shape());
    }
  }
}
