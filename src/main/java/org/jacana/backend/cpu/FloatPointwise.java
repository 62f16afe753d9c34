package org.jacana.backend.cpu;

import static org.jacana.backend.reference.Cursor.TILE;

import java.util.Arrays;
import java.util.Map;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/** Pointwise kernels on F32 as loops over arrays that the JIT turns into vector instructions. */
final class FloatPointwise {
  /** Below this many elements the calling thread is faster alone. */
  private static final long GRAIN = 32 * TILE;

  private FloatPointwise() {}

  /** Changes the first n elements of t. */
  interface One {
    void run(float[] t, int n, float p, float q);
  }

  /** Puts f(a, b) into the first n elements of a. */
  interface Two {
    void run(float[] a, float[] b, int n);
  }

  private static final Map<String, One> UNARY =
      Map.of(
          "neg", FloatPointwise::neg,
          "abs", FloatPointwise::abs,
          "square", FloatPointwise::square,
          "relu", FloatPointwise::relu,
          "add_scalar", FloatPointwise::addScalar,
          "mul_scalar", FloatPointwise::mulScalar,
          "sqrt", FloatPointwise::sqrt,
          "rsqrt", FloatPointwise::rsqrt,
          "reciprocal", FloatPointwise::reciprocal,
          "leaky_relu", FloatPointwise::leakyRelu);

  private static final Map<String, Two> BINARY =
      Map.of(
          "add", FloatPointwise::add,
          "sub", FloatPointwise::sub,
          "mul", FloatPointwise::mul,
          "div", FloatPointwise::div,
          "maximum", FloatPointwise::maximum,
          "minimum", FloatPointwise::minimum,
          "relu_grad", FloatPointwise::reluGrad);

  static boolean unary(Loops loops, String kernel, double p, double q, View out, View x) {
    One f = UNARY.get(kernel);
    if (f == null) {
      return false;
    }
    loops.ranges(
        out.size(),
        GRAIN,
        (from, to) -> {
          Cursor o = new Cursor(out);
          Cursor a = new Cursor(x);
          float[] t = Tiles.floats((int) Math.min(TILE, to - from));
          for (long i = from; i < to; i += TILE) {
            int n = (int) Math.min(TILE, to - i);
            a.get(i, n, t);
            f.run(t, n, (float) p, (float) q);
            o.put(i, n, t);
          }
        });
    return true;
  }

  static boolean binary(Loops loops, String kernel, View out, View x, View y) {
    Two f = BINARY.get(kernel);
    if (f == null) {
      return false;
    }
    if (kernel.equals("relu_grad")
        && out.layout().isContiguous()
        && x.layout().isContiguous()
        && y.layout().isContiguous()) {
      reluGradBits(loops, out, x, y);
      return true;
    }
    loops.ranges(
        out.size(),
        GRAIN,
        (from, to) -> {
          Cursor o = new Cursor(out);
          Cursor a = new Cursor(x);
          Cursor b = new Cursor(y);
          float[] s = Tiles.floats((int) Math.min(TILE, to - from));
          float[] t = Tiles.floats(s.length);
          for (long i = from; i < to; i += TILE) {
            int n = (int) Math.min(TILE, to - i);
            a.get(i, n, s);
            b.get(i, n, t);
            f.run(s, t, n);
            o.put(i, n, s);
          }
        });
    return true;
  }

  private static void reluGradBits(Loops loops, View out, View x, View y) {
    loops.ranges(
        out.size(),
        GRAIN,
        (from, to) -> {
          int tile = (int) Math.min(TILE, to - from);
          int[] s = Tiles.ints(tile);
          int[] t = Tiles.ints(tile);
          for (long i = from; i < to; i += tile) {
            PositiveMask.run(out, x, y, i, (int) Math.min(tile, to - i), s, t);
          }
        });
  }

  static void copy(Loops loops, View out, View x) {
    loops.ranges(
        out.size(),
        GRAIN,
        (from, to) -> {
          Cursor o = new Cursor(out);
          Cursor a = new Cursor(x);
          float[] t = Tiles.floats((int) Math.min(TILE, to - from));
          for (long i = from; i < to; i += TILE) {
            int n = (int) Math.min(TILE, to - i);
            a.get(i, n, t);
            o.put(i, n, t);
          }
        });
  }

  static void fill(Loops loops, View out, float value) {
    loops.ranges(
        out.size(),
        GRAIN,
        (from, to) -> {
          Cursor o = new Cursor(out);
          float[] t = Tiles.floats((int) Math.min(TILE, to - from));
          Arrays.fill(t, value);
          for (long i = from; i < to; i += TILE) {
            o.put(i, (int) Math.min(TILE, to - i), t);
          }
        });
  }

  private static void neg(float[] t, int n, float p, float q) {
    for (int i = 0; i < n; i++) {
      t[i] = -t[i];
    }
  }

  private static void abs(float[] t, int n, float p, float q) {
    for (int i = 0; i < n; i++) {
      t[i] = Math.abs(t[i]);
    }
  }

  private static void square(float[] t, int n, float p, float q) {
    for (int i = 0; i < n; i++) {
      t[i] = t[i] * t[i];
    }
  }

  private static void relu(float[] t, int n, float p, float q) {
    for (int i = 0; i < n; i++) {
      t[i] = Math.max(t[i], 0f);
    }
  }

  private static void leakyRelu(float[] t, int n, float p, float q) {
    for (int i = 0; i < n; i++) {
      t[i] = Math.max(t[i], 0f) + p * Math.min(t[i], 0f);
    }
  }

  private static void addScalar(float[] t, int n, float p, float q) {
    for (int i = 0; i < n; i++) {
      t[i] += p;
    }
  }

  private static void mulScalar(float[] t, int n, float p, float q) {
    for (int i = 0; i < n; i++) {
      t[i] *= p;
    }
  }

  private static void sqrt(float[] t, int n, float p, float q) {
    for (int i = 0; i < n; i++) {
      t[i] = (float) Math.sqrt(t[i]);
    }
  }

  private static void rsqrt(float[] t, int n, float p, float q) {
    for (int i = 0; i < n; i++) {
      t[i] = (float) (1 / Math.sqrt(t[i]));
    }
  }

  private static void reciprocal(float[] t, int n, float p, float q) {
    for (int i = 0; i < n; i++) {
      t[i] = 1 / t[i];
    }
  }

  private static void add(float[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] += b[i];
    }
  }

  private static void sub(float[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] -= b[i];
    }
  }

  private static void mul(float[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] *= b[i];
    }
  }

  private static void div(float[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] /= b[i];
    }
  }

  private static void maximum(float[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] = Math.max(a[i], b[i]);
    }
  }

  private static void minimum(float[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] = Math.min(a[i], b[i]);
    }
  }

  private static void reluGrad(float[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] = b[i] <= 0 ? 0 : a[i];
    }
  }
}
