package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.optim.Adam;
import org.junit.jupiter.api.Test;

class EmbeddingTest {
  @Test
  void looksRowsUp() {
    try (Scope s = Scope.open();
        Embedding e = new Embedding(4, 2)) {
      Numeric.ramp(e.weight());
      Tensor y = e.apply(Tensor.of(new int[] {3, 0, 0, 2}, 2, 2));
      Numeric.assertShape(y, 2, 2, 2);
      assertArrayEquals(
          new float[] {0.7f, 0.8f, 0.1f, 0.2f, 0.1f, 0.2f, 0.5f, 0.6f}, y.floats(), 1e-7f);
      Numeric.assertShape(e.apply(Tensor.of(new int[] {1}).squeeze(0)), 2);
      Numeric.assertShape(e.apply(Tensor.of(new int[0], 0, 3)), 0, 3, 2);
      assertEquals(List.of("weight"), List.copyOf(e.namedParameters().keySet()));
    }
  }

  /** Row r's gradient is the sum of those of the positions that named it. */
  @Test
  void gradientsOfRepeatedRowsAddUpAndPaddingHasNone() {
    try (Scope s = Scope.open();
        Embedding e = new Embedding(4, 2, 1)) {
      assertArrayEquals(new float[2], e.weight().slice(0, 1, 2).floats());
      Tensor y = e.apply(Tensor.of(new int[] {3, 1, 3, 0}));
      Tensor g = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 4, 2);
      Tensor dw = Autograd.grad(y.mul(g).sum(), e.weight());
      assertArrayEquals(new float[] {7, 8, 0, 0, 0, 0, 6, 8}, dw.floats());
      assertArrayEquals(new float[2], y.slice(0, 1, 2).floats());
      assertEquals("Embedding(4, 2, padding 1)", e.toString());
    }
  }

  @Test
  void derivatives() {
    try (Scope s = Scope.open();
        Embedding e = new Embedding(3, 2, new Generator(1))) {
      e.to(DType.F64);
      Tensor index = Tensor.of(new int[] {2, 0, 2, 2}, 2, 2);
      Derivatives.check(e, () -> e.apply(index).tanh());
    }
  }

  @Test
  void isStandardNormal() {
    try (Scope s = Scope.open();
        Embedding e = new Embedding(100, 50, new Generator(3))) {
      assertEquals(0, e.weight().mean().item(), 0.06);
      assertEquals(1, e.weight().square().mean().item(), 0.08);
    }
  }

  @Test
  void learnsATable() {
    Generator random = new Generator(5);
    try (Sequential model = new Sequential(new Embedding(6, 4, random), new Linear(4, 3, random));
        Adam adam = Adam.of(model.parameters()).learningRate(0.1)) {
      double loss = 9;
      for (int step = 0; step < 100; step++) {
        try (Scope s = Scope.open()) {
          Tensor index = Tensor.arange(6);
          Tensor labels = Tensor.of(new int[] {0, 2, 1, 1, 0, 2});
          Tensor l = Losses.crossEntropy(model.apply(index), labels);
          l.backward();
          adam.step();
          adam.zeroGrad();
          loss = l.item();
        }
      }
      assertTrue(loss < 0.02, "loss " + loss);
    }
  }

  private static String refusal(Runnable r) {
    return assertThrows(IllegalArgumentException.class, r::run).getMessage();
  }

  @Test
  void indicesBeyondTheTableAreRefused() {
    // On the host: a GPU would have to wait for its work to look at them.
    try (Scope s = Scope.open(Device.CPU);
        Embedding e = new Embedding(4, 2)) {
      assertEquals(
          "Embedding(4, 2): indices must be in 0 to 3; gather: index 4 is out of range for an axis"
              + " of 4 elements",
          refusal(() -> e.apply(Tensor.of(new int[] {0, 4}))));
      assertThrows(IllegalArgumentException.class, () -> e.apply(Tensor.of(new int[] {-1})));
    }
  }

  @Test
  void refusals() {
    assertEquals(
        "embedding: the padding index must be in 0 to 3, got 4",
        refusal(() -> new Embedding(4, 2, 4)));
    assertEquals("embedding: count must be at least 1, got 0", refusal(() -> new Embedding(0, 2)));
    try (Scope s = Scope.open();
        Embedding e = new Embedding(4, 2)) {
      assertEquals(
          "Embedding(4, 2): indices must be I32, got F32; cast with to(DType.I32)",
          refusal(() -> e.apply(Tensor.zeros(2))));
    }
  }
}
