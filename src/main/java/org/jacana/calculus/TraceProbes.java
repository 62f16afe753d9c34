package org.jacana.calculus;

import java.util.Arrays;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.op.Op;

/**
 * Finds out what an operation does by running it again on numbers chosen for it: where elements
 * move to, and the coefficients of linear operations.
 */
final class TraceProbes {
  private static final int MOST_RUNS = 20_000;

  private TraceProbes() {}

  /** Each element is one of the inputs' or a constant: numbered elements tell which. */
  static Expr[] moved(Expr[][] x, Op op, Tensor[] in, Tensor out) {
    int data = op.name().equals("gather") ? 1 : in.length;
    int total = 0;
    for (int i = 0; i < data; i++) {
      total += x[i].length;
    }
    double[] first = numbered(op, in, data, 0);
    double[] second = numbered(op, in, data, total);
    double[] values = null;
    Expr[] y = new Expr[first.length];
    for (int i = 0; i < y.length; i++) {
      if (first[i] == second[i]) {
        values = values == null ? out.doubles() : values;
        y[i] = Recording.number(op.name(), values[i]);
        continue;
      }
      int at = (int) first[i];
      int k = 0;
      while (at >= x[k].length) {
        at -= x[k++].length;
      }
      y[i] = x[k][at];
    }
    return y;
  }

  private static double[] numbered(Op op, Tensor[] in, int data, int start) {
    try (Scope s = Scope.open(in[0].device())) {
      Tensor[] probe = in.clone();
      int next = start;
      for (int i = 0; i < data; i++) {
        double[] v = new double[Math.toIntExact(in[i].size())];
        for (int k = 0; k < v.length; k++) {
          v[k] = next++;
        }
        probe[i] = tensor(v, in[i].shape());
      }
      return op.again(probe).doubles();
    }
  }

  private static Tensor tensor(double[] v, Shape shape) {
    return shape.rank() == 0 ? Tensor.of(v).reshape(shape) : Tensor.of(v, shape.dims());
  }

  /** Linear in the first input, and for a convolution in the second and the bias too. */
  static Expr[] linear(Expr[][] inputs, Op op, Tensor[] in, Tensor out) {
    boolean bilinear = op.name().startsWith("conv2d");
    Expr[] x = inputs[0];
    Expr[] w = bilinear ? inputs[1] : new Expr[] {Constant.ONE};
    if ((long) x.length * w.length > MOST_RUNS) {
      throw new IllegalArgumentException(
          "trace: '"
              + op.name()
              + "' on "
              + Arrays.stream(in).map(Tensor::shape).toList()
              + " is too large; use smaller arguments");
    }
    Sums[] sums = new Sums[Math.toIntExact(out.size())];
    Arrays.setAll(sums, i -> new Sums());
    for (int j = 0; j < w.length; j++) {
      for (int i = 0; i < x.length; i++) {
        double[] column = column(op, in, i, bilinear ? j : -1);
        for (int k = 0; k < column.length; k++) {
          if (column[k] != 0) {
            sums[k].add(Products.of(Recording.number(op.name(), column[k]), x[i], w[j]));
          }
        }
      }
    }
    if (in.length == 3) {
      Expr[] bias = inputs[2];
      for (int k = 0; k < sums.length; k++) {
        sums[k].add(bias[k % bias.length]);
      }
    }
    return Arrays.stream(sums).map(Sums::build).toArray(Expr[]::new);
  }

  private static double[] column(Op op, Tensor[] in, int i, int j) {
    try (Scope s = Scope.open(in[0].device())) {
      Tensor[] probe = in.clone();
      probe[0] = basis(in[0].shape(), i);
      if (j >= 0) {
        probe[1] = basis(in[1].shape(), j);
      }
      if (in.length == 3) {
        probe[2] = tensor(new double[Math.toIntExact(in[2].size())], in[2].shape());
      }
      return op.again(probe).doubles();
    }
  }

  private static Tensor basis(Shape shape, int i) {
    double[] v = new double[Math.toIntExact(shape.size())];
    v[i] = 1;
    return tensor(v, shape);
  }
}
