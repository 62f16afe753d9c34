package org.jacana.optim.minimize;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.Transforms;

/** A tensor of numbers as a function of a tensor, and its Jacobian, as doubles, counted. */
final class Residuals {
  private final String who;
  private final UnaryOperator<Tensor> r;
  private final UnaryOperator<Tensor> userJacobian;
  final Shape shape;
  final DType dtype;
  private final Device device;
  final int size;
  int values;
  int jacobians;

  Residuals(String who, UnaryOperator<Tensor> r, UnaryOperator<Tensor> userJacobian, Tensor like) {
    this.who = who;
    this.r = r;
    this.userJacobian = userJacobian;
    shape = like.shape();
    dtype = like.dtype();
    device = like.device();
    size = Math.toIntExact(like.size());
  }

  private Tensor tensor(double[] x) {
    return Tensor.of(x, x.length).reshape(shape).to(dtype);
  }

  double[] at(double[] x) {
    values++;
    try (Scope scope = Scope.open(device);
        Autograd.Mode off = Autograd.noGrad()) {
      double[] out = r.apply(tensor(x)).doubles();
      if (out.length == 0) {
        throw new IllegalArgumentException(who + ": the function of x " + shape + " gives nothing");
      }
      return out;
    }
  }

  /** The Jacobian [m][n]. */
  double[][] jacobian(double[] x, int m) {
    jacobians++;
    double[] all;
    try (Scope scope = Scope.open(device);
        Autograd.Mode on = Autograd.enableGrad()) {
      Tensor t = tensor(x);
      Tensor j =
          userJacobian != null
              ? Autograd.noGrad(() -> userJacobian.apply(t))
              : Transforms.jacobian(r, t);
      all = j.doubles();
    }
    if (all.length != (long) m * size) {
      throw new IllegalArgumentException(
          who
              + ": the Jacobian given must be ["
              + m
              + ", "
              + size
              + "], got "
              + all.length
              + " elements");
    }
    double[][] out = new double[m][];
    for (int i = 0; i < m; i++) {
      out[i] = Arrays.copyOfRange(all, i * size, (i + 1) * size);
    }
    return out;
  }
}
