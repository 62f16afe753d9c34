package org.jacana.calculus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.op.Pointwise;
import org.jacana.op.Unary;

/** Runs a program on tensors: recorded operations, on the device where the values are. */
final class TensorProgram {
  private final Tensor like;

  private TensorProgram(Tensor like) {
    this.like = like;
  }

  /** The outputs, kept for the caller; constant ones are scalars. */
  static List<Tensor> run(Program program, List<Tensor> values) {
    Tensor like = values.get(0);
    for (Tensor t : values) {
      if (!t.dtype().isFloat() || t.dtype() != like.dtype()) {
        throw new IllegalArgumentException(
            "evaluate: the values must be of one float type, got "
                + like.dtype()
                + " and "
                + t.dtype()
                + "; cast with to(...)");
      }
    }
    try (Scope s = Scope.open(like.device())) {
      return new TensorProgram(like)
          .steps(program, values).stream()
              // What is one of the values stays the caller's; a result is a handle of its own.
              .map(t -> s.keep(s.owns(t) ? t : t.reshape(t.shape())))
              .toList();
    }
  }

  private List<Tensor> steps(Program p, List<Tensor> values) {
    Tensor[] found = new Tensor[p.steps.size()];
    for (int i = 0; i < found.length; i++) {
      Expr e = p.steps.get(i);
      Tensor[] x = Arrays.stream(p.inputs[i]).mapToObj(k -> found[k]).toArray(Tensor[]::new);
      if (e instanceof Variable) {
        found[i] = values.get(p.variables[i]);
      } else if (e instanceof Constant c) {
        found[i] = number(c.value);
      } else if (e instanceof Sum s) {
        found[i] = sum(s, x);
      } else if (e instanceof Product q) {
        found[i] = product(q, x);
      } else if (e instanceof Power q) {
        found[i] = power(q.exponent, x[0], x[1]);
      } else {
        found[i] = call((Call) e, x);
      }
    }
    List<Tensor> out = new ArrayList<>();
    for (int o : p.outputs) {
      out.add(out.contains(found[o]) ? found[o].reshape(found[o].shape()) : found[o]);
    }
    return out;
  }

  private Tensor number(double v) {
    return Tensor.full(like.dtype(), v);
  }

  private static Tensor sum(Sum s, Tensor[] x) {
    Tensor sum = null;
    for (int k = 0; k < x.length; k++) {
      double c = s.coefficients[k].value;
      if (sum == null) {
        sum = c == 1 ? x[k] : x[k].mul(c);
      } else if (c == 1 || c == -1) {
        sum = c == 1 ? sum.add(x[k]) : sum.sub(x[k]);
      } else {
        sum = sum.add(x[k].mul(c));
      }
    }
    return s.constant.isZero() ? sum : sum.add(s.constant.value);
  }

  private static Tensor product(Product p, Tensor[] x) {
    Tensor y = x[0];
    for (int k = 1; k < x.length; k++) {
      y = y.mul(x[k]);
    }
    return p.coefficient.isOne() ? y : y.mul(p.coefficient.value);
  }

  private static Tensor power(Expr exponent, Tensor x, Tensor e) {
    if (!(exponent instanceof Constant c)) {
      return x.pow(e);
    }
    if (c.equals(Constant.HALF)) {
      return x.sqrt();
    }
    return c.value == -1 ? x.reciprocal() : c.value == -0.5 ? x.rsqrt() : x.pow(c.value);
  }

  private Tensor call(Call c, Tensor[] x) {
    if (c.fn.unary != null) {
      return c.fn == Fn.NOT ? x[0].eq(0).to(like.dtype()) : Pointwise.unary(c.fn.unary, x[0]);
    }
    if (c.fn.binary != null) {
      return Pointwise.binary(c.fn.binary, x[0], x[1]).to(like.dtype());
    }
    return switch (c.fn) {
      case PI -> number(Math.PI);
      case DETACH -> x[0].detach();
      case WHERE -> Tensor.where(x[0].ne(0), x[1], x[2]);
      case POLYGAMMA -> Pointwise.unary(Unary.POLYGAMMA, x[0].item(), 0, x[1]);
      default -> throw new IllegalStateException(c.fn.text() + ": has no operation on tensors");
    };
  }
}
