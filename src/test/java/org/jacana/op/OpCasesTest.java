package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Leaks;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.GradientCheck;
import org.jacana.backend.Backends;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Asks every question of every row of {@link OpCases}. */
public class OpCasesTest {
  private static final List<Device> DEVICES = Devices.all();

  private static long live() {
    return Devices.liveBytes();
  }

  /** One test per row, after which nothing may be alive that was not before. */
  static Stream<DynamicTest> each(Consumer<OpCase> question) {
    return OpCases.all().stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.name(),
                    () -> {
                      long before = live();
                      int open = Leaks.open().size();
                      question.accept(c);
                      assertEquals(before, live(), () -> "bytes left alive: " + Leaks.open());
                      assertTrue(Leaks.open().size() <= open, () -> "left open: " + Leaks.open());
                    }));
  }

  private static Tensor[] tensors(Arg[] args, DType floats) {
    return Arrays.stream(args).map(a -> a.tensor(floats)).toArray(Tensor[]::new);
  }

  @TestFactory
  Stream<DynamicTest> derivativesMatchDifferenceQuotients() {
    if (!DEVICES.contains(Device.REFERENCE)) {
      return Stream.empty(); // a fact about the rules, not about a device
    }
    return each(
        c -> {
          if (c.order() == 0 || c.large()) {
            return;
          }
          try (Scope s = Scope.open(Device.REFERENCE)) {
            double loose = c.order() > 2 ? 10 : 1;
            GradientCheck.of(c.f())
                .order(c.order())
                .tolerance(2e-7 * loose, 1e-6 * loose)
                .check(tensors(c.arguments(), DType.F64));
          }
        });
  }

  /** A value and the gradients of its weighted sum with the sweep not recorded, as numbers. */
  private record Result(int[] shape, DType type, double[] value, List<double[]> grads) {}

  private static Result evaluate(OpCase c, Device device, Consumer<List<Tensor>> inputs) {
    try (Scope s = Scope.open(device)) {
      List<Tensor> made = new ArrayList<>();
      inputs.accept(made);
      Tensor[] xs = made.toArray(new Tensor[0]);
      List<Tensor> tracked = new ArrayList<>();
      if (c.order() > 0) {
        for (Tensor x : xs) {
          if (x.dtype().isFloat()) {
            tracked.add(x.requiresGrad(true));
          }
        }
      }
      Tensor y = c.f().apply(xs);
      List<double[]> grads = new ArrayList<>();
      if (c.order() > 0) {
        Tensor weights =
            Arg.make(weights(Math.toIntExact(y.size())), DType.F64, y.shape().dims()).to(y.dtype());
        List<Tensor> first = Autograd.grad(y, weights, tracked, false, true, true);
        List<Tensor> second = Autograd.grad(y, weights, tracked, false, false, true);
        for (int i = 0; i < first.size(); i++) {
          assertEquals(tracked.get(i).shape(), first.get(i).shape(), "the gradient's shape");
          assertEquals(tracked.get(i).dtype(), first.get(i).dtype(), "the gradient's type");
          double[] g = first.get(i).doubles();
          assertArrayEquals(g, second.get(i).doubles(), "backward twice must be bit-equal");
          grads.add(g);
        }
      }
      return new Result(y.shape().dims(), y.dtype(), y.doubles(), grads);
    }
  }

  /** GPUs sum in other orders, with fused multiply-adds and shorter exponentials. */
  private static double looser(Device d, DType t) {
    return d.kind() == Device.Kind.CUDA && t != DType.F64 ? 2 : 1;
  }

  /** Convolutions on a GPU give the same bits twice when that is asked for. */
  @BeforeAll
  static void deterministic() {
    DEVICES.forEach(d -> Backends.of(d).deterministic(true));
  }

  private static double[] weights(int n) {
    Random random = new Random(7);
    double[] v = new double[n];
    Arrays.setAll(v, i -> (random.nextBoolean() ? 1 : -1) * (0.5 + random.nextInt(512) / 512.0));
    return v;
  }

  private static void assertClose(
      double[] expected, double[] actual, double tolerance, String what) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      double e = expected[i];
      double a = actual[i];
      if (!(e == a || Math.abs(e - a) <= tolerance * (1 + Math.abs(e)) || e != e && a != a)) {
        fail(what + ": element " + i + " is " + a + ", the reference has " + e);
      }
    }
  }

  /** The case's inputs rounded to a type. */
  private static Arg[] rounded(Arg[] args, DType t) {
    return t == DType.F64
        ? args
        : Arrays.stream(args)
            .map(
                a ->
                    new Arg(
                        Arrays.stream(a.values()).map(v -> (float) v).toArray(),
                        a.type(),
                        a.shape()))
            .toArray(Arg[]::new);
  }

  private static double gradientScale(OpCase c, Arg[] args) {
    // Gradients of large cases sum many terms, each rounded.
    return c.large() ? Math.sqrt(args[0].values().length) : 1;
  }

  @TestFactory
  Stream<DynamicTest> everyBackendAndTypeAgreesWithTheReference() {
    return each(
        c -> {
          for (DType t : new DType[] {DType.F64, DType.F32}) {
            Arg[] args = rounded(c.arguments(), t);
            Result expected =
                evaluate(c, Device.REFERENCE, in -> add(in, tensors(args, DType.F64)));
            for (Device d : DEVICES) {
              Result actual = evaluate(c, d, in -> add(in, tensors(args, t)));
              String what = t + " on " + d;
              assertArrayEquals(expected.shape(), actual.shape(), what);
              DType type = expected.type() == DType.F64 ? t : expected.type();
              assertEquals(type, actual.type(), what);
              assertClose(expected.value(), actual.value(), c.tolerance(t) * looser(d, t), what);
              for (int i = 0; i < expected.grads().size(); i++) {
                assertClose(
                    expected.grads().get(i),
                    actual.grads().get(i),
                    (t == DType.F64 ? 1e-10 : 1e-5) * gradientScale(c, args) * looser(d, t),
                    what + ", gradient " + i);
              }
            }
          }
        });
  }

  /**
   * Half types round every intermediate result, and the CPU's kernels round fewer than the
   * reference's composites: a few units in the last place of the largest element.
   */
  @TestFactory
  Stream<DynamicTest> halfTypesOnTheCpuAgreeWithTheReference() {
    return each(
        c -> {
          for (DType t : new DType[] {DType.BF16, DType.F16}) {
            if (c.large() || !DEVICES.contains(Device.CPU)) {
              continue;
            }
            Result expected =
                evaluate(c, Device.REFERENCE, in -> add(in, tensors(c.arguments(), t)));
            Result actual = evaluate(c, Device.CPU, in -> add(in, tensors(c.arguments(), t)));
            assertArrayEquals(expected.shape(), actual.shape(), t + "");
            assertEquals(expected.type(), actual.type(), t + "");
            double unit = t == DType.BF16 ? 0x1p-8 : 0x1p-11;
            near(expected.value(), actual.value(), 4 * unit, t + "");
            for (int i = 0; i < expected.grads().size(); i++) {
              near(expected.grads().get(i), actual.grads().get(i), 8 * unit, t + ", gradient " + i);
            }
          }
        });
  }

  private static void near(double[] expected, double[] actual, double tolerance, String what) {
    double largest = 0;
    for (double e : expected) {
      largest = Double.isFinite(e) ? Math.max(largest, Math.abs(e)) : largest;
    }
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      double e = expected[i];
      double a = actual[i];
      if (!(e == a || Math.abs(e - a) <= tolerance * (1 + largest) || e != e && a != a)) {
        fail(what + ": element " + i + " is " + a + ", the reference has " + e);
      }
    }
  }

  private static void add(List<Tensor> to, Tensor[] xs) {
    to.addAll(Arrays.asList(xs));
  }

  @TestFactory
  Stream<DynamicTest> memoryLayoutDoesNotMatter() {
    return each(
        c -> {
          Arg[] args = c.arguments();
          for (Device d : DEVICES) {
            for (DType t : new DType[] {DType.F64, DType.F32}) {
              if (c.large() && (d == Device.REFERENCE || t != DType.F32)) {
                continue;
              }
              Result dense = evaluate(c, d, in -> add(in, tensors(args, t)));
              for (Arg.Placed p : Arg.Placed.values()) {
                Result other =
                    evaluate(c, d, in -> Arrays.stream(args).forEach(a -> in.add(a.tensor(t, p))));
                compare(c, t, dense, other, p + " " + t + " on " + d);
              }
              for (int i = 0; i < args.length; i++) {
                if (args[i].repeatable() < 0) {
                  continue;
                }
                int at = i;
                Arg[] repeated = args.clone();
                repeated[i] = args[i].repeated();
                Result plain = evaluate(c, d, in -> add(in, tensors(repeated, t)));
                Result expanded =
                    evaluate(
                        c,
                        d,
                        in -> {
                          add(in, tensors(args, t));
                          in.set(at, args[at].expanded(t));
                        });
                compare(c, t, plain, expanded, "expanded " + i + " " + t + " on " + d);
              }
            }
          }
        });
  }

  private static void compare(OpCase c, DType t, Result a, Result b, String what) {
    assertClose(a.value(), b.value(), c.tolerance(t), what);
    for (int i = 0; i < a.grads().size(); i++) {
      assertClose(
          a.grads().get(i),
          b.grads().get(i),
          (t == DType.F64 ? 1e-10 : 1e-5) * (c.large() ? 30 : 1),
          what + ", gradient " + i);
    }
  }

  /** What a method makes on the way to its result, its caller cannot close. */
  @TestFactory
  Stream<DynamicTest> outsideAnyScopeOnlyTheResultIsLeftToClose() {
    return each(
        c -> {
          if (c.chained() || c.large()) {
            return;
          }
          Arg[] args = c.arguments();
          Tensor[] xs = new Tensor[args.length];
          for (int i = 0; i < xs.length; i++) {
            int at = i;
            xs[i] = Scope.tidy(() -> args[at].tensor(DType.F32));
          }
          int open = Leaks.open().size();
          Tensor y = c.f().apply(xs);
          if (Arrays.asList(xs).contains(y)) {
            assertEquals(open, Leaks.open().size(), () -> Leaks.open().toString());
          } else {
            assertEquals(open + 1, Leaks.open().size(), () -> Leaks.open().toString());
            y.close();
          }
          for (Tensor x : xs) {
            x.close();
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> inputsStayAsTheyWere() {
    return each(
        c -> {
          Arg[] args = c.arguments();
          for (Device d : DEVICES) {
            if (c.large() && d != Device.CPU) {
              continue;
            }
            try (Scope s = Scope.open(d)) {
              Tensor[] xs = tensors(args, DType.F32);
              double[][] before = Arrays.stream(xs).map(Tensor::doubles).toArray(double[][]::new);
              c.f().apply(xs);
              for (int i = 0; i < xs.length; i++) {
                assertArrayEquals(before[i], xs[i].doubles(), "input " + i + " on " + d);
                assertEquals(Shape.of(args[i].shape()), xs[i].shape());
              }
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> closedInputsAreRefused() {
    return each(
        c -> {
          Arg[] args = c.arguments();
          for (int i = 0; i < args.length && !c.large(); i++) {
            try (Scope s = Scope.open()) {
              Tensor[] xs = tensors(args, DType.F32);
              xs[i].close();
              try {
                c.f().apply(xs);
                fail("closed input " + i + " was used");
              } catch (IllegalStateException e) {
                assertTrue(e.getMessage().contains("is closed; made at "), e.getMessage());
              }
            }
          }
        });
  }
}
