package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.Layout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProductsTest {
  private static final UnaryOperator<Layout> AS_IT_IS = l -> l;

  /** Memory of a shape and the view of it that a product gets. */
  private record Operand(Shape memory, UnaryOperator<Layout> view) {
    static Operand of(int... dims) {
      return new Operand(Shape.of(dims), AS_IT_IS);
    }

    Operand seen(UnaryOperator<Layout> f) {
      return new Operand(memory, l -> f.apply(view.apply(l)));
    }

    Operand permuted(int... order) {
      return seen(l -> l.permute(order));
    }

    Operand cut(int axis, int start, int count, int step) {
      return seen(l -> l.slice(axis, start, count, step));
    }

    Operand repeated(int... to) {
      return seen(l -> l.expand(Shape.of(to)));
    }
  }

  private record Case(String name, Operand c, Operand a, Operand b) {}

  private static List<Case> cases() {
    List<Case> all = new ArrayList<>();
    int[][] sizes = {
      {1, 1, 1}, {1, 5, 7}, {7, 1, 3}, {5, 9, 1}, {17, 19, 23}, {64, 32, 300}, {3, 65, 513}
    };
    for (int[] s : sizes) {
      int m = s[0];
      int n = s[1];
      int k = s[2];
      String size = m + "x" + n + "x" + k;
      Operand c = Operand.of(m, n);
      Operand ct = Operand.of(n, m).permuted(1, 0);
      Operand a = Operand.of(m, k);
      Operand at = Operand.of(k, m).permuted(1, 0);
      Operand b = Operand.of(k, n);
      Operand bt = Operand.of(n, k).permuted(1, 0);
      for (Operand out : List.of(c, ct)) {
        for (Operand left : List.of(a, at)) {
          for (Operand right : List.of(b, bt)) {
            all.add(new Case(size + (out == ct) + (left == at) + (right == bt), out, left, right));
          }
        }
      }
      all.add(
          new Case(
              size + " parts of wider rows",
              Operand.of(m + 2, n + 3).cut(0, 1, m, 1).cut(1, 2, n, 1),
              Operand.of(m + 1, k + 5).cut(0, 1, m, 1).cut(1, 3, k, 1),
              Operand.of(n, k + 1).cut(1, 1, k, 1).permuted(1, 0)));
      all.add(
          new Case(
              size + " every second, and backwards",
              Operand.of(m, 2 * n).cut(1, 1, n, 2),
              Operand.of(m, k).cut(0, m - 1, m, -1),
              Operand.of(2 * k, 2 * n).cut(0, 0, k, 2).cut(1, 2 * n - 1, n, -2)));
      all.add(
          new Case(
              size + " repeated rows and columns",
              c,
              Operand.of(1, k).repeated(m, k),
              Operand.of(k, 1).repeated(k, n)));
    }
    return all;
  }

  private static List<Case> batches() {
    return List.of(
        new Case("plain", Operand.of(5, 3, 4), Operand.of(5, 3, 6), Operand.of(5, 6, 4)),
        new Case(
            "two axes", Operand.of(2, 3, 5, 4), Operand.of(2, 3, 5, 6), Operand.of(2, 3, 6, 4)),
        new Case(
            "b for all",
            Operand.of(2, 3, 5, 4),
            Operand.of(2, 3, 5, 6),
            Operand.of(6, 4).repeated(2, 3, 6, 4)),
        new Case(
            "b for all, transposed",
            Operand.of(4, 5, 7),
            Operand.of(4, 5, 6),
            Operand.of(7, 6).permuted(1, 0).repeated(4, 6, 7)),
        new Case(
            "rows, b for all",
            Operand.of(9, 1, 4),
            Operand.of(9, 1, 6),
            Operand.of(1, 6, 4).repeated(9, 6, 4)),
        new Case(
            "a for all",
            Operand.of(2, 3, 5, 4),
            Operand.of(5, 6).repeated(2, 3, 5, 6),
            Operand.of(2, 3, 6, 4)),
        new Case(
            "both repeat, on different axes",
            Operand.of(4, 3, 5, 4),
            Operand.of(4, 1, 5, 6).repeated(4, 3, 5, 6),
            Operand.of(1, 3, 6, 4).repeated(4, 3, 6, 4)),
        new Case(
            "both for all",
            Operand.of(3, 5, 4),
            Operand.of(5, 6).repeated(3, 5, 6),
            Operand.of(6, 4).repeated(3, 6, 4)),
        new Case(
            "heads of attention",
            Operand.of(2, 7, 3, 5).permuted(0, 2, 1, 3),
            Operand.of(2, 3, 7, 6),
            Operand.of(2, 6, 3, 5).permuted(0, 2, 1, 3)),
        new Case(
            "batch is the innermost",
            Operand.of(3, 4, 5).permuted(2, 0, 1),
            Operand.of(3, 6, 5).permuted(2, 0, 1),
            Operand.of(6, 4, 5).permuted(2, 0, 1)),
        new Case(
            "batch backwards",
            Operand.of(5, 3, 4).cut(0, 4, 5, -1),
            Operand.of(5, 3, 6).cut(0, 4, 5, -1),
            Operand.of(5, 6, 4)),
        new Case(
            "many that do not merge",
            Operand.of(6, 5, 4, 2, 3),
            Operand.of(5, 6, 4, 2, 4).permuted(1, 0, 2, 3, 4),
            Operand.of(4, 5, 6, 4, 3).permuted(2, 1, 0, 3, 4)),
        new Case(
            "many that do not merge, result too",
            Operand.of(4, 5, 6, 2, 3).permuted(2, 1, 0, 3, 4),
            Operand.of(5, 6, 4, 2, 4).permuted(1, 0, 2, 3, 4),
            Operand.of(6, 5, 4, 4, 3)),
        new Case(
            "six axes",
            Operand.of(1, 2, 2, 1, 2, 2),
            Operand.of(1, 2, 1, 1, 2, 3).repeated(1, 2, 2, 1, 2, 3),
            Operand.of(2, 1, 3, 2).repeated(1, 2, 2, 1, 3, 2)));
  }

  private static void check(Case c, DType out, DType a, DType b) {
    try (Twins t = new Twins(c.name.hashCode())) {
      Twins.Twin y = t.view(out, c.c.memory, c.c.view);
      t.view(a, c.a.memory, c.a.view, small(t, a, c.a.memory));
      t.view(b, c.b.memory, c.b.view, small(t, b, c.b.memory));
      t.run((on, v) -> on.matmul(v[0], v[1], v[2]));
      Layout left = c.a.view.apply(Layout.contiguous(c.a.memory));
      int k = left.dim(left.rank() - 1);
      t.same("matmul " + c.name, y, Twins.tolerance(out, 4e-7 * Math.sqrt(k)));
    }
  }

  /** Partial sums stay near 1, to which the tolerance is relative. */
  private static double[] small(Twins t, DType type, Shape shape) {
    double[] v = t.values(type, shape);
    for (int i = 0; i < v.length && type.isFloat(); i++) {
      v[i] /= 2;
    }
    return v;
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F32", "F16", "BF16"})
  void matrices(DType t) {
    cases().forEach(c -> check(c, t, t, t));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F32", "F16", "BF16"})
  void overBatchAxes(DType t) {
    batches().forEach(c -> check(c, t, t, t));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"I32", "U8", "BOOL"})
  void otherTypes(DType t) {
    List<Case> few = cases().subList(0, 30);
    few.forEach(c -> check(c, t, t, t));
    batches().forEach(c -> check(c, t, t, t));
  }

  @Test
  void mixedTypes() {
    List<Case> few = new ArrayList<>(cases().subList(22, 34));
    few.addAll(batches());
    for (Case c : few) {
      check(c, DType.F32, DType.U8, DType.F64);
      check(c, DType.F64, DType.F32, DType.I32);
      check(c, DType.F32, DType.BF16, DType.F16);
    }
  }

  @Test
  void empty() {
    for (DType type : new DType[] {DType.F64, DType.F32, DType.BF16, DType.I32}) {
      check(
          new Case("no terms", Operand.of(3, 4), Operand.of(3, 0), Operand.of(0, 4)),
          type,
          type,
          type);
      check(
          new Case("no rows", Operand.of(0, 4), Operand.of(0, 2), Operand.of(2, 4)),
          type,
          type,
          type);
      check(
          new Case("no batch", Operand.of(0, 3, 4), Operand.of(0, 3, 2), Operand.of(0, 2, 4)),
          type,
          type,
          type);
    }
  }

  @Test
  void noNumberAndInfinityGoThrough() {
    try (Twins t = new Twins(1)) {
      double inf = Double.POSITIVE_INFINITY;
      Twins.Twin y = t.dense(DType.F32, Shape.of(2, 2), Double.NaN, 1, 2, Double.NaN);
      t.dense(DType.F32, Shape.of(2, 2), inf, 1, Double.NaN, 0);
      t.dense(DType.F32, Shape.of(2, 2), 1, 0, 2, 3);
      t.run((on, v) -> on.matmul(v[0], v[1], v[2]));
      t.same("matmul", y, 0);
      assertEquals(inf, t.got(y)[0]);
    }
  }

  @Test
  void transposedOperandsAndRepeatedBatchesNeedNoMemory() {
    List<Case> free =
        batches().stream()
            .filter(c -> c.name.startsWith("b for all") || c.name.equals("heads of attention"))
            .toList();
    assertEquals(3, free.size());
    for (Case c : free) {
      try (Twins t = new Twins(2)) {
        t.view(DType.F32, c.c.memory, c.c.view);
        t.view(DType.F32, c.a.memory, c.a.view);
        t.view(DType.F32, c.b.memory, c.b.view);
        long before = t.cuda.liveBytes();
        Product p =
            new Product(t.twins().get(0).cuda(), t.twins().get(1).cuda(), t.twins().get(2).cuda());
        assertTrue(p.fits(Product.A) && p.fits(Product.B) && p.fits(Product.C), c.name);
        assertEquals(c.name.startsWith("heads") ? 2 : 1, p.calls(), c.name);
        assertEquals(before, t.cuda.liveBytes());
      }
    }
  }

  @Test
  void tf32OnlyWhenAsked() {
    try (Twins t = new Twins(3)) {
      // 1 + 2^-12 has more bits than TF32 keeps.
      Twins.Twin y = t.dense(DType.F32, Shape.of(1, 1), 0);
      t.dense(DType.F32, Shape.of(1, 1), 1 + 0x1p-12);
      t.dense(DType.F32, Shape.of(1, 1), 1);
      t.run((on, v) -> on.matmul(v[0], v[1], v[2]));
      assertEquals(1 + 0x1p-12, t.got(y)[0]);
      assertFalse(t.cuda.tf32());
      t.cuda.tf32(true);
      try {
        t.run((on, v) -> on.matmul(v[0], v[1], v[2]));
        assertEquals(1, t.got(y)[0], 1e-3);
        if (CudaDevice.simulated()) {
          assertEquals(1, t.got(y)[0]);
        }
      } finally {
        t.cuda.tf32(false);
      }
    }
  }
}
