package org.jacana.backend.cpu;

import static org.jacana.backend.reference.Cursor.TILE;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.Map;
import org.jacana.DType;
import org.jacana.backend.Layout;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.HostBuffer;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/**
 * Comparisons of F32 on the floats' bits, as integers in the same order: a choice between floats is
 * a branch that a processor guesses wrong half of the time, and no vector instruction. Where one is
 * NaN, all but "not equal" are false; -0 equals 0.
 */
final class FloatCompare {
  /** Below this many elements the calling thread is faster alone. */
  private static final long GRAIN = 16 * TILE;

  private static final int MAGNITUDE = 0x7fffffff;
  private static final int INFINITY = 0x7f800000;

  private FloatCompare() {}

  /** Puts 1 or 0 for a[i] and b[i] into a; nan[i] is 1 where one of them is NaN. */
  private interface Predicate {
    void run(int[] a, int[] b, int[] nan, int n);
  }

  private static final Map<String, Predicate> PREDICATES =
      Map.of(
          "eq", FloatCompare::equal,
          "ne", FloatCompare::different,
          "lt", FloatCompare::less,
          "le", FloatCompare::atMost,
          "gt", FloatCompare::greater,
          "ge", FloatCompare::atLeast);

  /** False where this is no comparison of F32, or the result is not dense. */
  static boolean run(Loops loops, String kernel, View out, View x, View y) {
    Predicate f = PREDICATES.get(kernel);
    if (f == null
        || out.dtype() != DType.BOOL
        || x.dtype() != DType.F32
        || y.dtype() != DType.F32
        || !out.layout().isContiguous()) {
      return false;
    }
    ByteBuffer to = ((HostBuffer) out.buffer()).bytesView();
    int start = (int) out.layout().offset();
    loops.ranges(
        out.size(),
        GRAIN,
        (from, end) -> {
          int tile = (int) Math.min(TILE, end - from);
          Bits a = new Bits(x, tile);
          Bits b = new Bits(y, tile);
          int[] s = Tiles.ints(tile);
          int[] t = Tiles.ints(tile);
          int[] nan = Tiles.ints(tile);
          byte[] result = new byte[tile];
          for (long i = from; i < end; i += tile) {
            int n = (int) Math.min(tile, end - i);
            a.get(i, n, s);
            b.get(i, n, t);
            order(s, t, nan, n);
            f.run(s, t, nan, n);
            narrow(s, result, n);
            to.put((int) (start + i), result, 0, n);
          }
        });
    return true;
  }

  /** Reads the bits of a view's elements. */
  private static final class Bits {
    private final Cursor cursor;
    private final float[] floats;
    private final IntBuffer dense;
    private final int offset;
    private final boolean same;

    Bits(View v, int tile) {
      boolean direct = v.layout().isContiguous();
      dense = direct ? ((HostBuffer) v.buffer()).ints() : null;
      offset = (int) v.layout().offset();
      cursor = new Cursor(v);
      floats = direct ? null : Tiles.floats(tile);
      same = !direct && repeated(v.layout());
      if (same) {
        cursor.get(0, 1, floats);
      }
    }

    private static boolean repeated(Layout l) {
      for (int i = 0; i < l.rank(); i++) {
        if (l.dim(i) != 1 && l.stride(i) != 0) {
          return false;
        }
      }
      return true;
    }

    void get(long at, int n, int[] to) {
      if (dense != null) {
        dense.get((int) (offset + at), to, 0, n);
      } else if (same) {
        Arrays.fill(to, 0, n, Float.floatToRawIntBits(floats[0]));
      } else {
        cursor.get(at, n, floats);
        for (int i = 0; i < n; i++) {
          to[i] = Float.floatToRawIntBits(floats[i]);
        }
      }
    }
  }

  /** Turns bits into integers in the order of the floats, both zeros into 0. */
  private static void order(int[] a, int[] b, int[] nan, int n) {
    for (int i = 0; i < n; i++) {
      int x = a[i];
      int y = b[i];
      nan[i] = (INFINITY - (x & MAGNITUDE) | INFINITY - (y & MAGNITUDE)) >>> 31;
      a[i] = (x ^ (x >> 31 & MAGNITUDE)) - (x >> 31);
      b[i] = (y ^ (y >> 31 & MAGNITUDE)) - (y >> 31);
    }
  }

  // Of integers, a < b is the sign of a - b where both have the same, else that of a.

  private static void less(int[] a, int[] b, int[] nan, int n) {
    for (int i = 0; i < n; i++) {
      int x = a[i];
      int y = b[i];
      a[i] = (x & ~y | ~(x ^ y) & x - y) >>> 31 & ~nan[i];
    }
  }

  private static void greater(int[] a, int[] b, int[] nan, int n) {
    for (int i = 0; i < n; i++) {
      int x = a[i];
      int y = b[i];
      a[i] = (y & ~x | ~(x ^ y) & y - x) >>> 31 & ~nan[i];
    }
  }

  private static void atMost(int[] a, int[] b, int[] nan, int n) {
    for (int i = 0; i < n; i++) {
      int x = a[i];
      int y = b[i];
      a[i] = ~(y & ~x | ~(x ^ y) & y - x) >>> 31 & ~nan[i];
    }
  }

  private static void atLeast(int[] a, int[] b, int[] nan, int n) {
    for (int i = 0; i < n; i++) {
      int x = a[i];
      int y = b[i];
      a[i] = ~(x & ~y | ~(x ^ y) & x - y) >>> 31 & ~nan[i];
    }
  }

  private static void equal(int[] a, int[] b, int[] nan, int n) {
    for (int i = 0; i < n; i++) {
      int z = a[i] ^ b[i];
      a[i] = ~(z | -z) >>> 31 & ~nan[i];
    }
  }

  private static void different(int[] a, int[] b, int[] nan, int n) {
    for (int i = 0; i < n; i++) {
      int z = a[i] ^ b[i];
      a[i] = (z | -z) >>> 31 | nan[i];
    }
  }

  private static void narrow(int[] from, byte[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = (byte) from[i];
    }
  }
}
