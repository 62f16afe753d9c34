package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.Losses.Reduction;
import org.junit.jupiter.api.Test;

class LossesTest {
  private static final double[] Z = {1, 2, 3, 0, 0, 0};

  /** log(e + e^2 + e^3) - 3 and log 3. */
  private static final double[] ROWS = {0.40760596444438, 1.09861228866811};

  private static String refusal(Runnable r) {
    return assertThrows(IllegalArgumentException.class, r::run).getMessage();
  }

  @Test
  void crossEntropyWithLabels() {
    try (Scope s = Scope.open()) {
      Tensor z = Tensor.of(Z, 2, 3).requiresGrad(true);
      Tensor labels = Tensor.of(new int[] {2, 0});
      assertArrayEquals(ROWS, Losses.crossEntropy(z, labels, Reduction.NONE).doubles(), 1e-13);
      assertEquals(ROWS[0] + ROWS[1], Losses.crossEntropy(z, labels, Reduction.SUM).item(), 1e-13);
      Tensor mean = Losses.crossEntropy(z, labels);
      assertEquals((ROWS[0] + ROWS[1]) / 2, mean.item(), 1e-13);
      // (softmax - onehot) / 2
      assertArrayEquals(
          new double[] {0.0450152869, 0.1223642355, -0.1673795225, -1.0 / 3, 1.0 / 6, 1.0 / 6},
          Autograd.grad(mean, z).doubles(),
          1e-9);
    }
  }

  @Test
  void crossEntropyWithProbabilities() {
    try (Scope s = Scope.open()) {
      Tensor z = Tensor.of(Z, 2, 3).requiresGrad(true);
      Tensor hard = Tensor.of(new double[] {0, 0, 1, 1, 0, 0}, 2, 3);
      assertArrayEquals(ROWS, Losses.crossEntropy(z, hard, Reduction.NONE).doubles(), 1e-13);
      Tensor soft = Tensor.of(new double[] {0.5, 0, 0.5, 0.2, 0.3, 0.5}, 2, 3);
      assertArrayEquals(
          new double[] {ROWS[0] + 1, ROWS[1]},
          Losses.crossEntropy(z, soft, Reduction.NONE).doubles(),
          1e-13);
      Tensor g = Autograd.grad(Losses.crossEntropy(z, soft), z);
      assertArrayEquals(
          new double[] {(0.09003057317 - 0.5) / 2, 0.24472847105 / 2, (0.66524095578 - 0.5) / 2},
          java.util.Arrays.copyOf(g.doubles(), 3),
          1e-10);
    }
  }

  @Test
  void largeLogitsDoNotOverflow() {
    try (Scope s = Scope.open()) {
      Tensor z = Tensor.of(new float[] {1000, 0}, 1, 2);
      assertEquals(1000, Losses.crossEntropy(z, Tensor.of(new int[] {1})).item());
      assertEquals(1000, Losses.crossEntropy(z, Tensor.of(new float[] {0, 1}, 1, 2)).item());
    }
  }

  @Test
  void labelsThatAreNoClassesAreRefused() {
    // On the host: a GPU would have to wait for its work to look at them, and gives NaN instead.
    try (Scope s = Scope.open(Device.CPU)) {
      Tensor z = Tensor.zeros(2, 3);
      assertEquals(
          "crossEntropy: label 3 is out of range for 3 classes (logits [2, 3]); labels count from"
              + " 0",
          refusal(() -> Losses.crossEntropy(z, Tensor.of(new int[] {0, 3}))));
      assertTrue(
          refusal(() -> Losses.crossEntropy(z, Tensor.of(new int[] {0, -1}))).contains("label -1"));
    }
  }

  @Test
  void onAGpuALabelThatIsNoClassMakesTheLossNaN() {
    if (Device.best().kind() == Device.Kind.CUDA) {
      try (Scope s = Scope.open()) {
        Tensor loss = Losses.crossEntropy(Tensor.zeros(2, 3), Tensor.of(new int[] {0, 3}));
        assertTrue(Double.isNaN(loss.item()));
      }
    }
  }

  @Test
  void crossEntropyRefusals() {
    try (Scope s = Scope.open()) {
      Tensor z = Tensor.zeros(2, 3);
      assertTrue(
          refusal(() -> Losses.crossEntropy(z, Tensor.of(new int[] {0}))).contains("[2, 3] and"));
      assertTrue(
          refusal(() -> Losses.crossEntropy(z, Tensor.zeros(2))).contains("labels [...] are I32"));
      assertTrue(
          refusal(() -> Losses.crossEntropy(z, Tensor.of(new double[6], 2, 3)))
              .contains("F32 and F64"));
    }
  }

  @Test
  void meanSquaredError() {
    try (Scope s = Scope.open()) {
      Tensor p = Tensor.of(new double[] {1, 2, 3, 4}, 2, 2).requiresGrad(true);
      Tensor t = Tensor.of(new double[] {0, 2, 5, 1}, 2, 2);
      assertEquals(3.5, Losses.mse(p, t).item());
      assertEquals(14, Losses.mse(p, t, Reduction.SUM).item());
      assertArrayEquals(new double[] {1, 0, 4, 9}, Losses.mse(p, t, Reduction.NONE).doubles());
      assertArrayEquals(
          new double[] {0.5, 0, -1, 1.5}, Autograd.grad(Losses.mse(p, t), p).doubles());
      assertTrue(
          refusal(() -> Losses.mse(p, Tensor.of(new double[2], 2)))
              .startsWith("mse: prediction and target must have one shape, got [2, 2] and [2]"));
    }
  }

  @Test
  void penalties() {
    try (Scope s = Scope.open()) {
      Tensor a = Tensor.of(new double[] {1, -2}).requiresGrad(true);
      Tensor b = Tensor.of(new double[] {3}).requiresGrad(true);
      java.util.List<Tensor> ws = java.util.List.of(a, b);
      assertEquals(0.6, Regularizer.l1(0.1).penalty(ws).item(), 1e-15);
      assertEquals(1.4, Regularizer.l2(0.1).penalty(ws).item(), 1e-15);
      Tensor both = new Regularizer(0.5, 2).penalty(ws);
      assertEquals(31, both.item(), 1e-13);
      assertArrayEquals(new double[] {4.5, -8.5}, Autograd.grad(both, a).doubles(), 1e-15);
      assertThrows(IllegalArgumentException.class, () -> Regularizer.l1(-1));
      assertThrows(IllegalArgumentException.class, () -> Regularizer.l2(Double.NaN));
      assertThrows(
          IllegalArgumentException.class, () -> Regularizer.l2(1).penalty(java.util.List.of()));
    }
  }
}
