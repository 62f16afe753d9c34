package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backends;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Batch norm of BF16 with F32 parameters, against the same numbers in double. Sums with a residual
 * or of a gradient's two terms are of rounded numbers.
 */
class HalfBatchNormTest {
  private static final double HALF_UNIT = 0x1p-8;

  /** Both counts of channels that the processor's kernels take and others; few rows and many. */
  private record Case(int n, int h, int c, boolean relu, boolean residual, double mean) {}

  private static List<Case> cases() {
    List<Case> all = new ArrayList<>();
    for (int c : new int[] {16, 64, 3}) {
      for (int[] nh : new int[][] {{2, 3}, {10, 33}}) {
        all.add(new Case(nh[0], nh[1], c, false, false, 0));
        all.add(new Case(nh[0], nh[1], c, true, false, 0.5));
        all.add(new Case(nh[0], nh[1], c, true, true, 4));
      }
    }
    return all;
  }

  private record Result(DType type, double[] y, double[] mean, double[] var, List<double[]> g) {}

  private static Tensor made(int seed, DType t, boolean half, double shift, int... dims) {
    Random random = new Random(seed);
    double[] v = new double[Math.toIntExact(Shape.of(dims).size())];
    Arrays.setAll(v, i -> (float) (random.nextGaussian() + shift));
    Tensor x = Tensor.of(v).reshape(dims);
    return (half ? x.to(DType.BF16) : x).to(t).detach();
  }

  /** In BF16 and F32 on the CPU, or in F64 on the reference, whose rectifier is given y > 0. */
  private static Result evaluate(Case c, Device device, boolean exact, double[] output) {
    try (Scope s = Scope.open(device)) {
      int[] dims = {c.n, c.h, c.h, c.c};
      DType image = exact ? DType.F64 : DType.BF16;
      DType factor = exact ? DType.F64 : DType.F32;
      Tensor x = made(1, image, true, c.mean, dims).requiresGrad(true);
      Tensor gamma = made(2, factor, false, 1, c.c).requiresGrad(true);
      Tensor beta = made(3, factor, false, 0, c.c).requiresGrad(true);
      Tensor r = c.residual ? made(4, image, true, 0, dims).requiresGrad(true) : null;
      Tensor dy = made(5, image, true, 0.1, dims);
      List<Tensor> inputs = new ArrayList<>(List.of(x, gamma, beta));
      if (r != null) {
        inputs.add(r);
      }
      if (exact) {
        BatchNorm.Result n = BatchNorm.batchNorm(x, gamma, beta, 1e-3);
        Tensor y = r == null ? n.y() : n.y().add(r);
        // Near 0 a rounded output may be on the other side: the gradient follows it.
        Tensor g = c.relu ? dy.reluGrad(Tensor.of(output).reshape(dims)) : dy;
        List<Tensor> found = Autograd.grad(y, g, inputs, false, false, false);
        return result(c.relu ? y.relu() : y, n, found);
      }
      return Precision.BF16.run(
          () -> {
            BatchNorm.Result n =
                c.relu
                    ? BatchNormRelu.batchNormRelu(x, r, gamma, beta, 1e-3)
                    : BatchNorm.batchNorm(x, gamma, beta, 1e-3);
            return result(n.y(), n, Autograd.grad(n.y(), dy, inputs, false, false, false));
          });
    }
  }

  private static Result result(Tensor y, BatchNorm.Result n, List<Tensor> g) {
    List<double[]> gradients = g.stream().map(Tensor::doubles).toList();
    return new Result(
        y.dtype(), y.doubles(), n.mean().doubles(), n.variance().doubles(), gradients);
  }

  private static void near(double[] want, double[] got, double relative, double most, String what) {
    assertEquals(want.length, got.length, what);
    for (int i = 0; i < want.length; i++) {
      double allowed = relative * Math.abs(want[i]) + most;
      assertTrue(
          Math.abs(want[i] - got[i]) <= allowed,
          what + ": element " + i + " is " + got[i] + ", exactly it is " + want[i]);
    }
  }

  @TestFactory
  Stream<DynamicTest> oneRoundingOfTheExactResult() {
    return cases().stream().map(c -> DynamicTest.dynamicTest(c.toString(), () -> check(c)));
  }

  private static void check(Case c) {
    Result got = evaluate(c, Device.CPU, false, null);
    assertEquals(DType.BF16, got.type);
    Result want = evaluate(c, Device.REFERENCE, true, got.y);
    near(want.mean, got.mean, 0, 1e-6, "mean");
    near(want.var, got.var, 1e-5, 0, "variance");
    near(want.y, got.y, 1.01 * HALF_UNIT, 1e-5 + (c.residual ? 8 * HALF_UNIT : 0), "y");
    int rows = c.n * c.h * c.h;
    double sum = 4e-6 * Math.sqrt(rows);
    double largest = Arrays.stream(want.g.get(0)).map(Math::abs).max().getAsDouble();
    near(want.g.get(0), got.g.get(0), 3 * HALF_UNIT, HALF_UNIT * largest, "dx");
    near(want.g.get(1), got.g.get(1), 1e-5, sum, "dgamma");
    near(want.g.get(2), got.g.get(2), 1e-5, sum, "dbeta");
    if (c.residual) {
      assertArrayEquals(want.g.get(3), got.g.get(3), "the residual's gradient");
    }
  }

  @TestFactory
  Stream<DynamicTest> theSameBitsWithOneThread() {
    return cases().stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.toString(),
                    () -> {
                      int threads = Backends.of(Device.CPU).threads();
                      Result many = evaluate(c, Device.CPU, false, null);
                      Backends.of(Device.CPU).threads(1);
                      try {
                        Result one = evaluate(c, Device.CPU, false, null);
                        assertArrayEquals(one.y, many.y);
                        for (int i = 0; i < one.g.size(); i++) {
                          assertArrayEquals(one.g.get(i), many.g.get(i));
                        }
                      } finally {
                        Backends.of(Device.CPU).threads(threads);
                      }
                    }));
  }
}
