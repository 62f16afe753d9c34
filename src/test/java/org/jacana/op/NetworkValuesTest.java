package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.ConvSpec;
import org.junit.jupiter.api.Test;

/** Values of layers' functions by hand or from PyTorch's documentation. */
class NetworkValuesTest {
  private static final double THIRD = 1.0 / 3;

  private static Tensor of(double... v) {
    return Tensor.of(v);
  }

  private static void check(Tensor y, double... expected) {
    assertArrayEquals(expected, y.doubles(), 1e-12);
  }

  private static String refusal(Runnable r) {
    return assertThrows(IllegalArgumentException.class, r::run).getMessage();
  }

  private static Tensor square() {
    return of(1, 2, 3, 4).reshape(1, 2, 2, 1);
  }

  @Test
  void normalisationsByHand() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(new double[] {1, 3, -2, 4, 10, 4}, 2, 3);
      double d = Math.sqrt(114.0 / 27 + 0);
      // Rows have mean 2/3 and 6, variances 38/9 and 8.
      check(
          Norms.layerNorm(x, 1, null, null, 0),
          THIRD / d,
          7 * THIRD / d,
          -8 * THIRD / d,
          -2 / Math.sqrt(8),
          4 / Math.sqrt(8),
          -2 / Math.sqrt(8));
      check(Norms.rmsNorm(of(3, 4), 1, of(2, 1), 12.5), 6 / 5.0, 4 / 5.0);
      // One example, two positions, four channels in two groups: 1 2 5 7 and 3 6 9 11.
      Tensor y = Tensor.of(new double[] {1, 2, 5, 7, 3, 6, 9, 11}, 1, 2, 4);
      double a = Math.sqrt(3.5);
      double b = Math.sqrt(5);
      check(
          Norms.groupNorm(y, 2, null, null, 0),
          -2 / a,
          -1 / a,
          -3 / b,
          -1 / b,
          0,
          3 / a,
          1 / b,
          3 / b);
      check(Norms.instanceNorm(y, of(1, 2, 1, 1), of(0, 0, 0, 5), 0), -1, -2, -1, 4, 1, 2, 1, 6);
      check(Norms.localResponseNorm(of(1, 2, 3), 2, 2, 1, 1), 1.0 / 2, 2.0 / 6, 3.0 / 14);
      assertTrue(
          refusal(() -> Norms.layerNorm(x, 1, of(1, 2), null, 0))
              .startsWith("layerNorm: scale must be [3], got [2] for input [2, 3]"));
      assertTrue(refusal(() -> Norms.groupNorm(y, 3, null, null, 0)).contains("3 groups"));
      assertTrue(
          refusal(() -> Norms.instanceNorm(Tensor.zeros(2, 1, 3), null, null, 0))
              .contains("more than one position"));
    }
  }

  @Test
  void attentionByHand() {
    try (Scope s = Scope.open()) {
      Tensor q = Tensor.of(new double[] {0, Math.log(3)}, 2, 1);
      Tensor k = Tensor.of(new double[] {0, 1}, 2, 1);
      Tensor v = Tensor.of(new double[] {4, 8}, 2, 1);
      check(Attention.attention(q, k, v, null, false), 6, 7);
      check(Attention.attention(q, k, v, null, true), 4, 7);
      Tensor mask = Tensor.of(new boolean[] {false, true, false, false}, 2, 2);
      check(Attention.attention(q, k, v, mask, false), 8, 0);
      Tensor added = Tensor.of(new double[] {0, Math.log(3), 0, Double.NEGATIVE_INFINITY}, 2, 2);
      check(Attention.attention(q, k, v, added, false), 7, 4);
      check(Attention.attention(q, k, v, mask, true), 0, 0);
      assertTrue(
          refusal(() -> Attention.attention(q, k, Tensor.zeros(3, 1), null, false))
              .contains("[2, 1], [2, 1] and [3, 1]"));
    }
  }

  @Test
  void aQueryWithoutKeysHasNoGradientAndNoNaN() {
    try (Scope s = Scope.open()) {
      Tensor q = Tensor.of(new double[] {1, 2}, 2, 1).requiresGrad(true);
      Tensor mask = Tensor.of(new boolean[] {false, false, true, true}, 2, 2);
      Tensor v = Tensor.of(new double[] {4, 8}, 2, 1);
      Tensor y = Attention.attention(q, v, v, mask, false);
      assertEquals(0, Autograd.grad(y.sum(), q).doubles()[0]);
    }
  }

  /** The results in PyTorch's documentation of Upsample. */
  @Test
  void interpolationEqualsPyTorch() {
    try (Scope s = Scope.open()) {
      check(
          Resize.bilinear(square(), 4, 4, false),
          1,
          1.25,
          1.75,
          2,
          1.5,
          1.75,
          2.25,
          2.5,
          2.5,
          2.75,
          3.25,
          3.5,
          3,
          3.25,
          3.75,
          4);
      check(
          Resize.bilinear(square(), 4, 4, true),
          1,
          4 * THIRD,
          5 * THIRD,
          2,
          5 * THIRD,
          2,
          7 * THIRD,
          8 * THIRD,
          7 * THIRD,
          8 * THIRD,
          3,
          10 * THIRD,
          3,
          10 * THIRD,
          11 * THIRD,
          4);
      check(Resize.nearest(square(), 4, 4), 1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4);
      // Pixels floor(i 2/3) are 0 0 1.
      check(Resize.nearest(square(), 3, 3), 1, 1, 2, 1, 1, 2, 3, 3, 4);
      check(Resize.bilinear(square(), 1, 1, false), 2.5);
      check(Resize.bilinear(square(), 1, 1, true), 1);
      assertTrue(refusal(() -> Resize.nearest(square(), 0, 2)).contains("at least 1x1"));
    }
  }

  @Test
  void adaptivePoolsByHand() {
    try (Scope s = Scope.open()) {
      // Windows of 5 to 3 are 0..1, 1..3, 3..4.
      Tensor x = of(1, 5, 3, 2, 8).reshape(1, 5, 1, 1);
      check(AdaptivePool.average(x, 3, 1), 3, 10 * THIRD, 5);
      check(AdaptivePool.max(x, 3, 1), 5, 5, 8);
      check(AdaptivePool.max(square(), 1, 1), 4);
      check(AdaptivePool.average(square(), 2, 1), 1.5, 3.5);
    }
  }

  @Test
  void transposedConvolutionsByHand() {
    try (Scope s = Scope.open()) {
      Tensor x = of(1, 2).reshape(1, 2, 1);
      Tensor w = of(10, 1, 100).reshape(1, 3, 1);
      check(Convolutions.convTranspose1d(x, w, null, 2, 0, 1, 1, 0), 10, 1, 120, 2, 200);
      check(Convolutions.convTranspose1d(x, w, of(1), 2, 1, 1, 1, 1), 2, 121, 3, 201);
      check(Convolutions.conv1d(x, w.slice(1, 0, 2), of(5), 1, 0, 1, 1), 17);
      Tensor y =
          Convolutions.convTranspose2d(
              square(), of(1, 10).reshape(1, 1, 2, 1), null, ConvSpec.of(1, 0), 0, 0);
      check(y, 1, 12, 20, 3, 34, 40);
      assertTrue(
          refusal(() -> Convolutions.convTranspose1d(x, w, null, 2, 0, 1, 1, 2))
              .contains("below the stride"));
      assertEquals(new ConvSpec(1, 1, 0, 3, 1, 3, 1, 2, 1), Convolutions.same(2, 4, 1, 2, 1));
    }
  }

  @Test
  void embeddingsByHand() {
    try (Scope s = Scope.open()) {
      Tensor table = Tensor.of(new double[] {0, 1, 10, 11, 20, 21}, 3, 2).requiresGrad(true);
      Tensor index = Tensor.of(new int[] {2, 0, 2, 1}, 2, 2);
      Tensor y = Embeddings.embedding(table, index, 1);
      assertEquals(Shape.of(2, 2, 2), y.shape());
      check(y, 20, 21, 0, 1, 20, 21, 10, 11);
      check(Autograd.grad(y.sum(), table), 1, 1, 0, 0, 2, 2);
      // A GPU would have to wait for its work to look at the indices.
      if (table.device().kind() != Device.Kind.CUDA) {
        assertThrows(
            IllegalArgumentException.class,
            () -> Embeddings.embedding(table, Tensor.of(new int[] {3}), -1));
      }
      assertThrows(IllegalArgumentException.class, () -> Embeddings.embedding(table, index, 3));
    }
  }

  @Test
  void dropoutsKeepTheMean() {
    try (Scope s = Scope.open()) {
      Tensor x = new Generator(1).normal(DType.F32, 40, 25, 40);
      for (Tensor y :
          List.of(
              Dropouts.dropout(x.add(1), 0.3, new Generator(2)),
              Dropouts.channels(x.add(1), 0.3, new Generator(2)))) {
        assertEquals(1, y.mean().item(), 0.05);
      }
      Tensor dropped = Dropouts.dropout(x, 0.3, new Generator(2));
      assertEquals(0.3, dropped.eq(0).to(DType.F32).mean().item(), 0.01);
      Tensor channels = Dropouts.channels(x, 0.5, new Generator(2)).eq(0).to(DType.F32).mean(1);
      assertEquals(0, channels.mul(channels.rsub(1)).max().item());
      Tensor y = Dropouts.alpha(x, 0.3, new Generator(2));
      assertEquals(0, y.mean().item(), 0.02);
      assertEquals(1, y.var(new int[0], false, 0).item(), 0.03);
      assertThrows(
          IllegalArgumentException.class, () -> Dropouts.dropout(x, 1.5, new Generator(2)));
    }
  }
}
