package org.jacana.calculus;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.Watch;
import org.jacana.backend.Buffer;
import org.jacana.backend.Layout;
import org.jacana.op.Op;

/**
 * Expressions in the places of numbers while a function runs: for each piece of memory that depends
 * on variables one expression for each element. Views of the memory need no rules of their own. The
 * memory is held until this closes, so that none is mistaken for another.
 */
final class Recording implements Watch.Observer, AutoCloseable {
  static final int MOST = 100_000;

  /** Expressions, or why there are none: an error only if the function's value needs them. */
  private record Shadow(Expr[] elements, RuntimeException refusal, int version) {}

  private final Map<Buffer, Shadow> shadows = new IdentityHashMap<>();

  /** Sets the expressions of a tensor that fills its memory, row-major. */
  void put(Tensor t, Expr[] elements) {
    put(t, elements, null);
  }

  private void put(Tensor t, Expr[] elements, RuntimeException refusal) {
    Buffer b = t.view().buffer();
    if (!t.view().layout().isContiguous() || t.view().layout().offset() != 0) {
      throw new IllegalStateException("trace: a fresh result is not contiguous");
    }
    if (shadows.put(b, new Shadow(elements, refusal, b.version())) == null) {
      b.retain();
    }
  }

  private Shadow shadow(String op, Tensor t) {
    Shadow s = shadows.get(t.view().buffer());
    if (s != null && s.version != t.version()) {
      throw new IllegalArgumentException(
          "trace: input of '" + op + "' " + t.shape() + " was changed in place");
    }
    return s;
  }

  /**
   * The expressions of an operation's inputs. What is not tracked, but goes into a recorded
   * operation together with what is, was detached.
   */
  Expr[][] inputs(Op op, Tensor[] in, Tensor out) {
    boolean recorded =
        Autograd.recording()
            && out.dtype().isFloat()
            && Arrays.stream(in).anyMatch(t -> t.node() != null);
    Expr[][] x = new Expr[in.length][];
    Arrays.setAll(x, i -> get(op.name(), in[i], recorded));
    return x;
  }

  /**
   * The expressions of a tensor's elements, row-major; numbers where nothing is known.
   *
   * @param recorded whether derivatives flow through what uses them
   */
  Expr[] get(String op, Tensor t, boolean recorded) {
    requireSmall(op, t);
    Shadow s = shadow(op, t);
    Expr[] out = new Expr[Math.toIntExact(t.size())];
    if (s == null) {
      double[] values = t.doubles();
      for (int i = 0; i < out.length; i++) {
        out[i] = number(op, values[i]);
      }
      return out;
    }
    if (s.refusal != null) {
      throw s.refusal;
    }
    boolean detached = recorded && t.node() == null && t.dtype().isFloat();
    Layout l = t.view().layout();
    int[] at = new int[l.rank()];
    for (int i = 0; i < out.length; i++) {
      long offset = l.offset();
      for (int a = 0; a < at.length; a++) {
        offset += at[a] * l.stride(a);
      }
      Expr e = s.elements[(int) offset];
      out[i] = detached ? Calls.of(Fn.DETACH, e) : e;
      for (int a = at.length - 1; a >= 0 && ++at[a] == l.dim(a); a--) {
        at[a] = 0;
      }
    }
    return out;
  }

  /** Small fractions are recognised by their double, as 1.0 / 3 is that of 1/3 alone. */
  static Expr number(String op, double v) {
    if (v != v) {
      throw new IllegalArgumentException("trace: '" + op + "' uses the constant NaN");
    }
    if (Double.isInfinite(v)) {
      return Constant.infinite(v);
    }
    Rational r = Rational.near(v, 10_000);
    return r == null ? Expr.of(v) : Constant.num(r);
  }

  private static void requireSmall(String op, Tensor t) {
    if (t.size() > MOST) {
      throw new IllegalArgumentException(
          "trace: '"
              + op
              + "' has "
              + t.shape()
              + " elements; expressions are for at most "
              + MOST
              + ", use smaller arguments");
    }
  }

  @Override
  public void applied(Op op, Tensor[] in, Tensor out) {
    boolean known = false;
    for (Tensor t : in) {
      known |= shadow(op.name(), t) != null;
      if (t.view().buffer() == out.view().buffer()) {
        return;
      }
    }
    if (!known) {
      return;
    }
    try {
      requireSmall(op.name(), out);
      put(out, TraceRules.apply(this, op, in, out));
    } catch (IllegalArgumentException refusal) {
      put(out, null, refusal);
    } catch (ArithmeticException e) {
      String what = "trace: '" + op.name() + "': " + e.getMessage();
      put(out, null, new IllegalArgumentException(what, e));
    }
  }

  @Override
  public void read(String method, Tensor t) {
    if (shadows.containsKey(t.view().buffer())) {
      throw new IllegalArgumentException(
          "trace: the function reads numbers or positions out with "
              + method
              + "(), which are others for other values, so no one expression is equal to it");
    }
  }

  @Override
  public void close() {
    shadows.keySet().forEach(Buffer::release);
    shadows.clear();
  }
}
