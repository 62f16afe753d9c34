package org.jacana.backend.cpu;

import java.util.Map;
import org.jacana.DType;
import org.jacana.backend.BinaryKernel;
import org.jacana.backend.Layout;
import org.jacana.backend.UnaryKernel;
import org.jacana.backend.View;

/**
 * The fastest of what this room has for a function of elements: copied bytes, oneDNN, or Java's
 * vector loops. False where it is the reference's general loop.
 */
record Elementwise(Workers workers, Split split, boolean natives) {
  /** Elements below which Java's loops take no longer than a call of oneDNN. */
  private static final int LARGE = 1 << 13;

  /** The least elements for oneDNN's functions, which are much faster than Java's. */
  private static final int FUNCTION = 64;

  /** The least elements for oneDNN's casts. */
  private static final int CAST = 256;

  /** Bytes of a piece of a copy. */
  private static final long COPIED = 1 << 18;

  private static final Map<String, Arithmetic> ARITHMETIC =
      Map.of(
          "add", Arithmetic.ADD,
          "sub", Arithmetic.SUB,
          "mul", Arithmetic.MUL,
          "div", Arithmetic.DIV);

  private static boolean f32(View... views) {
    for (View v : views) {
      if (v.dtype() != DType.F32) {
        return false;
      }
    }
    return true;
  }

  private static boolean bf16(View... views) {
    for (View v : views) {
      if (v.dtype() != DType.BF16) {
        return false;
      }
    }
    return true;
  }

  /** Whether oneDNN is here and takes these as arrays of equal length, at least so long. */
  private boolean arrays(long least, View... views) {
    for (View v : views) {
      if (!v.layout().isContiguous() || v.size() < least || v.size() != views[0].size()) {
        return false;
      }
    }
    return natives;
  }

  boolean copy(View out, View x) {
    if (out.dtype() == x.dtype() && arrays(1, out, x)) {
      long to = Operands.address(out);
      long from = Operands.address(x);
      workers.ranges(
          out.size() * out.dtype().bytes(),
          COPIED,
          (low, high) -> Native.copy(to + low, from + low, high - low));
      return true;
    }
    if (out.dtype() != x.dtype()
        && Cast.supports(out.dtype())
        && Cast.supports(x.dtype())
        && arrays(CAST, out, x)) {
      return split.cast(
          out.dtype(), Operands.address(out), x.dtype(), Operands.address(x), out.size());
    }
    if (RepeatedCopy.run(workers, out, x) || TransposedCopy.run(workers, out, x)) {
      return true;
    }
    if (f32(out, x)) {
      FloatPointwise.copy(workers, out, x);
      return true;
    }
    return false;
  }

  boolean unary(UnaryKernel f, double p, double q, View out, View x) {
    if (!f32(out, x)) {
      if (f.kernel().equals("relu") && bf16(out, x) && arrays(1, out, x)) {
        relu(Operands.address(out), Operands.address(x), out.size());
        return true;
      }
      return false;
    }
    if (f.kernel().equals("relu")
        && arrays(LARGE, out, x)
        && split.keepNan(KeepNan.RELU, Operands.address(out), Operands.address(x), out.size())) {
      return true;
    }
    return FloatPointwise.unary(workers, f.kernel(), p, q, out, x)
        || (arrays(FUNCTION, out, x) && NativeUnary.run(split, f, p, q, out, x));
  }

  boolean binary(BinaryKernel f, View out, View a, View b) {
    if (!f32(out, a, b)) {
      return FloatCompare.run(workers, f.kernel(), out, a, b)
          || bf16(out, a, b) && arrays(1, out, a, b) && half(f, out, a, b);
    }
    Arithmetic fast = ARITHMETIC.get(f.kernel());
    if (fast != null
        && arrays(LARGE, out, a, b)
        && split.arithmetic(
            fast,
            DType.F32,
            Operands.address(out),
            Operands.address(a),
            Operands.address(b),
            out.size())) {
      return true;
    }
    if (fast != null && arrays(LARGE, out, a)) {
      int columns = row(b);
      if (columns > 1
          && split.rowwise(
              fast,
              DType.F32,
              Operands.address(out),
              Operands.address(a),
              Operands.address(b),
              out.size() / columns,
              columns)) {
        return true;
      }
    }
    return FloatPointwise.binary(workers, f.kernel(), out, a, b);
  }

  private void relu(long y, long x, long n) {
    if (n < LARGE || !Bf16.available() || !split.relu(DType.BF16, y, x, n)) {
      Bf16.relu(workers, y, x, n);
    }
  }

  private boolean half(BinaryKernel f, View out, View a, View b) {
    if (f.kernel().equals("relu_grad")) {
      Bf16.reluGrad(
          workers, Operands.address(out), Operands.address(a), Operands.address(b), out.size());
      return true;
    }
    Arithmetic fast = ARITHMETIC.get(f.kernel());
    return fast != null
        && Bf16.available()
        && out.size() >= CAST
        && split.arithmetic(
            fast,
            DType.BF16,
            Operands.address(out),
            Operands.address(a),
            Operands.address(b),
            out.size());
  }

  /** The length of the one row that an expanded view repeats; 0 where it is no such view. */
  private static int row(View v) {
    Layout l = v.layout();
    int last = l.rank() - 1;
    if (last < 0 || l.stride(last) != 1) {
      return 0;
    }
    for (int i = 0; i < last; i++) {
      if (l.stride(i) != 0 && l.dim(i) != 1) {
        return 0;
      }
    }
    return l.dim(last);
  }
}
