package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.Layout;
import org.jacana.op.Binary;
import org.jacana.op.Unary;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The pointwise kernels against the reference. */
class PointwiseTest {
  /** Zeros, ones, domain edges, poles, the ends of float, infinities and NaN. */
  private static final double[] EDGES = {
    0,
    -0.0,
    1,
    -1,
    0.5,
    -0.5,
    2,
    -2,
    3,
    -3,
    1.5,
    -1.5,
    2.5,
    -2.5,
    7,
    -7,
    1e-8,
    -1e-8,
    1e-30,
    -1e-30,
    1e8,
    -1e8,
    1e30,
    -1e30,
    88.7,
    -88.7,
    100,
    -100,
    170.5,
    0.999999,
    -0.999999,
    1.000001,
    4.5,
    -4.5,
    12.25,
    1e-3,
    -1e-3,
    1 - 0x1p-24,
    0x1p-24 - 1,
    0x1p-149,
    3e38,
    -3e38,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.NaN
  };

  private static final Set<Unary> SAME = EnumSet.range(Unary.NEG, Unary.CLAMP);

  private static final Set<Unary> EXACT_ENOUGH =
      EnumSet.of(Unary.SQRT, Unary.RECIPROCAL, Unary.LEAKY_RELU);

  private static DType out(Unary f, DType t) {
    return f.compareTo(Unary.IS_NAN) >= 0 ? DType.BOOL : SAME.contains(f) ? t : t.toFloat();
  }

  private static DType out(Binary f, DType a, DType b) {
    DType t = DType.promote(a, b);
    return switch (f) {
      case DIV, POW, ATAN2 -> t.toFloat();
      case ADD, SUB, MUL, MAXIMUM, MINIMUM, REMAINDER, RELU_GRAD -> t;
      default -> DType.BOOL;
    };
  }

  private static double[][] constants(Unary f) {
    return switch (f) {
      case ADD_SCALAR -> new double[][] {{0.75, 0}, {-3, 0}};
      case MUL_SCALAR -> new double[][] {{-1.5, 0}, {2, 0}};
      case CLAMP -> new double[][] {{-1, 0.7}, {0, Double.POSITIVE_INFINITY}};
      case POLYGAMMA -> new double[][] {{0, 0}, {1, 0}, {2, 0}, {5, 0}};
      case LEAKY_RELU, ELU -> new double[][] {{0.25, 0}, {1.5, 0}};
      case POW_SCALAR ->
          new double[][] {{2, 0}, {3, 0}, {-1, 0}, {0.5, 0}, {-1.5, 0}, {0, 0}, {5, 0}};
      default -> new double[][] {{0, 0}};
    };
  }

  private static double[] edges(DType t, int n, java.util.Random r) {
    return DoubleStream.concat(
            t.isFloat()
                ? Arrays.stream(EDGES)
                : DoubleStream.of(0, 1, 2, 3, 7, 100, 255, 46341, 65537, -1, -7, 2147483647),
            DoubleStream.generate(
                () ->
                    t.isFloat()
                        ? r.nextGaussian() * (r.nextBoolean() ? 1 : 10)
                        : t == DType.I32 ? r.nextInt(-1000, 1000) : r.nextInt(256)))
        .limit(n)
        .map(v -> t == DType.BOOL ? (v != 0 ? 1 : 0) : v)
        .toArray();
  }

  private static double tolerance(DType t, boolean transcendental) {
    return t.isFloat() ? Twins.tolerance(t, transcendental ? 2e-6 : 2e-7) : 0;
  }

  @TestFactory
  Stream<DynamicTest> unaryAtEveryEdgeInEveryType() {
    return Arrays.stream(Unary.values())
        .map(f -> DynamicTest.dynamicTest(f.kernel(), () -> unary(f)));
  }

  private static void unary(Unary f) {
    Shape s = Shape.of(131);
    for (DType t : DType.values()) {
      for (double[] c : constants(f)) {
        try (Twins w = new Twins(3)) {
          Twins.Twin x = w.view(t, s, l -> l, edges(t, 131, w.random));
          Twins.Twin y = w.dense(out(f, t), s);
          w.run((b, v) -> b.unary(f, c[0], c[1], v[1], v[0]));
          boolean exact = SAME.contains(f) || EXACT_ENOUGH.contains(f);
          String what = f + " " + Arrays.toString(c) + " of " + t;
          w.same(what, y, tolerance(out(f, t), !exact));
          if (t == DType.F64 || t == DType.F32) {
            signs(what, w, x, y);
          }
        }
      }
    }
  }

  /** Zeros have the reference's sign. */
  private static void signs(String what, Twins w, Twins.Twin x, Twins.Twin y) {
    double[] in = w.expected(x);
    double[] e = w.expected(y);
    double[] g = w.got(y);
    for (int i = 0; i < e.length; i++) {
      if (e[i] == 0 && g[i] == 0) {
        assertEquals(1 / e[i], 1 / g[i], what + " at " + in[i]);
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> binaryAtEveryEdgeInEveryPairOfTypes() {
    return Arrays.stream(Binary.values())
        .map(f -> DynamicTest.dynamicTest(f.kernel(), () -> binary(f)));
  }

  private static void binary(Binary f) {
    boolean transcendental = f == Binary.POW || f == Binary.ATAN2;
    for (DType ta : DType.values()) {
      for (DType tb : DType.values()) {
        try (Twins w = new Twins(4)) {
          // Every edge with every edge.
          Shape s = Shape.of(48, 48);
          Twins.Twin a = w.view(ta, Shape.of(48), l -> l, edges(ta, 48, w.random));
          Twins.Twin b = w.view(tb, Shape.of(48, 1), l -> l, edges(tb, 48, w.random));
          Twins.Twin y = w.dense(out(f, ta, tb), s);
          w.run((k, v) -> k.binary(f, v[2], v[0].expand(s), v[1].expand(s)));
          String what = f + " of " + ta + " and " + tb;
          w.same(what, y, tolerance(out(f, ta, tb), transcendental));
          if (ta == tb && (ta == DType.F64 || ta == DType.F32)) {
            signs(what, w, y, y);
          }
          assertEquals(48, a.size() * b.size() / 48);
        }
      }
    }
  }

  /** A shape, and how its elements lie in the memory of another. */
  private record Placed(String name, Shape memory, UnaryOperator<Layout> f) {
    static Placed of(String name, UnaryOperator<Layout> f, int... memory) {
      return new Placed(name, Shape.of(memory), f);
    }
  }

  private static final Shape SHAPE = Shape.of(6, 5, 8);

  private static final List<Placed> OUTPUTS =
      List.of(
          Placed.of("dense", l -> l, 6, 5, 8),
          Placed.of("offset", l -> l.slice(0, 1, 240, 1).reshape(SHAPE), 243),
          Placed.of("transposed", l -> l.permute(2, 0, 1), 5, 8, 6),
          Placed.of("reversed", l -> l.slice(2, 7, 8, -1), 6, 5, 8),
          Placed.of("every other row", l -> l.slice(1, 1, 5, 2), 6, 11, 8),
          Placed.of("part of rows", l -> l.slice(2, 4, 8, 1), 6, 5, 16),
          Placed.of("unaligned part of rows", l -> l.slice(2, 3, 8, 1), 6, 5, 15));

  private static final List<Placed> INPUTS =
      Stream.concat(
              OUTPUTS.stream(),
              Stream.of(
                  Placed.of("scalar", l -> l.expand(SHAPE)),
                  Placed.of("row", l -> l.expand(SHAPE), 8),
                  Placed.of("column", l -> l.expand(SHAPE), 5, 1),
                  Placed.of("outer", l -> l.expand(SHAPE), 6, 1, 8),
                  Placed.of("unaligned row", l -> l.slice(0, 1, 8, 1).expand(SHAPE), 9)))
          .toList();

  /** One of a list for each pair of numbers, so that pairs meet all of them in turn. */
  private static <T> T turn(List<T> of, int i, int j) {
    return of.get((i + j) % of.size());
  }

  @Test
  void unaryInEveryLayout() {
    List<Unary> functions = List.of(Unary.SQUARE, Unary.SIGMOID, Unary.LOGICAL_NOT);
    for (DType t : DType.values()) {
      for (int i = 0; i < INPUTS.size(); i++) {
        for (int j = 0; j < OUTPUTS.size(); j++) {
          Placed in = INPUTS.get(i);
          Placed to = OUTPUTS.get(j);
          Unary f = turn(functions, i, j + t.ordinal());
          try (Twins w = new Twins(5)) {
            w.view(t, in.memory, in.f);
            Twins.Twin y = w.view(out(f, t), to.memory, to.f);
            w.run((b, v) -> b.unary(f, 0, 0, v[1], v[0]));
            String what = f + " of " + in.name + " " + t + " to " + to.name;
            w.same(what, y, tolerance(out(f, t), true));
          }
        }
      }
    }
  }

  @Test
  void binaryInEveryLayout() {
    DType[][] types = {
      {DType.F32, DType.F32},
      {DType.BF16, DType.BF16},
      {DType.F16, DType.F32},
      {DType.F32, DType.BOOL},
      {DType.I32, DType.F64}
    };
    for (DType[] t : types) {
      for (int i = 0; i < INPUTS.size(); i++) {
        for (int j = 0; j < INPUTS.size(); j++) {
          Placed left = INPUTS.get(i);
          Placed right = INPUTS.get(j);
          Placed to = turn(OUTPUTS, i, j);
          Binary f = to.name.equals("offset") ? Binary.GT : Binary.MUL;
          try (Twins w = new Twins(6)) {
            w.view(t[0], left.memory, left.f);
            w.view(t[1], right.memory, right.f);
            Twins.Twin y = w.view(out(f, t[0], t[1]), to.memory, to.f);
            w.run((b, v) -> b.binary(f, v[2], v[0], v[1]));
            String what = f + " of " + left.name + " " + t[0] + ", " + right.name + " " + t[1];
            w.same(what + " to " + to.name, y, tolerance(y.cuda().dtype(), false));
          }
        }
      }
    }
  }

  @Test
  void whereInEveryLayoutAndSizeOfElements() {
    for (DType t : new DType[] {DType.U8, DType.F16, DType.F32, DType.F64}) {
      for (int i = 0; i < INPUTS.size(); i++) {
        for (int j = 0; j < INPUTS.size(); j++) {
          Placed mask = INPUTS.get(i);
          Placed left = INPUTS.get(j);
          Placed right = turn(INPUTS, i, j);
          Placed to = turn(OUTPUTS, i, j);
          try (Twins w = new Twins(7)) {
            w.view(DType.BOOL, mask.memory, mask.f);
            w.view(t, left.memory, left.f);
            w.view(t, right.memory, right.f);
            Twins.Twin y = w.view(t, to.memory, to.f);
            w.run((b, v) -> b.where(v[3], v[0], v[1], v[2]));
            w.same("where " + mask.name + " " + left.name + " " + t + " to " + to.name, y, 0);
          }
        }
      }
    }
  }

  @Test
  void whereOfSeveralTypes() {
    for (DType ta : DType.values()) {
      for (DType tb : DType.values()) {
        try (Twins w = new Twins(8)) {
          w.dense(DType.BOOL, Shape.of(7, 3));
          w.dense(ta, Shape.of(7, 3));
          w.dense(tb, Shape.of(3));
          Twins.Twin y = w.dense(DType.promote(ta, tb), Shape.of(7, 3));
          w.run((b, v) -> b.where(v[3], v[0], v[1], v[2].expand(Shape.of(7, 3))));
          w.same("where of " + ta + " and " + tb, y, 0);
        }
      }
    }
  }

  @Test
  void everySizeUpToAFewFours() {
    for (DType t : new DType[] {DType.F32, DType.BF16, DType.F64}) {
      for (int n = 0; n <= 21; n++) {
        for (int offset = 0; offset <= 4; offset++) {
          int from = offset;
          int size = n;
          UnaryOperator<Layout> part = l -> l.slice(0, from, size, 1);
          try (Twins w = new Twins(9)) {
            w.view(t, Shape.of(30), part);
            w.view(t, Shape.of(30), l -> l.slice(0, 4, size, 1));
            Twins.Twin y = w.view(t, Shape.of(30), part);
            Twins.Twin z = w.view(DType.BOOL, Shape.of(30), part);
            w.run(
                (b, v) -> {
                  b.unary(Unary.NEG, 0, 0, v[2], v[0]);
                  b.binary(Binary.SUB, v[2], v[2], v[1]);
                  b.binary(Binary.LT, v[3], v[2], v[1]);
                });
            w.same(n + " " + t + " from " + offset, y, tolerance(t, false));
            w.same(n + " tests of " + t + " from " + offset, z, 0);
          }
        }
      }
    }
  }

  @Test
  void moreThanOneGridOfThreads() {
    Shape s = Shape.of(3, 400_003);
    try (Twins w = new Twins(10)) {
      w.dense(DType.F32, s);
      w.dense(DType.BF16, Shape.of(400_003));
      Twins.Twin y = w.dense(DType.F32, s);
      Twins.Twin z = w.dense(DType.F32, s);
      w.run(
          (b, v) -> {
            b.binary(Binary.ADD, v[2], v[0], v[1].expand(s));
            b.unary(Unary.SQUARE, 0, 0, v[3], v[2]);
          });
      w.same("add", y, 2e-7);
      w.same("square", z, 2e-7);
    }
  }

  @Test
  void tenAxesThatDoNotMerge() {
    int[] d = new int[10];
    Arrays.fill(d, 2);
    d[9] = 3;
    UnaryOperator<Layout> back = l -> l.permute(9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    Shape turned = back.apply(Layout.contiguous(Shape.of(d))).shape();
    for (DType t : new DType[] {DType.F32, DType.U8}) {
      try (Twins w = new Twins(11)) {
        w.view(t, Shape.of(d), back);
        w.dense(t, turned);
        Twins.Twin y = w.dense(t, turned);
        Twins.Twin z = w.dense(t, turned);
        w.run(
            (b, v) -> {
              b.binary(Binary.MAXIMUM, v[2], v[0], v[1]);
              b.unary(Unary.ABS, 0, 0, v[3], v[0]);
            });
        w.same("maximum", y, 0);
        w.same("abs", z, 0);
      }
    }
  }

  @Test
  void outputsMayBeInputs() {
    for (DType t : new DType[] {DType.F32, DType.F16, DType.F64, DType.I32}) {
      try (Twins w = new Twins(12)) {
        Twins.Twin x = w.dense(t, Shape.of(37));
        w.run(
            (b, v) -> {
              b.unary(Unary.SQUARE, 0, 0, v[0], v[0]);
              b.binary(Binary.SUB, v[0], v[0], v[0]);
              b.unary(Unary.ADD_SCALAR, 3, 0, v[0], v[0]);
              b.binary(Binary.MUL, v[0], v[0], v[0]);
            });
        assertEquals(9, w.got(x)[36]);
        w.same("in place " + t, x, 0);
      }
    }
  }

  @Test
  void productsOfIntsWrap() {
    try (Twins w = new Twins(13)) {
      w.view(DType.I32, Shape.of(3), l -> l, 65537, -2147483648.0, 123456789);
      w.view(DType.I32, Shape.of(3), l -> l, 65537, -1, 987654321);
      Twins.Twin y = w.dense(DType.I32, Shape.of(3));
      Twins.Twin z = w.dense(DType.I32, Shape.of(3));
      w.run(
          (b, v) -> {
            b.binary(Binary.MUL, v[2], v[0], v[1]);
            b.unary(Unary.SQUARE, 0, 0, v[3], v[0]);
          });
      assertEquals(List.of(131073.0, -2147483648.0, (double) (123456789 * 987654321)), list(w, y));
      assertEquals(List.of(131073.0, 0.0, (double) (123456789 * 123456789)), list(w, z));
    }
  }

  private static List<Double> list(Twins w, Twins.Twin t) {
    return Arrays.stream(w.got(t)).boxed().toList();
  }
}
