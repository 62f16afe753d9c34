package org.jacana.linalg;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.Transforms;

/**
 * A square matrix known only by its products with vectors: a dense or sparse one, or the Hessian of
 * a function. Owns nothing; what it was made from must stay open.
 */
public final class LinearOperator {
  private final int size;
  private final DType dtype;
  private final Device device;
  private final UnaryOperator<Tensor> product;

  private LinearOperator(int size, DType dtype, Device device, UnaryOperator<Tensor> product) {
    this.size = Check.positive("linearOperator", "size", size);
    this.dtype = dtype;
    this.device = device;
    this.product = product;
  }

  /** A matrix [n, n]. */
  public static LinearOperator of(Tensor matrix) {
    int n = Check.square("linearOperator", matrix);
    Check.matrix("linearOperator", matrix);
    return new LinearOperator(n, matrix.dtype(), matrix.device(), x -> Products.matvec(matrix, x));
  }

  /** A linear function of vectors [n] of a type, on the device of the scope that asks. */
  public static LinearOperator of(int n, DType dtype, UnaryOperator<Tensor> product) {
    return new LinearOperator(n, dtype, null, product);
  }

  /** As {@link #of(int, DType, UnaryOperator)}, on a device. */
  static LinearOperator of(int n, DType dtype, Device device, UnaryOperator<Tensor> product) {
    return new LinearOperator(n, dtype, device, product);
  }

  /** The Hessian of a scalar function at x of any shape; vectors are flat. */
  public static LinearOperator hessian(UnaryOperator<Tensor> f, Tensor x) {
    Check.real("linearOperator.hessian", x);
    int n = Math.toIntExact(x.size());
    return new LinearOperator(
        n, x.dtype(), x.device(), v -> Transforms.hvp(f, x, v.reshape(x.shape())).reshape(n));
  }

  /**
   * The Hessian of a loss by parameters, which are joined to one vector in their order.
   *
   * @param loss computes the same scalar from the present parameters whenever it is called, on the
   *     same data: without dropout, with batch statistics in evaluation mode
   * @param parameters tracked, of one type
   */
  public static LinearOperator hessian(Supplier<Tensor> loss, List<Tensor> parameters) {
    ParameterVector all = new ParameterVector("linearOperator.hessian", parameters);
    return new LinearOperator(
        all.size(),
        all.dtype(),
        parameters.get(0).device(),
        v -> {
          try (Scope scope = Scope.open(v.device());
              Autograd.Mode on = Autograd.enableGrad()) {
            Tensor y = loss.get();
            List<Tensor> gradient = Autograd.grad(y, null, parameters, true, true, true);
            Tensor slope = null;
            List<Tensor> parts = all.split(v.detach());
            for (int i = 0; i < parts.size(); i++) {
              // A gradient that does not depend on the parameters has no second derivative.
              if (gradient.get(i).requiresGrad()) {
                Tensor part = gradient.get(i).mul(parts.get(i)).sum();
                slope = slope == null ? part : slope.add(part);
              }
            }
            return scope.keep(
                slope == null
                    ? v.zerosLike()
                    : all.join(Autograd.grad(slope, null, parameters, false, true, true)));
          }
        });
  }

  /** The mean of operators of one size, such as Hessians of a loss on several batches. */
  public static LinearOperator mean(List<LinearOperator> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("linearOperator.mean: needs at least one operator");
    }
    LinearOperator first = parts.get(0);
    for (LinearOperator p : parts) {
      if (p.size != first.size || p.dtype != first.dtype) {
        throw new IllegalArgumentException(
            "linearOperator.mean: operators must have one size and type, got "
                + first
                + " and "
                + p);
      }
    }
    List<LinearOperator> all = List.copyOf(parts);
    return new LinearOperator(
        first.size,
        first.dtype,
        first.device,
        x ->
            Compose.on(
                x,
                () -> {
                  Tensor sum = first.apply(x);
                  for (LinearOperator p : all.subList(1, all.size())) {
                    sum = sum.add(p.apply(x));
                  }
                  return sum.mul(1.0 / all.size());
                }));
  }

  /** This operator plus a multiple of the identity. */
  public LinearOperator shifted(double by) {
    return new LinearOperator(
        size, dtype, device, x -> Compose.on(x, () -> product.apply(x).add(x.mul(by))));
  }

  /** The number of rows. */
  public int size() {
    return size;
  }

  /** The element type of vectors. */
  public DType dtype() {
    return dtype;
  }

  /**
   * The product with a vector.
   *
   * @throws IllegalArgumentException if x is not [n] of this type
   */
  public Tensor apply(Tensor x) {
    require(x);
    Tensor y = product.apply(x);
    if (!y.shape().equals(x.shape())) {
      throw new IllegalArgumentException(
          "linearOperator: the product must be [" + size + "], got " + y.shape());
    }
    return y;
  }

  /** A scope on the device of the vectors. */
  Scope scope() {
    return device == null ? Scope.open() : Scope.open(device);
  }

  void require(Tensor x) {
    Check.real("linearOperator", x);
    if (!x.shape().equals(Shape.of(size)) || x.dtype() != dtype) {
      throw new IllegalArgumentException(
          "linearOperator: needs a vector "
              + dtype
              + " ["
              + size
              + "], got "
              + x.dtype()
              + " "
              + x.shape());
    }
  }

  /** The matrix [n, n], by a product with each unit vector. */
  public Tensor dense() {
    try (Scope scope = scope()) {
      Tensor eye = Tensor.eye(dtype, size);
      Tensor[] columns = new Tensor[size];
      for (int i = 0; i < size; i++) {
        columns[i] = apply(eye.select(0, i));
      }
      return scope.keep(Tensor.stack(1, columns));
    }
  }

  @Override
  public String toString() {
    return "LinearOperator " + dtype + " [" + size + ", " + size + "]";
  }
}
