package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;
import org.jacana.optim.Adam;
import org.junit.jupiter.api.Test;

class LoraTest {
  private static final ConvSpec GROUPED = new ConvSpec(1, 2, 1, 0, 1, 0, 1, 1, 2);

  private static Linear linear() {
    return new Linear(4, 3, new Generator(1));
  }

  private static Conv2d conv() {
    return new Conv2d(4, 6, 3, 2, GROUPED, true, new Generator(1));
  }

  @Test
  void startsAsTheBase() {
    try (Scope s = Scope.open();
        Linear l = linear();
        Conv2d c = conv()) {
      Tensor x = new Generator(2).normal(DType.F32, 2, 5, 4);
      Tensor image = new Generator(3).normal(DType.F32, 2, 5, 6, 4);
      float[] y = l.apply(x).floats();
      float[] z = c.apply(image).floats();
      try (LoraLinear lora = new LoraLinear(l, 2, 8);
          LoraConv2d loraConv = new LoraConv2d(c, 2, 8)) {
        assertArrayEquals(y, lora.apply(x).floats());
        assertArrayEquals(z, loraConv.apply(image).floats());
        assertFalse(l.weight().requiresGrad());
        assertFalse(c.bias().requiresGrad());
        for (Module m : List.of(lora, loraConv)) {
          assertEquals(List.of("lora_A", "lora_B"), List.copyOf(m.namedParameters().keySet()));
          assertEquals(List.of("weight", "bias"), List.copyOf(m.namedBuffers().keySet()));
        }
        assertEquals(Shape.of(2, 12), loraConv.a().shape());
        assertEquals("LoraLinear(4, 3, rank 2)", lora.toString());
      }
    }
  }

  /** W + alpha / rank B A, multiplied out by hand. */
  @Test
  void linearByHand() {
    try (Scope s = Scope.open();
        LoraLinear m = new LoraLinear(new Linear(2, 2), 1, 3)) {
      m.weight().assign(Tensor.of(new float[] {1, 0, 0, 1}, 2, 2));
      m.namedBuffers().get("bias").assign(Tensor.of(new float[] {10, 20}));
      m.a().assign(Tensor.of(new float[] {1, 2}, 1, 2));
      m.b().assign(Tensor.of(new float[] {1, -1}, 2, 1));
      // A x = 5, and 3 B A x = 15, -15.
      Tensor x = Tensor.of(new float[] {1, 2}, 1, 2);
      assertArrayEquals(new float[] {1 + 10 + 15, 2 + 20 - 15}, m.apply(x).floats());
      m.merge();
      assertArrayEquals(new float[] {4, 6, -3, -5}, m.weight().floats());
      assertArrayEquals(new float[] {26, 7}, m.apply(x).floats());
    }
  }

  @Test
  void mergesAndUnmerges() {
    try (Scope s = Scope.open();
        LoraLinear l = new LoraLinear(linear(), 2, 3);
        LoraConv2d c = new LoraConv2d(conv(), 2, 3)) {
      l.b().assign(new Generator(4).normal(DType.F32, 3, 2));
      c.b().assign(new Generator(5).normal(DType.F32, 6, 2));
      Tensor x = new Generator(2).normal(DType.F32, 2, 4);
      Tensor image = new Generator(3).normal(DType.F32, 1, 5, 6, 4);
      float[] y = l.apply(x).floats();
      float[] z = c.apply(image).floats();
      float[] w = l.weight().floats();
      l.merge();
      c.merge();
      assertTrue(l.merged() && c.merged());
      assertArrayEquals(y, l.apply(x).floats(), 1e-5f);
      assertArrayEquals(z, c.apply(image).floats(), 1e-5f);
      assertTrue(Math.abs(l.weight().floats()[0] - w[0]) > 1e-3);
      assertThrows(IllegalStateException.class, l::merge);
      l.unmerge();
      c.unmerge();
      assertArrayEquals(w, l.weight().floats(), 1e-6f);
      assertArrayEquals(z, c.apply(image).floats(), 1e-5f);
      assertThrows(IllegalStateException.class, c::unmerge);
    }
  }

  @Test
  void derivatives() {
    try (Scope s = Scope.open();
        LoraLinear l = new LoraLinear(linear(), 2, 3);
        LoraConv2d c = new LoraConv2d(conv(), 1, 3)) {
      l.b().assign(new Generator(4).normal(DType.F32, 3, 2));
      c.b().assign(new Generator(5).normal(DType.F32, 6, 1));
      l.to(DType.F64);
      c.to(DType.F64);
      Tensor x = new Generator(2).normal(DType.F64, 2, 4).requiresGrad(true);
      Tensor image = new Generator(3).normal(DType.F64, 1, 3, 3, 4).requiresGrad(true);
      Derivatives.check(l, () -> l.apply(x), x);
      Derivatives.check(c, () -> c.apply(image), image);
    }
  }

  /** The wanted map differs from the base's by rank 1, so rank 1 is enough; the base stays. */
  @Test
  void learnsAChangeOfRankOne() {
    Generator random = new Generator(6);
    try (LoraLinear m = new LoraLinear(linear(), 1, 1, random);
        Adam adam = Adam.of(m.parameters()).learningRate(0.03)) {
      float[] before = m.weight().floats();
      double loss = 1;
      for (int step = 0; step < 400; step++) {
        try (Scope s = Scope.open()) {
          Tensor x = random.normal(DType.F32, 32, 4);
          Tensor along = x.matmul(Tensor.of(new float[] {1, -1, 2, 0}, 4, 1));
          Tensor change = along.mul(Tensor.of(new float[] {0.5f, 1, -0.5f}));
          Tensor target = x.linear(m.weight(), m.namedBuffers().get("bias")).add(change);
          Tensor l = Losses.mse(m.apply(x), target);
          l.backward();
          adam.step();
          adam.zeroGrad();
          loss = l.item();
        }
      }
      assertTrue(loss < 1e-3, "loss " + loss);
      assertArrayEquals(before, m.weight().floats());
    }
  }

  @Test
  void refusals() {
    try (Scope s = Scope.open();
        Linear base = linear();
        LoraLinear m = new LoraLinear(linear(), 1, 1)) {
      assertEquals(
          "loraLinear: the rank must be in 1 to 3 for the weight [3, 4], got 4",
          assertThrows(IllegalArgumentException.class, () -> new LoraLinear(base, 4, 1))
              .getMessage());
      assertTrue(base.weight().requiresGrad());
      assertEquals(
          "LoraLinear(4, 3, rank 1): the input's last axis must be 4, got [2, 3]",
          assertThrows(IllegalArgumentException.class, () -> m.apply(Tensor.zeros(2, 3)))
              .getMessage());
    }
  }
}
