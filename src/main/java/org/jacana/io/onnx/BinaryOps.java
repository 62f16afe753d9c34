package org.jacana.io.onnx;

import java.util.Arrays;
import java.util.function.BinaryOperator;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.data.FormatException;

/** Operators that work element by element on two tensors or more, which broadcast. */
final class BinaryOps {
  private BinaryOps() {}

  private interface OnLongs {
    long apply(long a, long b);
  }

  static void register() {
    arithmetic("Add", Tensor::add, Math::addExact);
    arithmetic("Sub", Tensor::sub, Math::subtractExact);
    arithmetic("Mul", Tensor::mul, Math::multiplyExact);
    arithmetic("Div", BinaryOps::divide, (a, b) -> a / b);
    Operators.add("Pow", BinaryOps::pow);
    Operators.add("PRelu", BinaryOps::prelu);
    Operators.add("Equal", n -> pair(n, Tensor::eq));
    Operators.add("Greater", n -> pair(n, Tensor::gt));
    Operators.add("GreaterOrEqual", n -> pair(n, Tensor::ge));
    Operators.add("Less", n -> pair(n, Tensor::lt));
    Operators.add("LessOrEqual", n -> pair(n, Tensor::le));
    Operators.add("And", n -> pair(n, Tensor::logicalAnd));
    Operators.add("Or", n -> pair(n, Tensor::logicalOr));
    Operators.add("Xor", n -> pair(n, Tensor::logicalXor));
    Operators.add("Max", n -> fold(n, Tensor::maximum, false));
    Operators.add("Min", n -> fold(n, Tensor::minimum, false));
    Operators.add("Sum", n -> fold(n, Tensor::add, false));
    Operators.add("Mean", n -> fold(n, Tensor::add, true));
    Operators.add("Mod", BinaryOps::mod);
    Operators.add("Where", BinaryOps::where);
  }

  private static void arithmetic(String type, BinaryOperator<Tensor> f, OnLongs g) {
    Operators.add(
        type,
        n -> {
          Kernel tensors = pair(n, f);
          return in -> {
            Whole w = wholes(in[0], in[1], g);
            return w == null ? tensors.run(in) : Operators.one(Value.of(w));
          };
        });
  }

  /** The result on the host; null unless both are there and of one shape, or one is a scalar. */
  private static Whole wholes(Value a, Value b, OnLongs g) {
    if (!a.isWhole() || !b.isWhole()) {
      return null;
    }
    long[] x = a.whole().values();
    long[] y = b.whole().values();
    boolean same = a.shape().equals(b.shape());
    if (!same && b.rank() != 0 && a.rank() != 0) {
      return null;
    }
    boolean left = same || b.rank() == 0;
    long[] out = new long[left ? x.length : y.length];
    Arrays.setAll(out, i -> g.apply(same || left ? x[i] : x[0], same || !left ? y[i] : y[0]));
    return new Whole(out, left ? a.shape() : b.shape());
  }

  private static Tensor divide(Tensor a, Tensor b) {
    if (a.dtype().isFloat() || b.dtype().isFloat()) {
      return a.div(b);
    }
    // Integers are divided towards 0; 64 bits hold every quotient exactly enough.
    return a.to(DType.F64).div(b.to(DType.F64)).trunc().to(a.dtype());
  }

  /** The kernel of two inputs. */
  private static Kernel pair(NodeContext n, BinaryOperator<Tensor> f) throws FormatException {
    n.inputs(2, 2).outputs(1);
    Backend backend = n.backend();
    int axis = n.opset() < 7 ? n.integer("axis", Integer.MAX_VALUE) : Integer.MAX_VALUE;
    return in -> {
      Value a = in[0].onDevice(backend);
      Value b = in[1].onDevice(backend);
      return Operators.one(apply(a, axis == Integer.MAX_VALUE ? b : from(axis, b, a.rank()), f));
    };
  }

  /** The second of two operands, whose axes are those of the first from {@code axis} on. */
  private static Value from(int axis, Value b, int rank) {
    int start = axis < 0 ? axis + rank : axis;
    int[] d = b.shape().dims();
    if (start < 0 || start + d.length > rank) {
      throw new IllegalArgumentException(
          "axis " + axis + " does not fit " + b.shape() + " into " + rank + " axes");
    }
    int[] wide = Arrays.copyOf(d, rank - start);
    Arrays.fill(wide, d.length, wide.length, 1);
    return Value.of(b.plain().reshape(Shape.of(wide)));
  }

  /** Applies f to tensors of one layout, so that broadcasting aligns the graph's axes. */
  static Value apply(Value a, Value b, BinaryOperator<Tensor> f) {
    int rank = Math.max(a.rank(), b.rank());
    boolean lower = a.last() && a.rank() < rank || b.last() && b.rank() < rank;
    if (lower || !a.last() && !b.last()) {
      return Value.of(f.apply(a.plain(), b.plain()));
    }
    return Value.last(f.apply(wide(a, rank), wide(b, rank)));
  }

  private static Tensor wide(Value v, int rank) {
    if (v.last() || v.rank() == 0) {
      return v.tensor();
    }
    int[] d = new int[rank];
    Arrays.fill(d, 1);
    int own = v.rank();
    System.arraycopy(v.tensor().shape().dims(), 0, d, rank - own, own);
    return v.tensor().reshape(Shape.of(d)).permute(Value.toLast(rank));
  }

  private static Kernel fold(NodeContext n, BinaryOperator<Tensor> f, boolean mean)
      throws FormatException {
    n.inputs(1, Integer.MAX_VALUE).outputs(1);
    Backend backend = n.backend();
    return in -> {
      Value y = in[0].onDevice(backend);
      for (int i = 1; i < in.length; i++) {
        y = apply(y, in[i].onDevice(backend), f);
      }
      return Operators.one(mean ? y.with(y.tensor().div(in.length)) : y);
    };
  }

  /** Before set 7, a vector of slopes is for axis 1. */
  private static Kernel prelu(NodeContext n) throws FormatException {
    Kernel now = pair(n, Tensor::prelu);
    if (n.opset() >= 7) {
      return now;
    }
    return in -> {
      boolean vector = in[1].rank() == 1 && in[1].shape().size() > 1 && in[0].rank() > 1;
      return now.run(new Value[] {in[0], vector ? from(1, in[1], in[0].rank()) : in[1]});
    };
  }

  private static Kernel pow(NodeContext n) throws FormatException {
    FileTensor exponent = n.inputs(2, 2).peek(1);
    if (exponent != null && exponent.shape().rank() == 0) {
      double p = n.number(1, "exponent", 1);
      return UnaryOps.kernel(n, x -> x.pow(p));
    }
    return pair(n, (x, p) -> x.pow(p.to(x.dtype())).to(x.dtype()));
  }

  /** The remainder with the divisor's sign or, as C's fmod, with the dividend's. */
  private static Kernel mod(NodeContext n) throws FormatException {
    boolean c = n.flag("fmod", false);
    return pair(
        n,
        (a, b) -> {
          if (!c) {
            return a.remainder(b);
          }
          Tensor r = a.abs().remainder(b.abs());
          return Tensor.where(a.lt(0), r.neg(), r);
        });
  }

  private static Kernel where(NodeContext n) throws FormatException {
    n.inputs(3, 3).outputs(1);
    Backend b = n.backend();
    return in -> {
      Tensor[] t = new Tensor[3];
      Arrays.setAll(t, i -> in[i].onDevice(b).plain());
      return Operators.one(Value.of(Tensor.where(t[0], t[1], t[2])));
    };
  }
}
