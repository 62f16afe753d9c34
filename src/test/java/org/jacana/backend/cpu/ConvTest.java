package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConvTest {
  /** Called with the flat positions of every product x[i] w[j] that adds to y[l]. */
  interface Term {
    void at(int y, int x, int w);
  }

  static void walk(ConvShape s, Term term) {
    int depth = s.c() / s.groups();
    int per = s.o() / s.groups();
    for (int b = 0; b < s.n(); b++) {
      for (int p = 0; p < s.oh(); p++) {
        for (int q = 0; q < s.ow(); q++) {
          for (int o = 0; o < s.o(); o++) {
            for (int i = 0; i < s.kh(); i++) {
              for (int j = 0; j < s.kw(); j++) {
                int r = p * s.strideH() - s.padTop() + i * s.dilationH();
                int t = q * s.strideW() - s.padLeft() + j * s.dilationW();
                if (r < 0 || r >= s.h() || t < 0 || t >= s.w()) {
                  continue;
                }
                for (int c = 0; c < depth; c++) {
                  term.at(
                      ((b * s.oh() + p) * s.ow() + q) * s.o() + o,
                      ((b * s.h() + r) * s.w() + t) * s.c() + o / per * depth + c,
                      ((o * s.kh() + i) * s.kw() + j) * depth + c);
                }
              }
            }
          }
        }
      }
    }
  }

  private static List<ConvShape> shapes() {
    List<ConvShape> all = new ArrayList<>();
    for (int c : new int[] {1, 2, 3, 7, 16, 17}) {
      for (int o : new int[] {1, 3, 16, 17}) {
        all.add(ConvShape.of(2, 7, 6, c, o, 3, 1, 1));
        all.add(ConvShape.of(1, 9, 5, c, o, 3, 2, 1));
        all.add(ConvShape.of(3, 5, 5, c, o, 1, 2, 0));
        all.add(ConvShape.of(1, 8, 11, c, o, 5, 1, 2));
      }
    }
    // Asymmetric padding, strides, dilation, window; then groups and depthwise.
    all.add(new ConvShape(2, 7, 9, 3, 5, 2, 3, 8, 5, 1, 2, 1, 0, 1, 2, 1, 1, 1));
    all.add(new ConvShape(2, 7, 9, 3, 5, 3, 2, 7, 8, 1, 1, 4, 0, 0, 1, 2, 2, 1));
    all.add(new ConvShape(1, 17, 7, 17, 17, 3, 3, 5, 3, 3, 2, 0, 1, 0, 1, 2, 2, 1));
    all.add(new ConvShape(2, 7, 6, 6, 4, 3, 3, 7, 6, 1, 1, 1, 1, 1, 1, 1, 1, 2));
    all.add(new ConvShape(2, 7, 6, 32, 64, 3, 3, 4, 3, 2, 2, 1, 1, 1, 1, 1, 1, 4));
    all.add(new ConvShape(2, 7, 6, 16, 16, 3, 3, 7, 6, 1, 1, 1, 1, 1, 1, 1, 1, 16));
    all.add(new ConvShape(2, 7, 6, 17, 17, 3, 3, 4, 6, 2, 1, 1, 1, 1, 1, 1, 1, 17));
    all.add(new ConvShape(1, 9, 9, 3, 6, 3, 3, 9, 9, 1, 1, 2, 2, 2, 2, 2, 2, 3));
    return all;
  }

  @Test
  void forward() {
    for (ConvShape s : shapes()) {
      for (int option = 0; option < 4; option++) {
        boolean withBias = (option & 1) != 0;
        boolean relu = (option & 2) != 0;
        try (Memory memory = new Memory(s.toString().hashCode())) {
          float[] x = memory.random(s.n() * s.h() * s.w() * s.c());
          float[] w = memory.random(s.o() * s.kh() * s.kw() * s.c() / s.groups());
          float[] bias = memory.random(s.o());
          int size = s.n() * s.oh() * s.ow() * s.o();
          double[] want = new double[size];
          double[] scale = new double[size];
          for (int i = 0; withBias && i < size; i++) {
            want[i] = bias[i % s.o()];
          }
          walk(
              s,
              (l, i, j) -> {
                double t = (double) x[i] * w[j];
                want[l] += t;
                scale[l] += Math.abs(t);
              });
          for (int i = 0; relu && i < size; i++) {
            want[i] = Math.max(0, want[i]);
          }
          long y = memory.floats(size);
          assertTrue(
              new Split(new Workers(2))
                  .conv(
                      y,
                      memory.floats(x),
                      memory.floats(w),
                      withBias ? memory.floats(bias) : 0,
                      s,
                      relu),
              s::toString);
          Memory.close("conv " + s, want, scale, Memory.read(y, size), 3e-7);
        }
      }
    }
  }

  /** Few large images are cut into slabs of rows: the same numbers as those of the whole. */
  @Test
  void slabsOfRows() {
    List<ConvShape> shapes =
        List.of(
            ConvShape.of(1, 33, 40, 16, 16, 3, 1, 1),
            ConvShape.of(2, 47, 40, 16, 24, 5, 2, 2),
            new ConvShape(1, 40, 31, 8, 32, 5, 3, 42, 31, 1, 1, 1, 2, 5, 2, 1, 2, 1),
            new ConvShape(3, 50, 50, 16, 16, 3, 3, 50, 50, 1, 1, 2, 2, 2, 2, 2, 2, 2));
    Split split = new Split(new Workers(2));
    for (ConvShape s : shapes) {
      try (Memory memory = new Memory(s.toString().hashCode())) {
        long x = memory.floats(memory.random(s.n() * s.h() * s.w() * s.c()));
        long w = memory.floats(memory.random(s.o() * s.kh() * s.kw() * s.c() / s.groups()));
        float[] bias = memory.random(s.o());
        long b = memory.floats(bias);
        int size = s.n() * s.oh() * s.ow() * s.o();
        long whole = memory.floats(size);
        long slabs = memory.floats(size);
        assertTrue(OneDnn.conv(whole, x, w, b, s), s::toString);
        assertTrue(split.conv(slabs, x, w, b, s, false), s::toString);
        float[] want = Memory.read(whole, size);
        float[] got = Memory.read(slabs, size);
        for (int i = 0; i < size; i++) {
          assertEquals(want[i], got[i], 1e-4f, s + " at " + i);
        }
      }
    }
  }

  @Test
  void gradientOfTheInput() {
    for (ConvShape s : shapes()) {
      try (Memory memory = new Memory(s.toString().hashCode())) {
        float[] dy = memory.random(s.n() * s.oh() * s.ow() * s.o());
        float[] w = memory.random(s.o() * s.kh() * s.kw() * s.c() / s.groups());
        int size = s.n() * s.h() * s.w() * s.c();
        double[] want = new double[size];
        double[] scale = new double[size];
        walk(
            s,
            (l, i, j) -> {
              double t = (double) dy[l] * w[j];
              want[i] += t;
              scale[i] += Math.abs(t);
            });
        long dx = memory.floats(size);
        assertTrue(OneDnn.convGradInput(dx, memory.floats(dy), memory.floats(w), s), s::toString);
        Memory.close("convGradInput " + s, want, scale, Memory.read(dx, size), 3e-7);
      }
    }
  }

  /** Both ways of the pieces: into memory with something in it, and added to it. */
  @Test
  void gradientOfTheInputAdded() {
    List<ConvShape> shapes = new ArrayList<>(shapes());
    shapes.add(ConvShape.of(9, 8, 9, 5, 7, 1, 2, 0));
    shapes.add(ConvShape.of(64, 16, 16, 8, 16, 1, 2, 0));
    shapes.add(new ConvShape(11, 7, 10, 3, 4, 1, 1, 3, 4, 3, 3, 0, 0, 0, 0, 1, 1, 1));
    shapes.add(new ConvShape(11, 7, 10, 3, 4, 1, 1, 7, 5, 1, 2, 0, 0, 0, 0, 1, 1, 1));
    Split split = new Split(new Workers(2));
    for (ConvShape s : shapes) {
      try (Memory memory = new Memory(s.toString().hashCode())) {
        float[] dy = memory.random(s.n() * s.oh() * s.ow() * s.o());
        float[] w = memory.random(s.o() * s.kh() * s.kw() * s.c() / s.groups());
        int size = s.n() * s.h() * s.w() * s.c();
        float[] before = memory.random(size);
        double[] want = new double[size];
        double[] sum = new double[size];
        double[] scale = new double[size];
        for (int i = 0; i < size; i++) {
          sum[i] = before[i];
          scale[i] = Math.abs(before[i]);
        }
        walk(
            s,
            (l, i, j) -> {
              double t = (double) dy[l] * w[j];
              want[i] += t;
              sum[i] += t;
              scale[i] += Math.abs(t);
            });
        long g = memory.floats(dy);
        long f = memory.floats(w);
        long dx = memory.floats(before);
        assertTrue(split.convGradInput(dx, g, f, s), s::toString);
        Memory.close("convGradInput " + s, want, scale, Memory.read(dx, size), 3e-7);
        long added = memory.floats(before);
        assertTrue(split.convGradInputAdd(added, g, f, s), s::toString);
        Memory.close("convGradInputAdd " + s, sum, scale, Memory.read(added, size), 3e-7);
      }
    }
  }

  /** Tiles in one direction have their sums elsewhere: dx stays as it was. */
  @Test
  void noGradientAddedByTiles() {
    ConvShape s = ConvShape.of(64, 8, 64, 64, 64, 3, 1, 1);
    assumeTrue(Winograd.pays(s), "no Winograd here");
    assertFalse(new Split(new Workers(1)).convGradInputAdd(0, 0, 0, s));
  }

  @Test
  void gradientOfTheFilterAndBias() {
    for (ConvShape s : shapes()) {
      for (boolean withBias : new boolean[] {false, true}) {
        try (Memory memory = new Memory(s.toString().hashCode())) {
          float[] dy = memory.random(s.n() * s.oh() * s.ow() * s.o());
          float[] x = memory.random(s.n() * s.h() * s.w() * s.c());
          int size = s.o() * s.kh() * s.kw() * s.c() / s.groups();
          double[] want = new double[size];
          double[] scale = new double[size];
          walk(
              s,
              (l, i, j) -> {
                double t = (double) dy[l] * x[i];
                want[j] += t;
                scale[j] += Math.abs(t);
              });
          long dw = memory.floats(size);
          long db = withBias ? memory.floats(s.o()) : 0;
          assertTrue(
              OneDnn.convGradWeight(dw, db, memory.floats(x), memory.floats(dy), s), s::toString);
          Memory.close("convGradWeight " + s, want, scale, Memory.read(dw, size), 3e-7);
          if (withBias) {
            double[] sums = new double[s.o()];
            double[] sizes = new double[s.o()];
            for (int i = 0; i < dy.length; i++) {
              sums[i % s.o()] += dy[i];
              sizes[i % s.o()] += Math.abs(dy[i]);
            }
            Memory.close("bias of " + s, sums, sizes, Memory.read(db, s.o()), 3e-7);
          }
        }
      }
    }
  }

  @Test
  void emptyIsDeclinedAndNonsenseRefused() {
    try (Memory memory = new Memory(1)) {
      long a = memory.floats(64);
      assertFalse(OneDnn.conv(a, a, a, 0, ConvShape.of(0, 4, 4, 1, 1, 3, 1, 1)));
    }
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ConvShape(1, 4, 4, 1, 1, 3, 3, 4, 4, 1, 1, 0, 0, 0, 0, 1, 1, 1));
    assertEquals("conv: the output is 4x4 but input 4x4 and filter 3x3 give 2x2", e.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> new ConvShape(1, 4, 4, 3, 4, 3, 3, 2, 2, 1, 1, 0, 0, 0, 0, 1, 1, 2));
  }
}
