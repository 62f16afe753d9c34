package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backends;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.PoolSpec;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Kernels of BF16 and F16 on the CPU, large enough for those that the processor has: their inputs
 * are rounded, and their one result; between them lies no more error than in F32.
 */
class HalfTypesTest {
  /**
   * A function of tensors.
   *
   * @param terms how many products are summed for one element
   * @param other the same of its gradients
   */
  private record Case(
      String name, int terms, int other, Function<Tensor[], Tensor> f, Shape... inputs) {}

  private static Case conv(int n, int h, int c, int o, int k, ConvSpec s, boolean bias) {
    Shape x = Shape.of(n, h, h, c);
    Shape w = Shape.of(o, k, k, c / s.groups());
    int outputs = n * h * h;
    return bias
        ? new Case(
            "conv c" + c + " o" + o + " k" + k + " " + s,
            k * k * c + 1,
            outputs + k * k * o,
            t -> Conv.conv(s, t[0], t[1], t[2]),
            x,
            w,
            Shape.of(o))
        : new Case(
            "conv c" + c + " o" + o + " k" + k + " " + s,
            k * k * c,
            outputs + k * k * o,
            t -> Conv.conv(s, t[0], t[1], null),
            x,
            w);
  }

  private static List<Case> cases() {
    return List.of(
        conv(5, 9, 1, 8, 5, ConvSpec.of(1, 2), true),
        conv(20, 7, 3, 16, 3, ConvSpec.of(1, 1), false),
        conv(9, 8, 16, 32, 3, ConvSpec.of(2, 1), true),
        conv(3, 10, 17, 5, 1, ConvSpec.of(2, 0), true),
        conv(4, 8, 32, 32, 3, ConvSpec.of(1, 1), true),
        // One image, computed in slabs of rows.
        conv(1, 24, 32, 32, 3, ConvSpec.of(1, 1), true),
        new Case(
            "linear",
            101,
            150,
            t -> MatMul.linear(t[0], t[1], t[2]),
            Shape.of(37, 100),
            Shape.of(150, 100),
            Shape.of(150)),
        new Case("matmul", 33, 120, t -> t[0].matmul(t[1]), Shape.of(40, 33), Shape.of(33, 120)),
        new Case(
            "matmul of a transposed",
            90,
            90,
            t -> t[0].transpose(0, 1).matmul(t[1]),
            Shape.of(90, 31),
            Shape.of(90, 65)),
        new Case(
            "matmul of batches",
            24,
            24,
            t -> t[0].matmul(t[1].transpose(1, 2)),
            Shape.of(6, 15, 24),
            Shape.of(6, 20, 24)),
        new Case("relu", 1, 1, t -> t[0].relu(), Shape.of(100_001)),
        new Case("add", 1, 1, t -> t[0].add(t[1]), Shape.of(90, 1001), Shape.of(90, 1001)),
        new Case("mul", 1, 1, t -> t[0].mul(t[1]), Shape.of(90, 101), Shape.of(90, 101)),
        new Case("div by rows", 1, 1, t -> t[0].div(3), Shape.of(90, 101)),
        new Case("tanh", 1, 8, t -> t[0].tanh(), Shape.of(3001)),
        new Case("sum of rows", 300, 1, t -> t[0].sum(1), Shape.of(40, 300)),
        new Case("sum of columns", 40, 1, t -> t[0].sum(0), Shape.of(40, 300)),
        new Case(
            "maxPool",
            1,
            4,
            t -> Pool.max(new PoolSpec(3, 3, 2, 2, 1, 1, false, true), t[0]),
            Shape.of(9, 14, 14, 8)),
        new Case(
            "avgPool",
            9,
            9,
            t -> Pool.average(new PoolSpec(3, 3, 2, 2, 1, 1, false, true), t[0]),
            Shape.of(9, 14, 14, 8)),
        new Case("transposed cast", 1, 1, t -> t[0].transpose(0, 1).mul(1), Shape.of(70, 50)));
  }

  private record Result(double[] value, List<double[]> gradients) {}

  private static Result evaluate(Case c, Device device, DType inputs, DType type) {
    try (Scope s = Scope.open(device)) {
      Tensor[] xs = new Tensor[c.inputs.length];
      for (int i = 0; i < xs.length; i++) {
        Tensor x = new Generator(i + 1).normal(DType.F32, c.inputs[i].dims());
        xs[i] = x.to(inputs).to(type).detach().requiresGrad(true);
      }
      Tensor y = c.f.apply(xs);
      assertEquals(type, y.dtype());
      Tensor g = new Generator(99).normal(DType.F32, y.shape().dims()).to(inputs).to(type);
      List<double[]> gradients =
          Autograd.grad(y, g, List.of(xs), false, false, true).stream()
              .map(Tensor::doubles)
              .toList();
      return new Result(y.doubles(), gradients);
    }
  }

  private static void near(double[] want, double[] got, double ulp, double noise, String what) {
    assertEquals(want.length, got.length, what);
    for (int i = 0; i < want.length; i++) {
      if (!(Math.abs(want[i] - got[i]) <= ulp * Math.abs(want[i]) + noise)) {
        fail(what + ": element " + i + " is " + got[i] + ", exactly it is " + want[i]);
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> oneRoundingOfTheExactResult() {
    return Stream.of(DType.BF16, DType.F16)
        .flatMap(
            t ->
                cases().stream()
                    .map(c -> DynamicTest.dynamicTest(t + " " + c.name, () -> one(c, t))));
  }

  private static void one(Case c, DType t) {
    Result want = evaluate(c, Device.REFERENCE, t, DType.F64);
    Result got = evaluate(c, Device.CPU, t, t);
    // Half a unit in the last place, and the sum's error in F32.
    double half = t == DType.BF16 ? 0x1p-8 : 0x1p-11;
    near(want.value, got.value, 1.01 * half, 2e-6 * Math.sqrt(c.terms) + tiny(t), c.name);
    // tanh's gradient is composed of three kernels, each of which rounds.
    double steps = c.name.equals("tanh") || c.name.startsWith("div") ? 8 : 1.01;
    double noise = 4e-6 * Math.sqrt(c.other) + tiny(t) + (steps > 2 ? 8 * half : 0);
    for (int i = 0; i < got.gradients.size(); i++) {
      near(want.gradients.get(i), got.gradients.get(i), steps * half, noise, c.name + " grad " + i);
    }
  }

  /** Where the type has fewer digits, near 0. */
  private static double tiny(DType t) {
    return t == DType.F16 ? 0x1p-24 : 0;
  }

  @TestFactory
  Stream<DynamicTest> theSameBitsWithOneThread() {
    return cases().stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.name,
                    () -> {
                      int threads = Backends.of(Device.CPU).threads();
                      Result many = evaluate(c, Device.CPU, DType.BF16, DType.BF16);
                      Backends.of(Device.CPU).threads(1);
                      try {
                        Result one = evaluate(c, Device.CPU, DType.BF16, DType.BF16);
                        assertArrayEquals(one.value, many.value);
                        for (int i = 0; i < one.gradients.size(); i++) {
                          assertArrayEquals(one.gradients.get(i), many.gradients.get(i));
                        }
                      } finally {
                        Backends.of(Device.CPU).threads(threads);
                      }
                    }));
  }
}
