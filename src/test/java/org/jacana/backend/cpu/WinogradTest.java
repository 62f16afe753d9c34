package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.junit.jupiter.api.Test;

class WinogradTest {
  /** Of a tile's limits: everything at once, and chunks of a row or a few. */
  private static final long[] LIMITS = {1L << 22, 1, 100_000};

  private static List<ConvShape> shapes() {
    List<ConvShape> all = new ArrayList<>();
    for (int k : new int[] {3, 5}) {
      all.add(ConvShape.of(3, 8, 8, 16, 32, k, 1, k / 2));
      all.add(ConvShape.of(1, 14, 9, 32, 16, k, 1, k / 2));
      all.add(ConvShape.of(2, 5, 7, 17, 33, k, 1, k / 2));
      all.add(ConvShape.of(2, 7, 6, 3, 5, k, 1, 0));
      all.add(ConvShape.of(1, 6, 40, 19, 20, k, 1, k - 1));
      // A window one row high where it is not k, other columns than rows, unequal padding.
      all.add(new ConvShape(2, 9, 6, 16, 16, k, 1, 13 - k, 6, 1, 1, 2, 0, 1, 0, 1, 1, 1));
      all.add(new ConvShape(2, 6, 11, 8, 24, k, 4, 14 - k, 6, 1, 2, 0, 1, 7, 2, 1, 1, 1));
      all.add(new ConvShape(3, 1, 5, 16, 16, k, 3, 10 - k, 5, 1, 1, 5, 2, 3, 2, 1, 2, 1));
    }
    return all;
  }

  private static WinogradSplit split(ConvShape s, int threads, long limit) {
    return new WinogradSplit(new Split(new Workers(threads)), s, new Winograd(s, limit, limit));
  }

  /** Errors beside the mean size of what is added up: a tile's rows share each other's. */
  private static void close(String what, double[] want, double[] scale, float[] got) {
    double mean = 0;
    for (double v : scale) {
      mean += v / scale.length;
    }
    double most = 0;
    for (int i = 0; i < want.length; i++) {
      most = Math.max(most, Math.abs(want[i] - got[i]));
    }
    double error = most / mean;
    assertTrue(error < 2e-6, () -> what + ": off by " + error + " of the mean sum of products");
  }

  @Test
  void forwardWithBiasAndRelu() {
    for (ConvShape s : shapes()) {
      try (Memory memory = new Memory(s.toString().hashCode())) {
        float[] x = memory.random(s.n() * s.h() * s.w() * s.c());
        float[] w = memory.random(s.o() * s.kh() * s.kw() * s.c());
        float[] bias = memory.random(s.o());
        int size = s.n() * s.oh() * s.ow() * s.o();
        double[] plain = new double[size];
        double[] scale = new double[size];
        ConvTest.walk(
            s,
            (l, i, j) -> {
              double t = (double) x[i] * w[j];
              plain[l] += t;
              scale[l] += Math.abs(t);
            });
        for (int option = 0; option < 4; option++) {
          boolean withBias = (option & 1) != 0;
          boolean relu = (option & 2) != 0;
          double[] want = plain.clone();
          for (int i = 0; i < size; i++) {
            want[i] += withBias ? bias[i % s.o()] : 0;
            want[i] = relu ? Math.max(0, want[i]) : want[i];
          }
          for (long limit : LIMITS) {
            long y = memory.floats(size);
            assertTrue(
                split(s, 2, limit)
                    .conv(
                        y,
                        memory.floats(x),
                        memory.floats(w),
                        withBias ? memory.floats(bias) : 0,
                        relu),
                s::toString);
            close("conv " + s, want, scale, Memory.read(y, size));
          }
        }
      }
    }
  }

  @Test
  void gradientOfTheInput() {
    for (ConvShape s : shapes()) {
      try (Memory memory = new Memory(s.toString().hashCode())) {
        float[] dy = memory.random(s.n() * s.oh() * s.ow() * s.o());
        float[] w = memory.random(s.o() * s.kh() * s.kw() * s.c());
        int size = s.n() * s.h() * s.w() * s.c();
        double[] want = new double[size];
        double[] scale = new double[size];
        ConvTest.walk(
            s,
            (l, i, j) -> {
              double t = (double) dy[l] * w[j];
              want[i] += t;
              scale[i] += Math.abs(t);
            });
        for (long limit : LIMITS) {
          long dx = memory.floats(size);
          assertTrue(
              split(s, 2, limit).gradInput(dx, memory.floats(dy), memory.floats(w)), s::toString);
          close("gradInput " + s, want, scale, Memory.read(dx, size));
        }
      }
    }
  }

  @Test
  void gradientOfTheFilterAndBias() {
    for (ConvShape s : shapes()) {
      try (Memory memory = new Memory(s.toString().hashCode())) {
        float[] x = memory.random(s.n() * s.h() * s.w() * s.c());
        float[] dy = memory.random(s.n() * s.oh() * s.ow() * s.o());
        int size = s.o() * s.kh() * s.kw() * s.c();
        double[] want = new double[size];
        double[] scale = new double[size];
        double[] bias = new double[s.o()];
        double[] biasScale = new double[s.o()];
        ConvTest.walk(
            s,
            (l, i, j) -> {
              double t = (double) x[i] * dy[l];
              want[j] += t;
              scale[j] += Math.abs(t);
            });
        for (int i = 0; i < dy.length; i++) {
          bias[i % s.o()] += dy[i];
          biasScale[i % s.o()] += Math.abs(dy[i]);
        }
        for (long limit : LIMITS) {
          long dw = memory.floats(size);
          long db = memory.floats(s.o());
          assertTrue(
              split(s, 2, limit).gradWeight(dw, db, memory.floats(x), memory.floats(dy)),
              s::toString);
          close("gradWeight " + s, want, scale, Memory.read(dw, size));
          close("gradient of the bias " + s, bias, biasScale, Memory.read(db, s.o()));
          long alone = memory.floats(size);
          assertTrue(
              split(s, 2, limit).gradWeight(alone, 0, memory.floats(x), memory.floats(dy)),
              s::toString);
          assertArrayEquals(Memory.read(dw, size), Memory.read(alone, size), s::toString);
        }
      }
    }
  }

  @Test
  void theSameBitsOnAnyNumberOfThreads() {
    ConvShape s = ConvShape.of(9, 14, 14, 32, 48, 5, 1, 2);
    try (Memory memory = new Memory(1)) {
      int inputs = s.n() * s.h() * s.w() * s.c();
      int outputs = s.n() * s.oh() * s.ow() * s.o();
      int filters = s.o() * s.kh() * s.kw() * s.c();
      long x = memory.floats(memory.random(inputs));
      long dy = memory.floats(memory.random(outputs));
      long w = memory.floats(memory.random(filters));
      float[][] first = null;
      for (int threads : new int[] {1, 2, 5}) {
        WinogradSplit split = split(s, threads, 300_000);
        long y = memory.floats(outputs);
        long dx = memory.floats(inputs);
        long dw = memory.floats(filters);
        long db = memory.floats(s.o());
        assertTrue(split.conv(y, x, w, 0, false));
        assertTrue(split.gradInput(dx, dy, w));
        assertTrue(split.gradWeight(dw, db, x, dy));
        float[][] now = {
          Memory.read(y, outputs),
          Memory.read(dx, inputs),
          Memory.read(dw, filters),
          Memory.read(db, s.o())
        };
        first = first == null ? now : first;
        for (int i = 0; i < now.length; i++) {
          assertArrayEquals(first[i], now[i]);
        }
      }
    }
  }

  /** What a direct convolution makes of NaN and infinity is nowhere a plain number here. */
  @Test
  void nothingBecomesANumberAgain() {
    for (int k : new int[] {3, 5}) {
      ConvShape s = ConvShape.of(1, 12, 6, 16, 16, k, 1, k / 2);
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        for (int row = 0; row < s.h(); row++) {
          try (Memory memory = new Memory(row)) {
            float[] x = memory.random(s.h() * s.w() * s.c());
            x[(row * s.w() + 3) * s.c() + 1] = bad;
            int size = s.oh() * s.ow() * s.o();
            long y = memory.floats(size);
            long direct = memory.floats(size);
            long xs = memory.floats(x);
            long w = memory.floats(memory.random(s.o() * s.kh() * s.kw() * s.c()));
            assertTrue(split(s, 2, 1 << 20).conv(y, xs, w, 0, false));
            assertTrue(OneDnn.conv(direct, xs, w, 0, s));
            float[] got = Memory.read(y, size);
            float[] want = Memory.read(direct, size);
            int bads = 0;
            for (int i = 0; i < size; i++) {
              bads += Float.isFinite(want[i]) ? 0 : 1;
              assertTrue(Float.isFinite(want[i]) || !Float.isFinite(got[i]), "at " + i);
            }
            assertTrue(bads > 0);
          }
        }
      }
    }
  }

  @Test
  void onlyWhereItPays() {
    assertTrue(Winograd.pays(ConvShape.of(128, 14, 14, 32, 64, 5, 1, 2)));
    assertTrue(Winograd.pays(ConvShape.of(64, 8, 8, 64, 64, 3, 1, 1)));
    assertFalse(Winograd.pays(ConvShape.of(1, 8, 8, 64, 64, 3, 1, 1)), "little work");
    assertFalse(Winograd.pays(ConvShape.of(64, 32, 32, 16, 16, 3, 1, 1)), "few channels");
    assertFalse(Winograd.pays(ConvShape.of(64, 16, 16, 64, 64, 3, 2, 1)), "a stride");
    assertFalse(Winograd.pays(ConvShape.of(64, 16, 16, 64, 64, 7, 1, 3)), "seven rows");
    assertFalse(Winograd.pays(ConvShape.of(128, 14, 14, 32, 64, 5, 1, 2).as(DType.BF16)));
    ConvShape many = ConvShape.of(32, 7, 7, 512, 512, 3, 1, 1);
    assertTrue(Winograd.pays(many));
    assertFalse(Winograd.paysForFilters(many), "sums of 19 MB for every piece");
    assertTrue(Winograd.paysForFilters(ConvShape.of(32, 14, 14, 256, 256, 3, 1, 1)));
    assertFalse(Winograd.pays(ConvShape.of(8, 7, 7, 2048, 2048, 3, 1, 1)), "large filters");
    assertEquals(6, new Winograd(ConvShape.of(1, 8, 8, 16, 16, 3, 1, 1)).points());
    assertEquals(8, new Winograd(ConvShape.of(1, 8, 8, 16, 16, 5, 1, 2)).points());
  }
}
