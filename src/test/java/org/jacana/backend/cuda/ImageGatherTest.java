package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.Capture;
import org.jacana.backend.reference.Philox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ImageGatherTest {
  private static final long SEED = 0x123456789abcdefL;
  private static final long AT = (5L << 32) + 400;
  private static final float[] MEAN = {0.5f, 0.25f, 0.75f};
  private static final float[] DEVIATION = {0.25f, 0.5f, 0.125f};

  /** Threads and blocks run in an order that nobody may rely on. */
  @BeforeEach
  void shuffle() {
    CudaDevice.backend();
    if (CudaDevice.simulated()) {
      CudaSim.shuffle(11);
    }
  }

  @AfterEach
  void inOrder() {
    if (CudaDevice.simulated()) {
      CudaSim.shuffle(0);
    }
  }

  private static Twins.Twin state(Twins t, long at) {
    return t.dense(
        DType.I32, Shape.of(4), (int) SEED, (int) (SEED >>> 32), (int) at, (int) (at >>> 32));
  }

  /** Row, column (each less the padding) and flip of an image of the batch. */
  private static int[] draws(long at, int b, ImageGather.Treatment a) {
    int[] w = new int[4];
    Philox.words(SEED, at / 4 + b, 0, w, 0);
    int n = 2 * a.padding() + 1;
    return new int[] {
      (int) ((w[0] & 0xffffffffL) * n >>> 32) - a.padding(),
      (int) ((w[1] & 0xffffffffL) * n >>> 32) - a.padding(),
      a.flip() && w[2] < 0 ? 1 : 0
    };
  }

  private static double expected(
      double[] data, Shape s, int image, int[] draw, ImageGather.Treatment a, int y, int x, int c) {
    int h = s.dim(1);
    int w = s.dim(2);
    int row = y + draw[0];
    int column = (draw[2] == 1 ? w - 1 - x : x) + draw[1];
    if (a.reflect()) {
      row = Math.abs(row);
      row = row >= h ? 2 * (h - 1) - row : row;
      column = Math.abs(column);
      column = column >= w ? 2 * (w - 1) - column : column;
    }
    boolean inside = row >= 0 && row < h && column >= 0 && column < w;
    double v = inside ? data[((image * h + row) * w + column) * s.dim(3) + c] : 0;
    return (v / 255 - a.mean()[c]) / a.deviation()[c];
  }

  private static float[] first(float[] v, int n) {
    return java.util.Arrays.copyOf(v, n);
  }

  static Stream<Arguments> cases() {
    return Stream.of(DType.F32, DType.BF16, DType.F16)
        .flatMap(
            type ->
                Stream.of(Shape.of(11, 8, 8, 3), Shape.of(7, 5, 7, 1), Shape.of(5, 3, 9, 3))
                    .flatMap(
                        s ->
                            Stream.of(
                                Arguments.of(type, s, 0, false, false),
                                Arguments.of(type, s, 2, false, true),
                                Arguments.of(type, s, 2, true, false),
                                Arguments.of(type, s, 0, false, true))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void asPlainJavaHasIt(DType type, Shape s, int padding, boolean reflect, boolean flip) {
    int c = s.dim(3);
    int batch = 300;
    var a = new ImageGather.Treatment(padding, reflect, flip, first(MEAN, c), first(DEVIATION, c));
    try (Twins t = new Twins(s.hashCode())) {
      Shape shape = Shape.of(batch, s.dim(1), s.dim(2), c);
      Twins.Twin out = t.dense(type, shape);
      double[] bytes = new double[(int) s.size()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = t.random.nextInt(256);
      }
      Twins.Twin data = t.dense(DType.U8, s, bytes);
      double[] chosen = new double[batch];
      for (int i = 0; i < batch; i++) {
        chosen[i] = t.random.nextInt(s.dim(0));
      }
      Twins.Twin index = t.dense(DType.I32, Shape.of(batch), chosen);
      Twins.Twin state = state(t, AT);
      t.cuda.imageGather().gather(out.cuda(), data.cuda(), index.cuda(), state.cuda(), 40, a);
      double[] got = t.got(out);
      double tolerance = Twins.tolerance(type, 1e-6);
      Set<String> seen = new HashSet<>();
      int i = 0;
      for (int b = 0; b < batch; b++) {
        int[] draw = padding > 0 || flip ? draws(AT + 40, b, a) : new int[3];
        seen.add(java.util.Arrays.toString(draw));
        for (int y = 0; y < s.dim(1); y++) {
          for (int x = 0; x < s.dim(2); x++) {
            for (int k = 0; k < c; k++) {
              double want = expected(bytes, s, (int) chosen[b], draw, a, y, x, k);
              assertEquals(want, got[i++], tolerance * (1 + Math.abs(want)), "image " + b);
            }
          }
        }
      }
      assertEquals((2 * padding + 1) * (2 * padding + 1) * (flip ? 2 : 1), seen.size());
    }
  }

  @Test
  void imagesThatAreNotThereAreNaN() {
    try (Twins t = new Twins(1)) {
      var a = new ImageGather.Treatment(0, false, false, first(MEAN, 1), first(DEVIATION, 1));
      Twins.Twin out = t.dense(DType.F32, Shape.of(3, 2, 2, 1));
      Twins.Twin data = t.dense(DType.U8, Shape.of(2, 2, 2, 1));
      Twins.Twin index = t.dense(DType.I32, Shape.of(3), 2, 1, -1);
      t.cuda.imageGather().gather(out.cuda(), data.cuda(), index.cuda(), null, 0, a);
      double[] got = t.got(out);
      for (int i = 0; i < 12; i++) {
        assertEquals(i / 4 != 1, Double.isNaN(got[i]));
      }
    }
  }

  @Test
  void aReplayDrawsAnew() {
    try (Twins t = new Twins(1)) {
      Shape s = Shape.of(1, 8, 8, 1);
      var a = new ImageGather.Treatment(4, true, true, new float[1], new float[] {1});
      Twins.Twin out = t.dense(DType.F32, s);
      double[] bytes = new double[64];
      for (int i = 0; i < 64; i++) {
        bytes[i] = i;
      }
      Twins.Twin data = t.dense(DType.U8, s, bytes);
      Twins.Twin index = t.dense(DType.I32, Shape.of(1), 0);
      Twins.Twin state = state(t, 0);
      ImageGather g = t.cuda.imageGather();
      try (Capture capture =
          t.cuda.capture(
              () -> g.gather(out.cuda(), data.cuda(), index.cuda(), state.cuda(), 0, a))) {
        for (int place = 0; place < 40; place += 4) {
          t.cuda.copy(state.cuda(), state(t, place).cuda());
          capture.replay();
          double[] got = t.got(out);
          int[] draw = draws(place, 0, a);
          for (int i = 0; i < 64; i++) {
            assertEquals(expected(bytes, s, 0, draw, a, i / 8, i % 8, 0), got[i], 1e-6);
          }
        }
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    try (Twins t = new Twins(1)) {
      var data = t.dense(DType.U8, Shape.of(2, 4, 4, 1)).cuda();
      var out = t.dense(DType.F32, Shape.of(3, 4, 4, 1)).cuda();
      var index = t.dense(DType.I32, Shape.of(3)).cuda();
      var short2 = t.dense(DType.I32, Shape.of(2)).cuda();
      ImageGather g = t.cuda.imageGather();
      float[] one = {1};
      var plain = new ImageGather.Treatment(0, false, false, one, one);
      String words =
          assertThrows(
                  IllegalArgumentException.class, () -> g.gather(out, data, short2, null, 0, plain))
              .getMessage();
      assertTrue(words.contains("index I32 [2]"), words);
      assertThrows(
          IllegalArgumentException.class,
          () ->
              g.gather(
                  out, data, index, null, 0, new ImageGather.Treatment(1, false, true, one, one)));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              g.gather(
                  out, data, index, index, 0, new ImageGather.Treatment(4, true, true, one, one)));
      assertThrows(
          IllegalArgumentException.class,
          () -> new ImageGather.Treatment(0, false, false, new float[9], new float[9]));
      assertThrows(
          IllegalArgumentException.class,
          () -> new ImageGather.Treatment(-1, false, false, one, one));
    }
  }
}
