package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Shape;
import org.jacana.backend.Backends;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Positions of extremes, sorting and running sums on the GPU against the reference. */
class RankingTest {
  @BeforeEach
  void cuda() {
    CudaDevice.backend();
  }

  /** Few different values, so that there are ties; and NaN and infinities where there are such. */
  private static IntToDoubleFunction ties(DType t, long seed) {
    Random r = new Random(seed);
    double[] special = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, -0.0};
    return i ->
        t.isFloat() && r.nextInt(8) == 0
            ? special[r.nextInt(5)]
            : t == DType.BOOL ? r.nextInt(2) : r.nextInt(9) - (t == DType.U8 ? 0 : 4);
  }

  private static void argReduce(Mirrored x, int axis) {
    Shape s = x.cuda().shape();
    try (Mirrored out = Mirrored.of(DType.I32, Mirrored.Placed.STEPPED, s.with(axis, 1), i -> 0)) {
      for (boolean largest : new boolean[] {true, false}) {
        Backends.of(Device.REFERENCE).argReduce(largest, out.reference(), x.reference(), axis);
        CudaDevice.backend().argReduce(largest, out.cuda(), x.cuda(), axis);
        out.assertClose(0, largest + " of " + x.cuda() + " along " + axis);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void argReduceAlongAnyAxis(DType type) {
    int[][] shapes = {{1}, {700}, {9, 40}, {3, 5, 7}, {5000, 2}, {2, 3, 600}};
    for (int[] d : shapes) {
      for (Mirrored.Placed p : Mirrored.Placed.values()) {
        for (int axis = 0; axis < d.length; axis++) {
          try (Mirrored x = Mirrored.of(type, p, Shape.of(d), ties(type, axis))) {
            argReduce(x, axis);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F64", "I32"})
  void argReduceOfLongLines(DType type) {
    int n = 100_003;
    for (int at : new int[] {0, 4096, 70_000, n - 1}) {
      try (Mirrored x =
          Mirrored.of(
              type, Mirrored.Placed.OFFSET, Shape.of(n), i -> i == at ? 90 : i % 7 == 3 ? -8 : 5)) {
        argReduce(x, 0);
      }
    }
  }

  private static void topK(
      DType type, Mirrored.Placed p, Shape s, int k, IntToDoubleFunction values) {
    int last = s.rank() - 1;
    try (Mirrored x = Mirrored.of(type, p, s, values);
        Mirrored out = Mirrored.of(DType.I32, p, s.with(last, k), i -> 0)) {
      for (boolean largest : new boolean[] {true, false}) {
        Backends.of(Device.REFERENCE).topK(largest, out.reference(), x.reference());
        CudaDevice.backend().topK(largest, out.cuda(), x.cuda());
        out.assertClose(0, largest + " " + k + " of " + x.cuda());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void topKOfShortRows(DType type) {
    for (Mirrored.Placed p : Mirrored.Placed.values()) {
      for (int n : new int[] {1, 2, 10, 37}) {
        for (int k : new int[] {0, 1, 3, n}) {
          if (k <= n) {
            topK(type, p, Shape.of(3, 4, n), k, ties(type, n));
          }
        }
      }
    }
    topK(type, Mirrored.Placed.DENSE, Shape.of(300, 10), 10, ties(type, 5));
    topK(type, Mirrored.Placed.DENSE, Shape.of(17), 5, ties(type, 6));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F64", "I32", "BF16"})
  void topKOfLongRows(DType type) {
    int[] lengths = {2048, 2049, 5000, 13_000};
    for (int n : lengths) {
      for (int k : new int[] {1, 5, 1024, 1025, 2048, n}) {
        topK(type, Mirrored.Placed.DENSE, Shape.of(2, n), Math.min(k, n), ties(type, n));
      }
    }
    topK(type, Mirrored.Placed.REVERSED, Shape.of(1, 7000), 3000, Mirrored.random(type, 3));
  }

  private static void cumSum(Mirrored x, int axis, boolean reverse) {
    try (Mirrored out =
        Mirrored.of(x.cuda().dtype(), Mirrored.Placed.OFFSET, x.cuda().shape(), i -> 0)) {
      Backends.of(Device.REFERENCE).cumSum(out.reference(), x.reference(), axis, reverse);
      CudaDevice.backend().cumSum(out.cuda(), x.cuda(), axis, reverse);
      out.assertClose(
          Mirrored.tolerance(x.cuda().dtype(), 2e-6), x.cuda() + " along " + axis + " " + reverse);
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void cumSumAlongAnyAxis(DType type) {
    int[][] shapes = {{1}, {33}, {1500}, {3, 40}, {2, 3, 70}, {40, 1030}, {3, 0}};
    for (int[] d : shapes) {
      for (Mirrored.Placed p : Mirrored.Placed.values()) {
        if (d[0] == 40 && p != Mirrored.Placed.DENSE) {
          continue;
        }
        for (int axis = 0; axis < d.length; axis++) {
          try (Mirrored x = Mirrored.of(type, p, Shape.of(d), Mirrored.random(type, axis))) {
            cumSum(x, axis, false);
            cumSum(x, axis, true);
          }
        }
      }
    }
  }

  @Test
  void cumSumOfLongLines() {
    int n = 50_001;
    try (Mirrored x =
            Mirrored.of(DType.F32, Mirrored.Placed.DENSE, Shape.of(n), i -> i % 3 - 0.75);
        Mirrored out = Mirrored.of(DType.F32, Mirrored.Placed.DENSE, Shape.of(n), i -> 0)) {
      CudaDevice.backend().cumSum(out.cuda(), x.cuda(), 0, false);
      double[] sums = out.actual();
      // Three neighbours add 0.75 together; quarters are exact in float.
      for (int i = 0; i < n; i++) {
        double rest = i % 3 == 0 ? -0.75 : i % 3 == 1 ? -0.5 : 0.75;
        assertEquals(i / 3 * 0.75 + rest, sums[i], 0);
      }
      CudaDevice.backend().cumSum(out.cuda(), x.cuda(), 0, true);
      double[] back = out.actual();
      double total = sums[n - 1];
      for (int i = 1; i < n; i++) {
        assertEquals(total - sums[i - 1], back[i], 0);
      }
    }
  }

  @Test
  void theSameBitsInAnyOrderOfThreads() {
    Shape s = Shape.of(2, 20_000);
    try (Mirrored x =
            Mirrored.of(DType.F32, Mirrored.Placed.DENSE, s, Mirrored.random(DType.F32, 9));
        Mirrored sums = Mirrored.of(DType.F32, Mirrored.Placed.DENSE, s, i -> 0);
        Mirrored at = Mirrored.of(DType.I32, Mirrored.Placed.DENSE, Shape.of(2, 20), i -> 0)) {
      double[] first = null;
      double[] places = null;
      try {
        for (int seed = 0; seed < 3; seed++) {
          Mirrored.shuffle(seed);
          CudaDevice.backend().cumSum(sums.cuda(), x.cuda(), 1, false);
          CudaDevice.backend().topK(true, at.cuda(), x.cuda());
          if (seed == 0) {
            first = sums.actual();
            places = at.actual();
          }
          assertArrayEquals(first, sums.actual());
          assertArrayEquals(places, at.actual());
        }
      } finally {
        Mirrored.shuffle(0);
      }
    }
  }
}
