package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ShortBuffer;
import java.util.Random;
import org.jacana.DType;
import org.jacana.backend.reference.Half;
import org.junit.jupiter.api.Test;

class Bf16Test {
  private static final Workers WORKERS = new Workers(2);
  private static final Split SPLIT = new Split(WORKERS);

  private static short[] all() {
    short[] x = new short[1 << 16];
    for (int i = 0; i < x.length; i++) {
      x[i] = (short) i;
    }
    return x;
  }

  private static long put(Memory memory, short[] x) {
    long a = memory.bytes(2 * x.length);
    Native.view(a, 2L * x.length).asShortBuffer().put(x);
    return a;
  }

  private static short[] read(long address, int n) {
    short[] x = new short[n];
    ShortBuffer b = Native.view(address, 2L * n).asShortBuffer();
    b.get(x);
    return x;
  }

  private static void assertSame(float want, short got, String what) {
    assertEquals(0, Float.compare(want, Half.fromBf16(got)), what);
  }

  @Test
  void reluOfEveryNumber() {
    try (Memory memory = new Memory(1)) {
      short[] x = all();
      long in = put(memory, x);
      long y = memory.bytes(2 * x.length);
      long z = memory.bytes(2 * x.length);
      Bf16.relu(WORKERS, y, in, x.length);
      boolean natively = Bf16.available();
      assertTrue(!natively || SPLIT.relu(DType.BF16, z, in, x.length));
      short[] got = read(y, x.length);
      short[] other = read(natively ? z : y, x.length);
      for (int i = 0; i < x.length; i++) {
        float v = Half.fromBf16(x[i]);
        float want = v > 0 || v != v ? v : 0;
        assertSame(want, got[i], "relu of " + v);
        // The processor's conversion takes subnormal numbers for 0.
        boolean subnormal = natively && Math.abs(v) < Float.MIN_NORMAL;
        float far = Half.fromBf16(other[i]);
        assertTrue(far == (subnormal ? 0 : want) || v != v && far != far, "relu of " + v);
      }
    }
  }

  @Test
  void reluGradientOfEveryNumberAndOddCountsAndPlaces() {
    Random random = new Random(3);
    for (int n : new int[] {1, 2, 3, 2047, 2048, 2049, 4097, 1 << 16, 300_001}) {
      for (int shift : new int[] {0, 1}) {
        try (Memory memory = new Memory(n)) {
          short[] y = new short[n];
          short[] dy = new short[n];
          for (int i = 0; i < n; i++) {
            y[i] = (short) (n == 1 << 16 ? i : random.nextInt());
            dy[i] = Half.toBf16((float) random.nextGaussian());
          }
          long dx = memory.bytes(2 * n + 2);
          long from = memory.bytes(2 * n + 2) + 2 * shift;
          Native.view(from, 2L * n).asShortBuffer().put(dy);
          Bf16.reluGrad(WORKERS, dx + 2 * shift, from, put(memory, y), n);
          short[] got = read(dx + 2 * shift, n);
          for (int i = 0; i < n; i++) {
            float v = Half.fromBf16(y[i]);
            assertSame(v <= 0 ? 0 : Half.fromBf16(dy[i]), got[i], n + " elements, y = " + v);
          }
        }
      }
    }
  }

  @Test
  void largeNumbersAreSeenWhereverTheyAre() {
    for (int n : new int[] {1, 2, 7, 4096, 200_003}) {
      for (int at : new int[] {0, n / 2, n - 1}) {
        for (float v :
            new float[] {
              Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0x1p127f, -0x1p127f
            }) {
          try (Memory memory = new Memory(1)) {
            short[] x = new short[n];
            java.util.Arrays.fill(x, Half.toBf16(-0x1.FEp126f));
            assertTrue(Bf16.moderate(put(memory, x), n));
            x[at] = Half.toBf16(v);
            assertFalse(Bf16.moderate(put(memory, x), n), v + " at " + at + " of " + n);
          }
        }
      }
    }
  }

  @Test
  void arithmeticRoundsTheExactResultOnce() {
    if (!Bf16.available()) {
      return; // oneDNN would convert: CpuBackend never asks for it then
    }
    int n = 40_000;
    for (Arithmetic f : new Arithmetic[] {Arithmetic.ADD, Arithmetic.SUB, Arithmetic.MUL}) {
      try (Memory memory = new Memory(2)) {
        short[] a = new short[n];
        short[] b = new short[n];
        float[] u = memory.random(n);
        float[] v = memory.random(n);
        for (int i = 0; i < n; i++) {
          a[i] = Half.toBf16(u[i]);
          b[i] = Half.toBf16(v[i]);
        }
        long y = memory.bytes(2 * n);
        assertTrue(SPLIT.arithmetic(f, DType.BF16, y, put(memory, a), put(memory, b), n));
        short[] got = read(y, n);
        for (int i = 0; i < n; i++) {
          float p = Half.fromBf16(a[i]);
          float q = Half.fromBf16(b[i]);
          float want =
              switch (f) {
                case ADD -> p + q;
                case SUB -> p - q;
                default -> p * q;
              };
          assertEquals(Half.fromBf16(Half.toBf16(want)), Half.fromBf16(got[i]), f + " at " + i);
        }
      }
    }
  }
}
