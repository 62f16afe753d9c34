package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.ConvSpec;
import org.jacana.op.Conv;
import org.jacana.op.MatMul;
import org.junit.jupiter.api.Test;

class FusionTest {
  /** Every pair of neighbours that is computed at once, and some that are not. */
  private static Sequential network() {
    Generator g = new Generator(3);
    Sequential body =
        new Sequential(
            new Conv2d(8, 8, 3, 1, 1, false, g),
            new BatchNorm(8),
            Activation.relu(),
            new Conv2d(8, 8, 3, 1, 1, true, g),
            new BatchNorm(8));
    return new Sequential(
        new Conv2d(3, 6, 3, 1, 1, true, g),
        Activation.relu(),
        new MaxPool2d(2),
        new Conv2d(6, 8, 3, 1, 1, true, g),
        Activation.relu(),
        new Residual(body, null, true),
        new Residual(new Sequential(new BatchNorm(8)), null, true),
        new BatchNorm(8),
        Activation.relu(),
        new MaxPool2d(2),
        Activation.relu(),
        new Flatten(),
        new Linear(3 * 3 * 8, 16, g),
        Activation.relu(),
        new Linear(16, 5, g));
  }

  private record Outcome(boolean host, float[] y, List<float[]> gradients, List<float[]> buffers) {}

  private static Outcome run(boolean observed) {
    try (Scope scope = Scope.open()) {
      Sequential net = network();
      Tensor x = new Generator(9).normal(DType.F32, 4, 12, 12, 3).requiresGrad(true);
      Tensor[] y = new Tensor[1];
      if (observed) {
        Module.observe((m, in, out) -> {}, () -> y[0] = net.apply(x));
      } else {
        y[0] = net.apply(x);
      }
      List<Tensor> wanted = new ArrayList<>(net.parameters());
      wanted.add(x);
      List<float[]> gradients = new ArrayList<>();
      Autograd.grad(y[0].square().sum(), wanted).forEach(g -> gradients.add(g.floats()));
      List<float[]> buffers = new ArrayList<>();
      net.namedBuffers().values().forEach(b -> buffers.add(b.floats()));
      Outcome o = new Outcome(x.device().equals(Device.CPU), y[0].floats(), gradients, buffers);
      net.close();
      return o;
    }
  }

  /** To the bit on the CPU; on a device fused kernels may round differently. */
  private static void same(boolean host, float[] want, float[] got, String what) {
    float largest = 0;
    for (float v : want) {
      largest = Math.max(largest, Math.abs(v));
    }
    if (host) {
      assertArrayEquals(want, got, what);
    } else {
      assertArrayEquals(want, got, 1e-5f * largest, what);
    }
  }

  @Test
  void trainingGivesTheSameNumbersAsLayerByLayer() {
    Outcome fused = run(false);
    Outcome plain = run(true);
    same(plain.host, plain.y, fused.y, "output");
    for (int i = 0; i < plain.gradients.size(); i++) {
      same(plain.host, plain.gradients.get(i), fused.gradients.get(i), "gradient " + i);
    }
    for (int i = 0; i < plain.buffers.size(); i++) {
      same(plain.host, plain.buffers.get(i), fused.buffers.get(i), "buffer " + i);
    }
    boolean some = false;
    for (float v : fused.gradients.get(0)) {
      some |= v != 0;
    }
    assertTrue(some, "the first filter's gradient is not 0");
  }

  @Test
  void foldedBatchNormIsWithinRounding() {
    try (Scope scope = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      Sequential net = network();
      Generator g = new Generator(5);
      // Statistics and parameters that are not 0 and 1.
      net.namedBuffers()
          .values()
          .forEach(b -> b.assign(g.uniform(DType.F32, b.shape().dims()).add(0.5)));
      net.namedParameters()
          .forEach(
              (name, p) -> {
                if (p.rank() == 1) {
                  p.assign(g.uniform(DType.F32, p.shape().dims()).add(0.5));
                }
              });
      net.eval();
      Tensor x = g.normal(DType.F32, 4, 12, 12, 3);
      float[] fused = net.apply(x).floats();
      Tensor[] y = new Tensor[1];
      Module.observe((m, in, out) -> {}, () -> y[0] = net.apply(x));
      float[] plain = y[0].floats();
      float largest = 0;
      for (float v : plain) {
        largest = Math.max(largest, Math.abs(v));
      }
      assertTrue(largest > 0.1);
      assertArrayEquals(plain, fused, 2e-6f * largest);
      net.close();
    }
  }

  @Test
  void rectifiersKeepNaNAndDropMinusInfinity() {
    try (Scope scope = Scope.open()) {
      float inf = Float.POSITIVE_INFINITY;
      float[] values = {Float.NaN, -1, 2, 1e-38f, -1e-38f, 0, -0f, 3e38f, 1e-45f, inf, -inf, 7};
      float[] want = {Float.NaN, 0, 2, 1e-38f, 0, 0, 0, 3e38f, 1e-45f, inf, 0, 7};
      Tensor x = Tensor.of(values, values.length, 1);
      Tensor one = Tensor.ones(1, 1);
      float[] linear = MatMul.linearRelu(x, one, Tensor.zeros(1)).floats();
      Tensor image = x.reshape(1, values.length, 1, 1);
      Tensor filter = Tensor.ones(1, 1, 1, 1);
      float[] conv = Conv.convRelu(ConvSpec.of(1, 0), image, filter, null).floats();
      for (int i = 0; i < want.length; i++) {
        assertEquals(want[i], linear[i] + 0f, "linear of " + values[i]);
        assertEquals(want[i], conv[i] + 0f, "conv of " + values[i]);
      }
    }
  }

  @Test
  void anErrorNamesTheLayer() {
    try (Scope scope = Scope.open()) {
      Sequential net = network();
      Tensor x = Tensor.zeros(1, 12, 12, 4);
      String fused = assertThrows(IllegalArgumentException.class, () -> net.apply(x)).getMessage();
      assertTrue(fused.startsWith("layer 0: Conv2d(3, 6, 3x3, pad 1): the input must be"), fused);
      net.eval();
      Sequential bad =
          new Sequential(new Conv2d(1, 2, 1, 1, 0), new BatchNorm(3), Activation.relu());
      bad.eval();
      Autograd.noGrad(
          () -> {
            String m =
                assertThrows(
                        IllegalArgumentException.class, () -> bad.apply(Tensor.zeros(1, 2, 2, 1)))
                    .getMessage();
            assertTrue(m.contains("BatchNorm(3): the input must be [N, ..., 3], got"), m);
          });
      net.close();
      bad.close();
    }
  }
}
