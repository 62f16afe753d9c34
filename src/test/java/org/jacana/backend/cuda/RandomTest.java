package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.Distribution;
import org.junit.jupiter.api.Test;

/** The GPU draws the numbers of the other backends. */
class RandomTest {
  private static final long SEED = 0x9E3779B97F4A7C15L;

  private static double tolerance(Distribution d, DType t) {
    return d == Distribution.UNIFORM ? 0 : Twins.tolerance(t, 1e-6);
  }

  @Test
  void everySizeAndOffsetOfAStream() {
    for (DType t : DType.values()) {
      for (Distribution d : Distribution.values()) {
        for (int n : new int[] {0, 1, 3, 4, 5, 13}) {
          for (long offset : new long[] {0, 1, 2, 3, 4, (1L << 40) + 3}) {
            try (Twins w = new Twins(1)) {
              Twins.Twin x = w.dense(t, Shape.of(n));
              w.run((b, v) -> b.random(d, v[0], SEED, offset));
              w.same(d + " " + n + " " + t + " from " + offset, x, tolerance(d, t));
            }
          }
        }
      }
    }
  }

  @Test
  void anyLayout() {
    for (DType t : DType.values()) {
      for (Distribution d : Distribution.values()) {
        try (Twins w = new Twins(2)) {
          Twins.Twin turned = w.view(t, Shape.of(5, 7), l -> l.permute(1, 0));
          Twins.Twin back = w.view(t, Shape.of(6, 9), l -> l.slice(1, 8, 4, -2));
          Twins.Twin inside = w.view(t, Shape.of(41), l -> l.slice(0, 3, 30, 1));
          w.run(
              (b, v) -> {
                b.random(d, v[0], SEED, 6);
                b.random(d, v[1], SEED, 3);
                b.random(d, v[2], SEED, 8);
              });
          w.same(d + " transposed " + t, turned, tolerance(d, t));
          w.same(d + " reversed " + t, back, tolerance(d, t));
          w.same(d + " inside " + t, inside, tolerance(d, t));
        }
      }
    }
  }

  @Test
  void moreThanOneGridOfThreads() {
    for (DType t : new DType[] {DType.F32, DType.BF16, DType.F64}) {
      for (Distribution d : Distribution.values()) {
        try (Twins w = new Twins(3)) {
          Twins.Twin x = w.dense(t, Shape.of(1_000_001));
          w.run((b, v) -> b.random(d, v[0], SEED, 8));
          w.same(d + " " + t, x, tolerance(d, t));
        }
      }
    }
  }

  /** The published test vectors of Philox 4x32-10 with zero counter and key. */
  @Test
  void theWordsAreThePublishedOnes() {
    try (Twins w = new Twins(4)) {
      Twins.Twin x = w.dense(DType.F32, Shape.of(4));
      w.cuda.random(Distribution.UNIFORM, x.cuda(), 0, 0);
      long[] words = {0x6627e8d5L, 0xe169c58dL, 0xbc57ac4cL, 0x9b00dbd8L};
      assertEquals(
          Arrays.stream(words).mapToObj(v -> (v >>> 8) * 0x1p-24).toList(),
          Arrays.stream(w.got(x)).boxed().toList());
    }
  }

  @Test
  void normalNumbersAreNormal() {
    for (DType t : new DType[] {DType.F32, DType.F64}) {
      try (Twins w = new Twins(5)) {
        int n = 200_000;
        Twins.Twin x = w.dense(t, Shape.of(n));
        w.cuda.random(Distribution.NORMAL, x.cuda(), 42, 0);
        double[] v = w.got(x);
        double mean = Arrays.stream(v).sum() / n;
        double square = Arrays.stream(v).map(a -> a * a).sum() / n;
        double fourth = Arrays.stream(v).map(a -> a * a * a * a).sum() / n;
        // Five standard deviations of each estimate.
        assertEquals(0, mean, 5 / Math.sqrt(n));
        assertEquals(1, square, 5 * Math.sqrt(2.0 / n));
        assertEquals(3, fourth, 5 * Math.sqrt(96.0 / n));
      }
    }
  }

  @Test
  void theStateMayLieOnTheDevice() {
    for (DType t : DType.values()) {
      for (Distribution d : Distribution.values()) {
        for (long offset : new long[] {0, 3, (1L << 35) + 2}) {
          try (Twins w = new Twins(6)) {
            Twins.Twin plain = w.dense(t, Shape.of(37));
            Twins.Twin other = w.dense(t, Shape.of(37));
            Twins.Twin turned = w.view(t, Shape.of(4, 5), l -> l.permute(1, 0));
            Twins.Twin same = w.view(t, Shape.of(4, 5), l -> l.permute(1, 0));
            int[] words = {(int) SEED, (int) (SEED >>> 32), (int) offset, (int) (offset >>> 32)};
            Twins.Twin state =
                w.view(
                    DType.I32,
                    Shape.of(5),
                    l -> l.slice(0, 1, 4, 1),
                    0,
                    words[0],
                    words[1],
                    words[2],
                    words[3]);
            w.cuda.random(d, plain.cuda(), SEED, offset + 5);
            w.cuda.random(d, turned.cuda(), SEED, offset + 6);
            assertTrue(w.cuda.random(d, other.cuda(), state.cuda(), 5));
            assertTrue(w.cuda.random(d, same.cuda(), state.cuda(), 6));
            String what = d + " " + t + " from " + offset;
            assertEquals(Arrays.toString(w.got(plain)), Arrays.toString(w.got(other)), what);
            assertEquals(Arrays.toString(w.got(turned)), Arrays.toString(w.got(same)), what);
          }
        }
      }
    }
  }

  @Test
  void aStateOfAnotherFormIsRefused() {
    try (Twins w = new Twins(7)) {
      Twins.Twin x = w.dense(DType.F32, Shape.of(3));
      for (Twins.Twin state :
          List.of(
              w.dense(DType.I32, Shape.of(3)),
              w.dense(DType.F32, Shape.of(4)),
              w.view(DType.I32, Shape.of(8), l -> l.slice(0, 0, 4, 2)))) {
        Throwable e =
            assertThrows(
                IllegalArgumentException.class,
                () -> w.cuda.random(Distribution.UNIFORM, x.cuda(), state.cuda(), 0));
        assertTrue(e.getMessage().startsWith("random: the state must be I32 [4]"), e.toString());
      }
    }
  }
}
