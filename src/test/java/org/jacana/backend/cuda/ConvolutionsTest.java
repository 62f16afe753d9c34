package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.Layout;
import org.jacana.backend.Reduction;
import org.jacana.op.Binary;
import org.jacana.op.Unary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConvolutionsTest {
  private static final UnaryOperator<Layout> AS_IT_IS = l -> l;

  private record Case(ConvSpec s, Shape x, Shape w) {
    Shape y() {
      return s.output(x, w);
    }
  }

  /** Input, filter, then stride, padding (top, left, bottom, right), dilation and groups. */
  private static Case of(int[] x, int[] w, int... s) {
    return new Case(
        new ConvSpec(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8]),
        Shape.of(x),
        Shape.of(w));
  }

  private static int[] d(int... dims) {
    return dims;
  }

  static List<Case> cases() {
    return List.of(
        of(d(1, 1, 1, 1), d(1, 1, 1, 1), 1, 1, 0, 0, 0, 0, 1, 1, 1),
        of(d(2, 4, 3, 1), d(2, 2, 2, 1), 1, 1, 1, 1, 1, 1, 1, 1, 1),
        of(d(2, 5, 7, 3), d(4, 1, 1, 3), 1, 1, 0, 0, 0, 0, 1, 1, 1),
        of(d(2, 5, 7, 3), d(4, 1, 1, 3), 3, 2, 0, 0, 0, 0, 1, 1, 1),
        of(d(3, 9, 8, 5), d(7, 3, 3, 5), 1, 1, 1, 1, 1, 1, 1, 1, 1),
        of(d(2, 8, 8, 4), d(4, 3, 3, 4), 2, 2, 1, 1, 0, 0, 1, 1, 1),
        // Padding that differs between the ends and matters.
        of(d(1, 5, 4, 2), d(2, 3, 2, 2), 2, 1, 1, 0, 1, 0, 1, 1, 1),
        of(d(1, 3, 5, 1), d(2, 2, 3, 1), 1, 2, 2, 1, 0, 0, 1, 1, 1),
        of(d(2, 7, 9, 3), d(5, 2, 3, 3), 1, 2, 0, 3, 2, 1, 1, 1, 1),
        of(d(2, 6, 6, 2), d(3, 3, 3, 2), 1, 1, 0, 0, 4, 5, 1, 1, 1),
        // Dilation; then steps longer than the filter, with pixels that nothing sees.
        of(d(1, 6, 5, 1), d(1, 2, 2, 1), 1, 1, 0, 0, 0, 0, 2, 3, 1),
        of(d(2, 9, 9, 4), d(3, 3, 3, 4), 1, 1, 2, 2, 2, 2, 2, 2, 1),
        of(d(2, 11, 10, 3), d(2, 2, 2, 3), 4, 5, 0, 0, 0, 0, 1, 1, 1),
        of(d(1, 6, 6, 2), d(2, 3, 3, 2), 3, 3, 1, 1, 0, 0, 1, 1, 1),
        // Groups, one channel each, and several results of each.
        of(d(1, 3, 3, 4), d(4, 2, 2, 2), 1, 1, 0, 0, 0, 0, 1, 1, 2),
        of(d(2, 8, 7, 8), d(8, 3, 3, 1), 1, 1, 1, 1, 1, 1, 1, 1, 8),
        of(d(1, 3, 3, 3), d(6, 2, 2, 1), 1, 1, 1, 1, 0, 0, 1, 1, 3),
        of(d(1, 5, 5, 2), d(2, 2, 2, 1), 2, 2, 1, 0, 0, 1, 2, 1, 2),
        of(d(3, 15, 16, 6), d(10, 5, 4, 3), 2, 3, 2, 1, 0, 2, 1, 2, 2),
        // A window as large as the image, and a long sum over positions.
        of(d(2, 6, 5, 3), d(4, 6, 5, 3), 1, 1, 0, 0, 0, 0, 1, 1, 1),
        of(d(4, 33, 31, 2), d(3, 3, 3, 2), 1, 1, 1, 1, 1, 1, 1, 1, 1));
  }

  private static double[] small(Twins t, DType type, Shape shape, double scale) {
    double[] v = t.values(type, shape);
    for (int i = 0; i < v.length; i++) {
      v[i] = type.isFloat() ? v[i] * scale : v[i] % 7;
    }
    return v;
  }

  private static double tolerance(DType type, double terms) {
    return Twins.tolerance(type, 4e-7 * Math.sqrt(Math.max(1, terms)));
  }

  /** All three on views that {@code f} makes of memory, where the operand is one. */
  private static void check(
      Case c, DType tx, DType tw, DType ty, UnaryOperator<Shape> memory, UnaryOperator<Layout> f) {
    Shape y = c.y();
    double scale = 0.5;
    try (Twins t = new Twins(c.hashCode())) {
      Twins.Twin out = t.view(ty, memory.apply(y), f);
      t.view(tx, memory.apply(c.x), f, small(t, tx, memory.apply(c.x), scale));
      t.view(tw, memory.apply(c.w), f, small(t, tw, memory.apply(c.w), scale));
      t.run((on, v) -> on.conv(c.s, v[0], v[1], v[2]));
      t.same("conv " + c, out, tolerance(ty, (double) c.w.dim(1) * c.w.dim(2) * c.w.dim(3)));
    }
    try (Twins t = new Twins(c.hashCode())) {
      Twins.Twin out = t.view(tx, memory.apply(c.x), f);
      t.view(ty, memory.apply(y), f, small(t, ty, memory.apply(y), scale));
      t.view(tw, memory.apply(c.w), f, small(t, tw, memory.apply(c.w), scale));
      t.run((on, v) -> on.convGradInput(c.s, v[0], v[1], v[2]));
      t.same(
          "convGradInput " + c, out, tolerance(tx, (double) c.w.dim(0) * c.w.dim(1) * c.w.dim(2)));
    }
    try (Twins t = new Twins(c.hashCode())) {
      Twins.Twin out = t.view(tw, memory.apply(c.w), f);
      t.view(tx, memory.apply(c.x), f, small(t, tx, memory.apply(c.x), 0.2));
      t.view(ty, memory.apply(y), f, small(t, ty, memory.apply(y), 0.2));
      t.run((on, v) -> on.convGradWeight(c.s, v[0], v[1], v[2]));
      t.same("convGradWeight " + c, out, tolerance(tw, (double) y.dim(0) * y.dim(1) * y.dim(2)));
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void contiguous(DType t) {
    cases().forEach(c -> check(c, t, t, t, m -> m, AS_IT_IS));
  }

  @Test
  void mixedTypes() {
    for (Case c : cases().subList(4, 12)) {
      check(c, DType.U8, DType.F32, DType.F32, m -> m, AS_IT_IS);
      check(c, DType.F32, DType.BF16, DType.F64, m -> m, AS_IT_IS);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F32", "BF16"})
  void viewsOfAnyLayout(DType t) {
    for (Case c : cases()) {
      // Channels first in memory.
      check(
          c,
          t,
          t,
          t,
          m -> Shape.of(m.dim(0), m.dim(3), m.dim(1), m.dim(2)),
          l -> l.permute(0, 2, 3, 1));
      // Parts of wider pixels, which begin at no multiple of 16 bytes.
      check(
          c,
          t,
          t,
          t,
          m -> Shape.of(m.dim(0), m.dim(1), m.dim(2), m.dim(3) + 1),
          l -> l.slice(3, 1, l.dim(3) - 1, 1));
      // Contiguous, and at no multiple of 16 bytes where an image is none.
      check(
          c,
          t,
          t,
          t,
          m -> Shape.of(m.dim(0) + 1, m.dim(1), m.dim(2), m.dim(3)),
          l -> l.slice(0, 1, l.dim(0) - 1, 1));
    }
  }

  @Test
  void empty() {
    for (DType t : new DType[] {DType.F64, DType.F32, DType.F16, DType.I32}) {
      check(of(d(0, 4, 4, 2), d(3, 3, 3, 2), 1, 1, 0, 0, 0, 0, 1, 1, 1), t, t, t, m -> m, AS_IT_IS);
      check(of(d(2, 4, 4, 0), d(3, 3, 3, 0), 1, 1, 0, 0, 0, 0, 1, 1, 1), t, t, t, m -> m, AS_IT_IS);
      check(of(d(2, 4, 4, 2), d(0, 3, 3, 2), 1, 1, 0, 0, 0, 0, 1, 1, 1), t, t, t, m -> m, AS_IT_IS);
    }
  }

  @Test
  void biasAndRectifier() {
    List<Case> few = new ArrayList<>(cases().subList(0, 10));
    few.add(of(d(2, 6, 6, 3), d(16, 3, 3, 3), 1, 1, 1, 1, 1, 1, 1, 1, 1));
    for (Case c : few) {
      for (DType type : new DType[] {DType.F32, DType.F16, DType.BF16}) {
        for (int option = 0; option < 4; option++) {
          boolean withBias = (option & 1) != 0;
          boolean relu = (option & 2) != 0;
          try (Twins t = new Twins(option)) {
            Twins.Twin y = t.dense(type, c.y());
            t.view(type, c.x, AS_IT_IS, small(t, type, c.x, 0.5));
            t.view(type, c.w, AS_IT_IS, small(t, type, c.w, 0.5));
            t.dense(type, Shape.of(c.w.dim(0)));
            t.run(
                (on, v) -> {
                  if (on == t.cuda) {
                    assertTrue(on.convBias(c.s, v[0], v[1], v[2], withBias ? v[3] : null, relu));
                    return;
                  }
                  on.conv(c.s, v[0], v[1], v[2]);
                  if (withBias) {
                    on.binary(Binary.ADD, v[0], v[0], v[3].expand(v[0].shape()));
                  }
                  if (relu) {
                    on.unary(Unary.RELU, 0, 0, v[0], v[0]);
                  }
                });
            t.same("convBias " + c, y, 2 * tolerance(type, c.w.size() / c.w.dim(0) + 1));
          }
        }
      }
    }
  }

  @Test
  void gradientsOfFilterAndBias() {
    for (Case c : cases()) {
      for (DType type : new DType[] {DType.F64, DType.F32, DType.BF16}) {
        try (Twins t = new Twins(c.hashCode())) {
          Twins.Twin dw = t.dense(type, c.w);
          Twins.Twin db = t.dense(type, Shape.of(c.w.dim(0)));
          t.view(type, c.x, AS_IT_IS, small(t, type, c.x, 0.2));
          t.view(type, c.y(), AS_IT_IS, small(t, type, c.y(), 0.2));
          t.run(
              (on, v) -> {
                if (on == t.cuda) {
                  assertTrue(on.convGradWeightBias(c.s, v[0], v[1], v[2], v[3]));
                } else {
                  on.convGradWeight(c.s, v[0], v[2], v[3]);
                  on.reduce(Reduction.SUM, v[1].expand(Shape.of(1, 1, 1, c.w.dim(0))), v[3]);
                }
              });
          double terms = c.y().size() / (double) c.w.dim(0);
          t.same("dw " + c, dw, tolerance(type, terms));
          t.same("db " + c, db, tolerance(type, terms));
        }
      }
    }
  }

  @Test
  void deterministicTakesOnlyAlgorithmsThatAre() {
    Case c = of(d(3, 9, 8, 5), d(7, 3, 3, 5), 1, 1, 1, 1, 1, 1, 1, 1, 1);
    ConvGeometry g = ConvGeometry.of(c.s, c.x, c.w, c.y());
    try (Twins t = new Twins(5)) {
      Twins.Twin y = t.dense(DType.F32, c.y());
      Twins.Twin x = t.dense(DType.F32, c.x);
      Twins.Twin w = t.dense(DType.F32, c.w);
      boolean before = t.cuda.deterministic();
      try {
        t.cuda.deterministic(true);
        t.cuda.convGradInput(c.s, x.cuda(), y.cuda(), w.cuda());
        t.cuda.convGradWeight(c.s, w.cuda(), x.cuda(), y.cuda());
        double[] first = t.got(w);
        int data = t.cuda.convolutions().algorithm(ConvKind.GRAD_INPUT, g, DType.F32);
        int filter = t.cuda.convolutions().algorithm(ConvKind.GRAD_WEIGHT, g, DType.F32);
        assertTrue(data != 0, "BackwardData's algorithm 0 is not deterministic");
        assertTrue(filter != 0 && filter != 3, "BackwardFilter's 0 and 3 are not deterministic");
        for (int i = 0; i < 5; i++) {
          t.cuda.convGradWeight(c.s, w.cuda(), x.cuda(), y.cuda());
          assertTrue(Arrays.equals(first, t.got(w)));
        }
        t.cuda.deterministic(false);
        t.cuda.convGradInput(c.s, x.cuda(), y.cuda(), w.cuda());
        t.cuda.convGradWeight(c.s, w.cuda(), x.cuda(), y.cuda());
        if (CudaDevice.simulated()) {
          // The stand-in prefers those that are not, as the library often does.
          assertEquals(
              0, t.cuda.convolutions().algorithm(ConvKind.GRAD_INPUT, g, DType.F32).intValue());
          assertEquals(
              0, t.cuda.convolutions().algorithm(ConvKind.GRAD_WEIGHT, g, DType.F32).intValue());
        }
      } finally {
        t.cuda.deterministic(before);
      }
    }
  }

  @Test
  void tf32OnlyWhenAsked() {
    Case c = of(d(1, 1, 1, 1), d(1, 1, 1, 1), 1, 1, 0, 0, 0, 0, 1, 1, 1);
    try (Twins t = new Twins(6)) {
      Twins.Twin y = t.dense(DType.F32, c.y(), 0);
      t.dense(DType.F32, c.x, 1 + 0x1p-12);
      t.dense(DType.F32, c.w, 1);
      t.run((on, v) -> on.conv(c.s, v[0], v[1], v[2]));
      assertEquals(1 + 0x1p-12, t.got(y)[0]);
      t.cuda.tf32(true);
      try {
        t.run((on, v) -> on.conv(c.s, v[0], v[1], v[2]));
        assertEquals(1, t.got(y)[0], 1e-3);
        if (CudaDevice.simulated()) {
          assertEquals(1, t.got(y)[0]);
        }
      } finally {
        t.cuda.tf32(false);
      }
    }
  }

  @Test
  void otherTypesWithBiasAreLeftToTheCompositeForm() {
    Case c = cases().get(1);
    try (Twins t = new Twins(7)) {
      t.dense(DType.F64, c.y());
      t.dense(DType.F64, c.x);
      t.dense(DType.F64, c.w);
      t.dense(DType.F64, Shape.of(c.w.dim(0)));
      var v = t.twins();
      assertFalse(
          t.cuda.convBias(
              c.s, v.get(0).cuda(), v.get(1).cuda(), v.get(2).cuda(), v.get(3).cuda(), false));
    }
  }

  @Test
  void manyShapesDoNotPileUpPlans() {
    Shape w = Shape.of(1, 1, 1, 1);
    try (Twins t = new Twins(8)) {
      Twins.Twin x = t.dense(DType.F32, Shape.of(1, 1, 1100, 1));
      Twins.Twin y = t.dense(DType.F32, Shape.of(1, 1, 1100, 1));
      Twins.Twin k = t.dense(DType.F32, w);
      ConvSpec s = ConvSpec.of(1, 0);
      for (int n = 1; n <= 1100; n++) {
        Layout l = x.cuda().layout().slice(2, 0, n, 1);
        t.cuda.conv(s, y.cuda().with(l), x.cuda().with(l), k.cuda());
      }
      assertEquals(1024, t.cuda.convolutions().plans());
    }
  }
}
