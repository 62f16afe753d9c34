package org.jacana.calculus;

import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.op.Op;

/** What each tensor operation does to expressions. */
final class TraceRules {
  private TraceRules() {}

  static Expr[] apply(Recording recording, Op op, Tensor[] in, Tensor out) {
    String name = op.name();
    Expr[] fused = unfused(recording, op, in, out);
    if (fused != null) {
      return fused;
    }
    switch (name) {
      case "reshape", "permute", "expand", "slice", "pad", "concat", "copy", "gather":
        return TraceProbes.moved(recording.inputs(op, in, out), op, in, out);
      case "cumSum",
      "scatterAdd",
      "avgPool2d",
      "avgPool2d grad",
      "conv2d",
      "conv2d gradInput",
      "conv2d gradWeight":
        return TraceProbes.linear(recording.inputs(op, in, out), op, in, out);
      default:
    }
    Expr[][] x = recording.inputs(op, in, out);
    requireFinite(name, x);
    return switch (name) {
      case "cast" -> cast(x[0], in[0].dtype(), out.dtype());
      case "sum" -> reduce(in[0], out, x[0], null);
      case "prod" -> reduce(in[0], out, x[0], Expr::mul);
      case "max" -> reduce(in[0], out, x[0], (a, b) -> Calls.of(Fn.MAX, a, b));
      case "min" -> reduce(in[0], out, x[0], (a, b) -> Calls.of(Fn.MIN, a, b));
      case "matmul" -> matmul(in, out, x, false);
      case "linear" -> matmul(in, out, x, true);
      case "softmax" -> softmax(in[0].shape(), x[0], false);
      case "logSoftmax" -> softmax(in[0].shape(), x[0], true);
      default -> pointwise(op, in, out, x);
    };
  }

  /** Infinities may stand in masks, but are no numbers to calculate with. */
  private static void requireFinite(String op, Expr[][] x) {
    switch (op) {
      case "lt",
          "le",
          "gt",
          "ge",
          "eq",
          "ne",
          "max",
          "min",
          "maximum",
          "minimum",
          "where",
          "softmax",
          "logSoftmax",
          "is_inf",
          "cast" -> {}
      default -> {
        for (Expr[] elements : x) {
          for (Expr e : elements) {
            if (e instanceof Constant c && c.isInfinite()) {
              throw new IllegalArgumentException("trace: '" + op + "' uses the constant " + e);
            }
          }
        }
      }
    }
  }

  private static Expr[] unfused(Recording recording, Op op, Tensor[] in, Tensor out) {
    try (Scope s = Scope.open(out.device());
        Autograd.Mode on = Autograd.enableGrad()) {
      Tensor y = op.unfused(in);
      return y == null ? null : recording.get(op.name(), y, false);
    }
  }

  private static Expr[] pointwise(Op op, Tensor[] in, Tensor out, Expr[][] x) {
    Expr[] y = new Expr[Math.toIntExact(out.size())];
    int[][] from = new int[in.length][];
    for (int i = 0; i < in.length; i++) {
      if (!broadcasts(in[i].shape(), out.shape())) {
        throw unknown(op, in);
      }
      from[i] = broadcast(in[i].shape(), out.shape());
    }
    for (int i = 0; i < y.length; i++) {
      Expr[] arguments = new Expr[in.length];
      for (int k = 0; k < in.length; k++) {
        arguments[k] = x[k][from[k][i]];
      }
      y[i] = PointwiseRules.of(op.name(), op.constants(), arguments);
      if (y[i] == null) {
        throw unknown(op, in);
      }
    }
    return y;
  }

  static IllegalArgumentException unknown(Op op, Tensor[] in) {
    return new IllegalArgumentException(
        "trace: operation '"
            + op.name()
            + "' on "
            + Arrays.stream(in).map(Tensor::shape).toList()
            + " has no rule for expressions");
  }

  private static boolean broadcasts(Shape from, Shape to) {
    int lead = to.rank() - from.rank();
    for (int a = 0; a < from.rank(); a++) {
      if (lead < 0 || from.dim(a) != 1 && from.dim(a) != to.dim(a + lead)) {
        return false;
      }
    }
    return lead >= 0;
  }

  /** For each position of {@code to} the position of {@code from} that is repeated there. */
  static int[] broadcast(Shape from, Shape to) {
    int[] out = new int[Math.toIntExact(to.size())];
    int lead = to.rank() - from.rank();
    for (int i = 0; i < out.length; i++) {
      int rest = i;
      int step = 1;
      for (int a = to.rank() - 1; a >= lead; a--) {
        int at = rest % to.dim(a);
        rest /= to.dim(a);
        out[i] += from.dim(a - lead) == 1 ? 0 : at * step;
        step *= from.dim(a - lead);
      }
    }
    return out;
  }

  private static Expr[] cast(Expr[] x, DType from, DType to) {
    Expr[] y = x.clone();
    if (to.isFloat() && to.bytes() < 4) {
      throw new IllegalArgumentException(
          "trace: 'cast' to " + to + " rounds to few digits; trace the function in float64");
    }
    if (to == DType.BOOL && from != DType.BOOL) {
      Arrays.setAll(y, i -> Calls.of(Fn.NOT, Calls.of(Fn.EQ, x[i], Constant.ZERO)));
    } else if (from.isFloat() && !to.isFloat()) {
      Arrays.setAll(y, i -> Calls.of(Fn.TRUNC, x[i]));
    }
    return y;
  }

  /** Over the axes whose extent became 1; null adds. */
  private static Expr[] reduce(Tensor in, Tensor out, Expr[] x, BinaryOperator<Expr> join) {
    int[] to = broadcast(out.shape(), in.shape());
    int n = Math.toIntExact(out.size());
    if (join == null) {
      Sums[] sums = new Sums[n];
      Arrays.setAll(sums, i -> new Sums());
      for (int i = 0; i < x.length; i++) {
        sums[to[i]].add(x[i]);
      }
      return Arrays.stream(sums).map(Sums::build).toArray(Expr[]::new);
    }
    Expr[] y = new Expr[n];
    for (int i = 0; i < x.length; i++) {
      Expr before = y[to[i]];
      y[to[i]] = before == null ? x[i] : join.apply(before, x[i]);
    }
    // Nothing to join: the product of no factors.
    Arrays.setAll(y, i -> y[i] == null ? Constant.ONE : y[i]);
    return y;
  }

  private static Expr[] matmul(Tensor[] in, Tensor out, Expr[][] x, boolean linear) {
    Shape a = in[0].shape();
    Shape b = in[1].shape();
    Shape c = out.shape();
    int inner = a.dim(-1);
    int[] left = broadcast(a.with(-1, 1), c);
    Shape row = linear ? Shape.of(b.dim(0)) : b.with(-2, 1);
    int[] right = broadcast(row, c);
    int columns = linear ? 1 : b.dim(-1);
    Expr[] y = new Expr[left.length];
    for (int i = 0; i < y.length; i++) {
      Sums sum = new Sums();
      // A position without the inner axis becomes one with it.
      int p = left[i] * inner;
      int q = linear ? right[i] * inner : right[i] / columns * columns * inner + right[i] % columns;
      for (int k = 0; k < inner; k++) {
        sum.add(Products.of(x[0][p + k], x[1][q + k * columns]));
      }
      if (x.length == 3) {
        sum.add(x[2][right[i]]);
      }
      y[i] = sum.build();
    }
    return y;
  }

  private static Expr[] softmax(Shape s, Expr[] x, boolean log) {
    int n = s.dim(-1);
    Expr[] y = new Expr[x.length];
    for (int row = 0; row < x.length; row += n) {
      List<Expr> z = Arrays.asList(x).subList(row, row + n);
      Expr total = Expr.sum(z.stream().map(Expr::exp).toList());
      for (int i = 0; i < n; i++) {
        Expr e = z.get(i);
        y[row + i] = log ? e.sub(total.log()) : e.exp().div(total);
      }
    }
    return y;
  }
}
