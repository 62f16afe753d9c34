package org.jacana.linalg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backend;
import org.jacana.backend.Lapack;
import org.jacana.backend.cuda.CudaDevice;
import org.jacana.backend.reference.ReferenceBackend;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** On a device without LAPACK, matrices go to the host and results come back. */
class OtherDevicesTest {
  private static final class Without extends ReferenceBackend {
    @Override
    public Lapack lapack() {
      return null;
    }
  }

  private static Tensor on(Backend backend, double[] values, int... shape) {
    Tensor t = Tensor.allocate(backend, Shape.of(shape), DType.F64);
    ByteBuffer b = ByteBuffer.allocate(8 * values.length).order(ByteOrder.nativeOrder());
    b.asDoubleBuffer().put(values);
    backend.upload(t.view().buffer(), 0, b);
    return t;
  }

  @Test
  void matricesGoThroughTheHost() {
    Backend backend = new Without();
    try (Scope s = Scope.open()) {
      double[] a = {2, 1, 1, 3};
      Tensor x = on(backend, a, 2, 2);
      Tensor inverse = Linalg.inv(x);
      assertEquals(x.device(), inverse.device());
      assertArrayEquals(new double[] {0.6, -0.2, -0.2, 0.4}, inverse.doubles(), 1e-15);
      Eigh e = Linalg.eigh(x.transpose(0, 1));
      assertEquals(x.device(), e.vectors().device());
      double root = Math.sqrt(5) / 2;
      assertArrayEquals(new double[] {2.5 - root, 2.5 + root}, e.values().doubles(), 1e-14);
      assertEquals(5, Linalg.det(x).item(), 1e-14);
    }
    assertEquals(0, backend.liveBytes());
  }

  @TestFactory
  Stream<DynamicTest> cudaGivesWhatTheHostGives() {
    String reason = CudaDevice.whyNot();
    Assumptions.assumeTrue(reason == null, () -> "no GPU, real or not: " + reason);
    return LinalgCases.all().stream()
        .map(
            c ->
                dynamicTest(
                    c.name(),
                    () -> {
                      double[][] host = valueAndGradient(c, Device.CPU);
                      double[][] there = valueAndGradient(c, Device.cuda(0));
                      assertArrayEquals(host[0], there[0], 1e-10);
                      assertArrayEquals(host[1], there[1], 1e-8);
                    }));
  }

  /** The value, and the first input's gradient of the sum of squares where there is one. */
  private static double[][] valueAndGradient(LinalgCases.Case c, Device device) {
    try (Scope s = Scope.open(device)) {
      Tensor[] in = Arrays.stream(c.inputs()).map(LinalgCases.Input::tensor).toArray(Tensor[]::new);
      if (c.order() == 0) {
        return new double[][] {c.f().apply(in).doubles(), {}};
      }
      in[0].requiresGrad(true);
      Tensor y = c.f().apply(in);
      assertEquals(device, y.device());
      double[] g = Autograd.grad(y.square().sum(), in[0]).doubles();
      return new double[][] {y.doubles(), g};
    }
  }
}
