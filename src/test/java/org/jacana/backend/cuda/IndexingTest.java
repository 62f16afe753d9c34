package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.Layout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class IndexingTest {
  private static final UnaryOperator<Layout> WHOLE = l -> l;

  @AfterEach
  void asAtFirst() {
    CudaDevice.backend().deterministic(false);
    if (CudaDevice.simulated()) {
      CudaSim.shuffle(0);
    }
  }

  private static double[] indices(Twins t, Shape shape, int extent) {
    double[] v = new double[(int) shape.size()];
    for (int i = 0; i < v.length; i++) {
      v[i] = t.random.nextInt(extent);
    }
    return v;
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void gatherOfEveryTypeAxisAndLayout(DType type) {
    for (int axis = 0; axis < 3; axis++) {
      for (DType indexType : new DType[] {DType.I32, DType.U8}) {
        try (Twins t = new Twins(axis)) {
          // x transposed, reversed along an axis; the output has gaps; the index is smaller than x.
          Shape n = Shape.of(4, 5, 3);
          Twins.Twin out =
              t.view(type, Shape.of(5, 5, 7), l -> l.slice(0, 1, 4, 1).slice(2, 6, 3, -3));
          t.view(type, Shape.of(6, 7, 5), l -> l.permute(2, 0, 1).slice(1, 5, 6, -1));
          t.view(indexType, Shape.of(3, 4, 5), l -> l.permute(1, 2, 0), indices(t, n, 5));
          int a = axis;
          t.run((b, v) -> b.gather(v[0], v[1], v[2], a));
          t.same("gather along " + axis, out, 0);
        }
      }
    }
  }

  static Stream<DType> types() {
    return Stream.of(DType.values());
  }

  @ParameterizedTest
  @MethodSource("types")
  void gatherOfWholeRows(DType type) {
    // Widths and offsets that allow vectors of 16 bytes down to single elements.
    for (int width : new int[] {1, 2, 3, 4, 6, 8, 15, 16, 64}) {
      for (int offset = 0; offset < 2; offset++) {
        int o = offset;
        try (Twins t = new Twins(width)) {
          Shape n = Shape.of(2, 9, width);
          Twins.Twin out = t.view(type, Shape.of(2, 10, width), l -> l.slice(1, o, 9, 1));
          t.view(type, Shape.of(2, 12, width + o), l -> l.slice(2, o, width, 1));
          t.view(DType.I32, Shape.of(9, 1), l -> l.expand(n), indices(t, Shape.of(9), 12));
          t.run((b, v) -> b.gather(v[0], v[1], v[2], 1));
          t.same("rows of " + width, out, 0);
        }
      }
    }
  }

  @Test
  void gatherOfManyRows() {
    try (Twins t = new Twins(3)) {
      // More units than one grid's threads.
      Shape n = Shape.of(40_000, 36);
      Twins.Twin out = t.dense(DType.F32, n);
      t.dense(DType.F32, Shape.of(500, 36));
      t.view(DType.I32, Shape.of(40_000, 1), l -> l.expand(n), indices(t, Shape.of(40_000), 500));
      t.run((b, v) -> b.gather(v[0], v[1], v[2], 0));
      t.same("gather", out, 0);
    }
  }

  @Test
  void nothingToGather() {
    try (Twins t = new Twins(1)) {
      t.dense(DType.F32, Shape.of(0, 3));
      t.dense(DType.F32, Shape.of(2, 3));
      t.dense(DType.I32, Shape.of(0, 3));
      t.run((b, v) -> b.gather(v[0], v[1], v[2], 0));
    }
  }

  @Test
  void indicesOutOfRangeAreNotFollowed() {
    try (Twins t = new Twins(1)) {
      Twins.Twin out = t.dense(DType.F32, Shape.of(4));
      Twins.Twin ints = t.dense(DType.I32, Shape.of(4));
      Twins.Twin x = t.dense(DType.F32, Shape.of(3), 5, 6, 7);
      Twins.Twin k = t.dense(DType.I32, Shape.of(3), 8, 9, 10);
      Twins.Twin index = t.dense(DType.I32, Shape.of(4), 2, -1, 3, Integer.MIN_VALUE);
      t.cuda.gather(out.cuda(), x.cuda(), index.cuda(), 0);
      assertArrayEquals(new double[] {7, Double.NaN, Double.NaN, Double.NaN}, t.got(out));
      t.cuda.gather(ints.cuda(), k.cuda(), index.cuda(), 0);
      assertArrayEquals(new double[] {10, 0, 0, 0}, t.got(ints));
      t.cuda.fill(x.cuda(), 1);
      t.cuda.fill(out.cuda(), 1);
      t.cuda.scatterAdd(x.cuda(), index.cuda(), out.cuda(), 0);
      assertArrayEquals(new double[] {1, 1, 2}, t.got(x));
      assertThrows(
          IllegalArgumentException.class, () -> t.cuda.gather(out.cuda(), x.cuda(), out.cuda(), 0));
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void scatterAddOfEveryTypeAxisAndLayout(DType type) {
    for (int axis = 0; axis < 3; axis++) {
      for (int n : new int[] {1, 9}) {
        try (Twins t = new Twins(axis)) {
          int[] d = {4, 3, 5};
          d[axis] = n;
          Shape shape = Shape.of(d);
          int[] p = {d[2], d[0], d[1]};
          int a = axis;
          UnaryOperator<Layout> gaps =
              l -> l.permute(2, 1, 0).slice(a, l.permute(2, 1, 0).dim(a) - 1, 6, -1);
          Twins.Twin out = t.view(type, Shape.of(7, 6, 8), gaps);
          t.view(DType.I32, Shape.of(p), l -> l.permute(1, 2, 0), indices(t, shape, 6));
          t.view(type, shape, WHOLE);
          t.run((b, v) -> b.scatterAdd(v[0], v[1], v[2], a));
          t.same("scatterAdd along " + axis, out, 4 * Twins.tolerance(type, 1e-6));
        }
      }
    }
  }

  /** Gradients of embeddings: rows of a table, some of them hit very often. */
  private static void table(DType type, int rows, int n, int width, boolean transposed) {
    try (Twins t = new Twins(rows + n + width)) {
      Shape shape = Shape.of(n, width);
      Twins.Twin out =
          transposed
              ? t.view(type, Shape.of(width, rows), l -> l.permute(1, 0))
              : t.dense(type, Shape.of(rows, width));
      double[] at = indices(t, Shape.of(n), rows);
      for (int i = 0; i < n; i += 3) {
        at[i] = rows / 2;
      }
      t.view(DType.I32, Shape.of(n, 1), l -> l.expand(shape), at);
      double[] x = new double[n * width];
      for (int i = 0; i < x.length; i++) {
        x[i] = t.random.nextInt(9) - 4;
      }
      t.dense(type, shape, x);
      if (!type.isFloat()) {
        t.run((b, v) -> b.scatterAdd(v[0], v[1], v[2], 0));
        t.same(type + " table", out, 0);
        return;
      }
      t.cuda.fill(out.cuda(), 0);
      t.onCuda((b, v) -> b.scatterAdd(v[0], v[1], v[2], 0));
      // Whole numbers: exact in any order, but for the roundings of BF16's results.
      double[] want = new double[rows * width];
      for (int i = 0; i < x.length; i++) {
        int row = (int) at[i / width];
        want[transposed ? i % width * rows + row : row * width + i % width] += x[i];
      }
      double[] got = t.got(out);
      for (int i = 0; i < want.length; i++) {
        double rounding = type == DType.BF16 ? 0x1p-8 * Math.abs(want[i]) : 0;
        assertEquals(want[i], got[i], rounding, type + " table, element " + i);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void sortedRows(DType type) {
    CudaDevice.backend().deterministic(true);
    table(type, 1000, 3000, 40, false);
    table(type, 70_000, 9000, 3, false);
    table(type, 40_000, 500, 2, false);
  }

  @Test
  void sortedRowsOfOtherLayouts() {
    CudaDevice.backend().deterministic(true);
    table(DType.F32, 900, 2000, 33, true);
    // All to one row, across many pieces.
    table(DType.F32, 1, 20_000, 40, false);
    table(DType.F64, 2, 9000, 130, false);
  }

  @Test
  void atomicAdditionsOfNarrowRowsByDefault() {
    table(DType.F32, 40_000, 9000, 2, false);
    table(DType.F64, 40_000, 9000, 2, false);
    table(DType.I32, 400, 5000, 64, false);
    if (CudaDevice.simulated()) {
      assertTrue(CudaSim.calls("kernel:scatter_atomic_f32") > 0);
      assertTrue(CudaSim.calls("kernel:scatter_atomic_i32") > 0);
    }
  }

  @Test
  void sortedAlongTheLastAxisWithBatches() {
    CudaDevice.backend().deterministic(true);
    for (DType type : new DType[] {DType.F32, DType.F16}) {
      try (Twins t = new Twins(8)) {
        // Own indices per line: single elements are sorted.
        Shape shape = Shape.of(3, 700, 2);
        Twins.Twin out = t.dense(type, Shape.of(4, 9000, 2));
        t.view(DType.I32, Shape.of(2, 3, 700), l -> l.permute(1, 2, 0), indices(t, shape, 9000));
        t.view(type, Shape.of(3, 2, 700), l -> l.permute(0, 2, 1).slice(1, 699, 700, -1));
        t.run((b, v) -> b.scatterAdd(v[0], v[1], v[2], 1));
        t.same("batches", out, Twins.tolerance(type, 1e-6));
      }
    }
  }

  @Test
  void sumsAreTheSameBitsWhateverTheOrderOfThreads() {
    Assumptions.assumeTrue(CudaDevice.simulated());
    CudaDevice.backend().deterministic(true);
    for (int n : new int[] {700, 9000}) {
      double[][] sums = new double[3][];
      for (int run = 0; run < sums.length; run++) {
        try (Twins t = new Twins(5)) {
          Shape shape = Shape.of(n, 2);
          Twins.Twin out = t.dense(DType.F32, Shape.of(5000, 2), new double[10_000]);
          t.view(DType.I32, Shape.of(n, 1), l -> l.expand(shape), indices(t, Shape.of(n), 7));
          t.dense(DType.F32, shape);
          CudaSim.shuffle(run * 77L);
          t.onCuda((b, v) -> b.scatterAdd(v[0], v[1], v[2], 0));
          sums[run] = t.got(out);
        }
      }
      assertTrue(sums[0][0] != 0);
      assertArrayEquals(sums[0], sums[1], 0);
      assertArrayEquals(sums[0], sums[2], 0);
    }
  }
}
