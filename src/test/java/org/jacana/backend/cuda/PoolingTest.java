package org.jacana.backend.cuda;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.Layout;
import org.jacana.backend.PoolSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class PoolingTest {
  private record Case(PoolSpec s, int n, int h, int w, int c) {
    Shape x() {
      return Shape.of(n, h, w, c);
    }

    Shape y() {
      return s.output("pool", x());
    }

    DType index() {
      return s.kernelH() * s.kernelW() <= 256 ? DType.U8 : DType.I32;
    }
  }

  private static final List<Case> CASES =
      List.of(
          new Case(PoolSpec.of(2, 2), 2, 8, 6, 8),
          new Case(PoolSpec.of(2, 2), 2, 7, 5, 3),
          new Case(new PoolSpec(3, 3, 2, 2, 1, 1, false, true), 2, 9, 8, 4),
          new Case(new PoolSpec(3, 3, 1, 1, 1, 1, false, false), 1, 5, 6, 5),
          new Case(new PoolSpec(3, 2, 2, 3, 1, 0, true, true), 2, 8, 9, 12),
          new Case(new PoolSpec(3, 2, 2, 3, 1, 1, true, false), 2, 8, 9, 1),
          new Case(new PoolSpec(2, 2, 3, 3, 0, 0, true, true), 1, 8, 8, 4),
          new Case(new PoolSpec(1, 1, 2, 2, 0, 0, false, true), 1, 4, 4, 4),
          new Case(new PoolSpec(17, 18, 1, 1, 8, 9, false, true), 1, 17, 18, 4),
          new Case(PoolSpec.of(17, 17), 1, 17, 17, 3));

  private static final UnaryOperator<Layout> WHOLE = l -> l;

  /** A layout of a shape whose memory has its axes in another order, one of them reversed. */
  private static Shape odd(Shape s) {
    return Shape.of(s.dim(3), s.dim(1), s.dim(0), s.dim(2));
  }

  private static Layout odd(Layout l) {
    Layout p = l.permute(2, 1, 3, 0);
    return p.slice(2, p.dim(2) - 1, p.dim(2), -1);
  }

  /** Few distinct values, so that ties abound. */
  private static double[] ties(Twins t, Shape shape) {
    double[] v = new double[(int) shape.size()];
    for (int i = 0; i < v.length; i++) {
      v[i] = t.random.nextInt(5) + 3;
    }
    return v;
  }

  private static Twins.Twin view(Twins t, DType type, Shape s, boolean odd, double[] values) {
    return odd ? t.view(type, odd(s), PoolingTest::odd, values) : t.view(type, s, WHOLE, values);
  }

  private static Twins.Twin view(Twins t, DType type, Shape s, boolean odd) {
    return view(t, type, s, odd, t.values(type, s));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void maximumAndItsTransposes(DType type) {
    for (Case c : CASES) {
      for (boolean odd : new boolean[] {false, true}) {
        try (Twins t = new Twins(c.hashCode())) {
          Twins.Twin y = view(t, type, c.y(), odd);
          Twins.Twin index = view(t, c.index(), c.y(), odd);
          view(t, type, c.x(), odd, ties(t, c.x()));
          Twins.Twin dx = view(t, type, c.x(), odd);
          view(t, type, c.y(), odd);
          Twins.Twin g = view(t, type, c.y(), odd);
          t.run(
              (b, v) -> {
                b.maxPool(c.s, v[0], v[1], v[2]);
                b.maxPoolGrad(c.s, v[3], v[4], v[1]);
                b.maxPoolGather(c.s, v[5], v[2], v[1]);
              });
          t.same("maxPool " + c, y, 0);
          t.same("positions " + c, index, 0);
          t.same("maxPoolGrad " + c, dx, 2 * Twins.tolerance(type, 1e-6));
          t.same("maxPoolGather " + c, g, 0);
        }
      }
    }
  }

  @Test
  void theFirstNanIsTheMaximum() {
    double[] special = {
      Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 0.0, 1, -1
    };
    for (DType type : new DType[] {DType.F32, DType.F64, DType.BF16, DType.F16}) {
      for (Case c : CASES) {
        try (Twins t = new Twins(7)) {
          double[] x = new double[(int) c.x().size()];
          for (int i = 0; i < x.length; i++) {
            x[i] = special[t.random.nextInt(special.length)];
          }
          Twins.Twin y = t.dense(type, c.y());
          Twins.Twin index = t.dense(c.index(), c.y());
          t.dense(type, c.x(), x);
          t.run((b, v) -> b.maxPool(c.s, v[0], v[1], v[2]));
          t.same("maxPool " + c, y, 0);
          t.same("positions " + c, index, 0);
        }
      }
    }
  }

  static Stream<DType> floats() {
    return Stream.of(DType.values()).filter(DType::isFloat);
  }

  @ParameterizedTest
  @MethodSource("floats")
  void averageAndGradient(DType type) {
    for (Case c : CASES) {
      for (boolean odd : new boolean[] {false, true}) {
        try (Twins t = new Twins(c.hashCode())) {
          Twins.Twin y = view(t, type, c.y(), odd);
          view(t, type, c.x(), odd);
          Twins.Twin dx = view(t, type, c.x(), odd);
          view(t, type, c.y(), odd);
          t.run(
              (b, v) -> {
                b.avgPool(c.s, v[0], v[1]);
                b.avgPoolGrad(c.s, v[2], v[3]);
              });
          t.same("avgPool " + c, y, Twins.tolerance(type, 1e-6));
          t.same("avgPoolGrad " + c, dx, Twins.tolerance(type, 1e-6));
        }
      }
    }
  }

  @Test
  void moreElementsThanOneGrid() {
    Case c = new Case(PoolSpec.of(2, 1), 3, 150, 150, 17);
    try (Twins t = new Twins(2)) {
      Twins.Twin y = t.dense(DType.F32, c.y());
      Twins.Twin index = t.dense(DType.U8, c.y());
      t.dense(DType.F32, c.x());
      Twins.Twin dx = t.dense(DType.F32, c.x());
      t.run(
          (b, v) -> {
            b.maxPool(c.s, v[0], v[1], v[2]);
            b.maxPoolGrad(c.s, v[3], v[0], v[1]);
          });
      t.same("maxPool", y, 0);
      t.same("positions", index, 0);
      t.same("maxPoolGrad", dx, 1e-6);
    }
  }

  @Test
  void vectorsOnlyWhereMemoryAllowsThem() {
    // Channels in fours, but the first element lies between vectors, or channels have gaps.
    Case c = new Case(PoolSpec.of(2, 2), 2, 6, 6, 4);
    for (int skip = 0; skip < 2; skip++) {
      int first = skip;
      try (Twins t = new Twins(3)) {
        Shape more = Shape.of(3, 6, 6, 4 + first);
        Twins.Twin y =
            t.view(
                DType.F32,
                Shape.of(1 + (int) c.y().size()),
                l -> l.slice(0, 1, (int) c.y().size(), 1).reshape(c.y()));
        Twins.Twin index = t.dense(DType.U8, c.y());
        t.view(DType.F32, more, l -> l.slice(0, 1, 2, 1).slice(3, first, 4, 1));
        t.run((b, v) -> b.maxPool(c.s, v[0], v[1], v[2]));
        t.same("maxPool", y, 0);
        t.same("positions", index, 0);
      }
    }
  }

  @Test
  void noImages() {
    try (Twins t = new Twins(1)) {
      t.dense(DType.F32, Shape.of(0, 2, 2, 4));
      t.dense(DType.U8, Shape.of(0, 2, 2, 4));
      t.dense(DType.F32, Shape.of(0, 4, 4, 4));
      t.run(
          (b, v) -> {
            b.maxPool(PoolSpec.of(2, 2), v[0], v[1], v[2]);
            b.maxPoolGrad(PoolSpec.of(2, 2), v[2], v[0], v[1]);
            b.maxPoolGather(PoolSpec.of(2, 2), v[0], v[2], v[1]);
            b.avgPool(PoolSpec.of(2, 2), v[0], v[2]);
            b.avgPoolGrad(PoolSpec.of(2, 2), v[2], v[0]);
          });
    }
  }
}
