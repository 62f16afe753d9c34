package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.IntToDoubleFunction;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Shape;
import org.jacana.backend.Backends;
import org.jacana.backend.Layout;
import org.jacana.backend.Reduction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reductions on the GPU against the reference, and against closed forms. */
class ReductionsTest {
  private static final int[][] SHAPES = {
    {1}, {5000}, {3, 5}, {70, 33}, {2, 3000}, {1500, 4}, {64, 72}, {5, 40, 8}, {4, 1, 6, 3}
  };

  @BeforeEach
  void cuda() {
    CudaDevice.backend();
  }

  private static void check(
      Reduction f, DType type, Mirrored.Placed p, Shape s, int mask, IntToDoubleFunction values) {
    Shape reduced = s;
    for (int a = 0; a < s.rank(); a++) {
      if ((mask >> a & 1) != 0) {
        reduced = reduced.with(a, 1);
      }
    }
    try (Mirrored x = Mirrored.of(type, p, s, values);
        Mirrored out = Mirrored.of(type, Mirrored.Placed.OFFSET, reduced, i -> 0)) {
      check(f, out, x, s + " -> " + reduced + " " + p);
    }
  }

  private static void check(Reduction f, Mirrored out, Mirrored x, String what) {
    Backends.of(Device.REFERENCE).reduce(f, out.reference(), x.reference());
    CudaDevice.backend().reduce(f, out.cuda(), x.cuda());
    out.assertClose(
        Mirrored.tolerance(x.cuda().dtype(), 2e-6), f + " of " + x.cuda().dtype() + " " + what);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void anyAxesAndLayouts(DType type) {
    for (int[] d : SHAPES) {
      Shape s = Shape.of(d);
      for (int mask = 0; mask < 1 << s.rank(); mask++) {
        for (Mirrored.Placed p : Mirrored.Placed.values()) {
          for (Reduction f : Reduction.values()) {
            boolean common = f == Reduction.SUM || f == Reduction.MAX;
            boolean usual = p == Mirrored.Placed.DENSE || p == Mirrored.Placed.TRANSPOSED;
            if (!(common || s.size() < 1000 && usual) || !(usual || type == DType.F32)) {
              continue;
            }
            IntToDoubleFunction v = Mirrored.random(type, 31L * mask + d[0]);
            check(f, type, p, s, mask, f == Reduction.PROD ? i -> 1 + i % 2 : v);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Reduction.class)
  void nothingGivesTheIdentity(Reduction f) {
    for (DType t : DType.values()) {
      check(f, t, Mirrored.Placed.DENSE, Shape.of(3, 0), 2, i -> 0);
      check(f, t, Mirrored.Placed.DENSE, Shape.of(0, 3), 2, i -> 0);
    }
  }

  @ParameterizedTest
  @EnumSource(Reduction.class)
  void nanAndInfinities(Reduction f) {
    double[] special = {
      Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, 1, -1, 2, -0.0
    };
    for (DType t : new DType[] {DType.F64, DType.F32, DType.BF16}) {
      for (int mask = 0; mask < 4; mask++) {
        check(f, t, Mirrored.Placed.DENSE, Shape.of(8, 8), mask, i -> special[i * 5 / 3 % 8]);
        for (int at : new int[] {77, 5999}) {
          for (int k = 0; k < 2; k++) {
            double v = special[k];
            IntToDoubleFunction one = i -> i == at ? v : 1;
            check(f, t, Mirrored.Placed.DENSE, Shape.of(2, 3000), mask, one);
            check(f, t, Mirrored.Placed.DENSE, Shape.of(1500, 4), mask, one);
          }
        }
      }
    }
  }

  @Test
  void broadcastInput() {
    try (Mirrored x =
            Mirrored.of(
                DType.F32, Mirrored.Placed.DENSE, Shape.of(1, 40), Mirrored.random(DType.F32, 1));
        Mirrored rows = Mirrored.of(DType.F32, Mirrored.Placed.DENSE, Shape.of(100, 1), i -> 0);
        Mirrored columns = Mirrored.of(DType.F32, Mirrored.Placed.DENSE, Shape.of(1, 40), i -> 0);
        Mirrored all = Mirrored.of(DType.F32, Mirrored.Placed.DENSE, Shape.of(1, 1), i -> 0)) {
      Mirrored wide = x.with(Layout.contiguous(Shape.of(1, 40)).expand(Shape.of(100, 40)));
      for (Mirrored out : new Mirrored[] {rows, columns, all}) {
        check(Reduction.SUM, out, wide, "broadcast");
        check(Reduction.MIN, out, wide, "broadcast");
      }
    }
  }

  @Test
  void moreAxesThanAKernelTakes() {
    int[] d = new int[11];
    int[] order = new int[11];
    for (int i = 0; i < d.length; i++) {
      d[i] = 2;
      order[i] = i * 7 % 11;
    }
    Shape s = Shape.of(d);
    Layout l = Layout.contiguous(s).permute(order);
    for (int mask : new int[] {0, 0b1010101, 0b11111111110, 0b11111111111}) {
      Shape reduced = s;
      for (int a = 0; a < 11; a++) {
        reduced = (mask >> a & 1) != 0 ? reduced.with(a, 1) : reduced;
      }
      try (Mirrored x =
              Mirrored.of(DType.F32, Mirrored.Placed.DENSE, s, Mirrored.random(DType.F32, 2));
          Mirrored out = Mirrored.of(DType.F32, Mirrored.Placed.DENSE, reduced, i -> 0)) {
        check(Reduction.SUM, out, x.with(l), "of 11 axes");
        check(Reduction.MAX, out, x.with(l), "of 11 axes");
      }
    }
  }

  @Test
  void manyNumbersKeepTheirDigits() {
    int n = 200_001;
    try (Mirrored x =
            Mirrored.of(
                DType.F32, Mirrored.Placed.OFFSET, Shape.of(n), i -> (float) (0.1 + i % 7));
        Mirrored out = Mirrored.of(DType.F32, Mirrored.Placed.DENSE, Shape.of(1), i -> 0)) {
      CudaDevice.backend().reduce(Reduction.SUM, out.cuda(), x.cuda());
      double[] seven = new double[7];
      double sum = 0;
      for (int i = 0; i < 7; i++) {
        seven[i] = (float) (0.1 + i);
        sum += seven[i] * (n / 7 + (i < n % 7 ? 1 : 0));
      }
      assertEquals(1, out.actual()[0] / sum, 2e-7);
    }
    try (Mirrored x =
            Mirrored.of(
                DType.F32, Mirrored.Placed.DENSE, Shape.of(n / 16, 16), i -> 0.1f + i % 16);
        Mirrored out = Mirrored.of(DType.F32, Mirrored.Placed.DENSE, Shape.of(1, 16), i -> 0)) {
      CudaDevice.backend().reduce(Reduction.SUM, out.cuda(), x.cuda());
      double[] actual = out.actual();
      for (int c = 0; c < 16; c++) {
        assertEquals(1, actual[c] / ((double) (0.1f + c) * (n / 16)), 2e-7);
      }
    }
  }

  @Test
  void theSameBitsEveryTime() {
    Shape s = Shape.of(3000, 40);
    try (Mirrored x =
            Mirrored.of(DType.F32, Mirrored.Placed.DENSE, s, Mirrored.random(DType.F32, 3));
        Mirrored all = Mirrored.of(DType.F32, Mirrored.Placed.DENSE, Shape.of(1, 1), i -> 0);
        Mirrored columns = Mirrored.of(DType.F32, Mirrored.Placed.DENSE, Shape.of(1, 40), i -> 0)) {
      double[][] first = new double[2][];
      try {
        for (int run = 0; run < 3; run++) {
          Mirrored.shuffle(run);
          CudaDevice.backend().reduce(Reduction.SUM, all.cuda(), x.cuda());
          CudaDevice.backend().reduce(Reduction.SUM, columns.cuda(), x.cuda());
          double[][] now = {all.actual(), columns.actual()};
          if (run == 0) {
            first = now;
          }
          assertArrayEquals(first[0], now[0]);
          assertArrayEquals(first[1], now[1]);
        }
      } finally {
        Mirrored.shuffle(0);
      }
    }
  }
}
