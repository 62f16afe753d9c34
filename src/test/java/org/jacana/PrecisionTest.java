package org.jacana;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Supplier;
import org.jacana.autograd.Autograd;
import org.jacana.backend.ConvSpec;
import org.jacana.nn.Losses;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.op.BatchNorm;
import org.jacana.op.Conv;
import org.jacana.op.MatMul;
import org.junit.jupiter.api.Test;

class PrecisionTest {
  @Test
  void productsCastTheirOperandsAndNothingElse() {
    try (Scope s = Scope.open(Device.CPU)) {
      Tensor x = new Generator(1).normal(DType.F32, 4, 6);
      Tensor w = new Generator(2).normal(DType.F32, 3, 6);
      Tensor b = new Generator(3).normal(DType.F32, 3);
      Tensor half = MatMul.linear(x.to(DType.BF16), w.to(DType.BF16), b.to(DType.BF16));
      Tensor y = Precision.BF16.run(() -> MatMul.linear(x, w, b));
      assertEquals(DType.BF16, y.dtype());
      assertArrayEquals(half.floats(), y.floats());
      assertEquals(DType.F16, Precision.FP16.run(() -> x.matmul(w.transpose(0, 1))).dtype());
      assertEquals(DType.F32, MatMul.linear(x, w, b).dtype(), "only while it is in use");
      assertEquals(DType.F32, Precision.BF16.run(() -> x.mul(2).add(1)).dtype());
      Tensor wide = x.to(DType.F64);
      assertEquals(DType.F64, Precision.BF16.run(() -> wide.matmul(wide.transpose(0, 1))).dtype());
      Tensor image = new Generator(4).normal(DType.F32, 2, 5, 5, 3);
      Tensor filter = new Generator(5).normal(DType.F32, 4, 3, 3, 3);
      Tensor z = Precision.BF16.run(() -> Conv.conv(ConvSpec.of(1, 1), image, filter, null));
      assertEquals(DType.BF16, z.dtype());
    }
  }

  @Test
  void lossesAndNormsComputeInSinglePrecision() {
    try (Scope s = Scope.open(Device.CPU)) {
      Tensor x = new Generator(1).normal(DType.F32, 8, 4).to(DType.BF16);
      Tensor labels = Tensor.of(new int[] {0, 1, 2, 3, 0, 1, 2, 3});
      Tensor one = Tensor.ones(4);
      Tensor zero = Tensor.zeros(4);
      Precision.BF16.run(
          () -> {
            assertEquals(DType.F32, x.softmax(1).dtype());
            assertEquals(DType.F32, x.logSoftmax(0).dtype());
            assertEquals(DType.F32, Losses.crossEntropy(x, labels).dtype());
            BatchNorm.Result r = BatchNorm.batchNorm(x, one, zero, 1e-5);
            // The CPU reads and writes BF16 there, and computes in F32.
            assertEquals(DType.BF16, r.y().dtype());
            assertEquals(DType.F32, r.mean().dtype());
            assertEquals(DType.F32, org.jacana.op.Norms.layerNorm(x, 1, one, zero, 1e-5).dtype());
            assertEquals(DType.F32, org.jacana.op.Norms.rmsNorm(x, 1, one, 1e-5).dtype());
            return null;
          });
      assertEquals(DType.BF16, x.softmax(1).dtype());
    }
  }

  @Test
  void gradientsOfParametersStaySinglePrecisionAndNearTheExactOnes() {
    try (Scope s = Scope.open(Device.CPU);
        Module net = Models.byName("resnet8", 8, 8, 3, 4, new Generator(1))) {
      Tensor x = new Generator(2).normal(DType.F32, 8, 8, 8, 3);
      Tensor y = Tensor.of(new int[] {0, 1, 2, 3, 3, 2, 1, 0});
      List<Tensor> p = net.parameters();
      net.train();
      Tensor exact = Losses.crossEntropy(net.apply(x), y);
      List<Tensor> g = Autograd.grad(exact, p);
      Tensor[] mixed = new Tensor[1];
      List<Tensor> h =
          Precision.BF16.run(
              () -> {
                mixed[0] = Losses.crossEntropy(net.apply(x), y);
                return Autograd.grad(mixed[0], p);
              });
      assertEquals(exact.item(), mixed[0].item(), 0.05 * (1 + exact.item()));
      for (int i = 0; i < p.size(); i++) {
        assertEquals(DType.F32, h.get(i).dtype());
        double size = g.get(i).norm().item();
        assertTrue(h.get(i).sub(g.get(i)).norm().item() <= 0.3 * size + 1e-3, "parameter " + i);
      }
    }
  }

  /** Sums of products of BF16, but not rounded to that: 1e-5 of the whole, not 4e-3. */
  @Test
  void gradientsOfParametersAreNotRoundedToTheProductsType() {
    try (Scope s = Scope.open(Device.CPU)) {
      Tensor x = new Generator(1).normal(DType.F32, 40, 60).to(DType.BF16);
      Tensor w = new Generator(2).normal(DType.F32, 30, 60).requiresGrad(true);
      Tensor b = new Generator(3).normal(DType.F32, 30).requiresGrad(true);
      Tensor dy = new Generator(4).normal(DType.F32, 40, 30).to(DType.BF16);
      List<Tensor> g = gradients(() -> MatMul.linear(x, w, b), dy, w, b);
      Tensor exact = dy.to(DType.F32).transpose(0, 1).matmul(x.to(DType.F32));
      near(exact, g.get(0));
      near(dy.to(DType.F32).sum(0), g.get(1));

      Tensor image = new Generator(5).normal(DType.F32, 4, 9, 9, 3).to(DType.BF16);
      Tensor filter = new Generator(6).normal(DType.F32, 8, 3, 3, 3).requiresGrad(true);
      Tensor bias = new Generator(7).normal(DType.F32, 8).requiresGrad(true);
      Tensor dz = new Generator(8).normal(DType.F32, 4, 9, 9, 8).to(DType.BF16);
      ConvSpec spec = ConvSpec.of(1, 1);
      Tensor dw = Conv.gradWeight(spec, image.to(DType.F32), dz.to(DType.F32), filter.shape());
      List<Tensor> h = gradients(() -> Conv.conv(spec, image, filter, bias), dz, filter, bias);
      near(dw, h.get(0));
      near(dz.to(DType.F32).sum(0, 1, 2), h.get(1));
      near(dw, gradients(() -> Conv.conv(spec, image, filter, null), dz, filter).get(0));
    }
  }

  private static List<Tensor> gradients(Supplier<Tensor> f, Tensor dy, Tensor... of) {
    return Precision.BF16.run(() -> Autograd.grad(f.get(), dy, List.of(of), false, false, false));
  }

  private static void near(Tensor want, Tensor got) {
    assertEquals(DType.F32, got.dtype());
    assertTrue(got.sub(want).norm().item() <= 1e-5 * want.norm().item());
  }

  @Test
  void theCpuHasNoTf32() {
    UnsupportedOperationException e =
        assertThrows(
            UnsupportedOperationException.class, () -> Precision.TF32.run(Device.CPU, () -> 1));
    assertTrue(e.getMessage().contains("TF32"));
    assertEquals(Precision.FP32, Precision.current());
  }
}
