package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

class BatchNormTest {
  /** Channel 0: 1 2 3 6, mean 3, squares 4 1 0 9; channel 1: 10 10 30 30, mean 20, squares 100. */
  private static Tensor batch() {
    return Tensor.of(new float[] {1, 10, 2, 10, 3, 30, 6, 30}, 2, 1, 2, 2);
  }

  @Test
  void normalisesByTheBatchAndTracksIt() {
    try (Scope s = Scope.open();
        BatchNorm n = new BatchNorm(2)) {
      n.weight().assign(Tensor.of(new float[] {2, 1}));
      n.bias().assign(Tensor.of(new float[] {0, 5}));
      double a = 2 / Math.sqrt(3.5 + 1e-5);
      double b = 10 / Math.sqrt(100 + 1e-5);
      assertArrayEquals(
          new double[] {-2 * a, 5 - b, -a, 5 - b, 0, 5 + b, 3 * a, 5 + b},
          n.apply(batch()).doubles(),
          1e-5);
      // Unbiased variances 14/3 and 400/3.
      assertArrayEquals(new double[] {0.3, 2}, n.runningMean().doubles(), 1e-6);
      assertArrayEquals(
          new double[] {0.9 + 0.1 * 14 / 3, 0.9 + 0.1 * 400 / 3}, n.runningVar().doubles(), 1e-5);
      n.apply(batch());
      assertArrayEquals(new double[] {0.57, 3.8}, n.runningMean().doubles(), 1e-6);
      assertArrayEquals(
          new double[] {0.81 + 0.19 * 14 / 3, 0.81 + 0.19 * 400 / 3},
          n.runningVar().doubles(),
          1e-5);
    }
  }

  @Test
  void evalUsesAndLeavesTheRunningStatistics() {
    try (Scope s = Scope.open();
        BatchNorm n = new BatchNorm(2)) {
      n.eval();
      n.runningMean().assign(Tensor.of(new float[] {1, 10}));
      n.runningVar().assign(Tensor.of(new float[] {4, 25}));
      assertArrayEquals(
          new double[] {0, 0, 0.5, 0, 1, 4, 2.5, 4}, n.apply(batch()).doubles(), 1e-5);
      assertArrayEquals(new float[] {1, 10}, n.runningMean().floats());
      assertArrayEquals(new float[] {4, 25}, n.runningVar().floats());
      // One value per channel is enough outside training.
      n.apply(Tensor.zeros(1, 2));
    }
  }

  @Test
  void oneValuePerChannelCannotTrain() {
    try (Scope s = Scope.open();
        BatchNorm n = new BatchNorm(2)) {
      String m =
          assertThrows(IllegalArgumentException.class, () -> n.apply(Tensor.zeros(1, 2)))
              .getMessage();
      assertTrue(m.contains("more than one value per channel"), m);
      assertArrayEquals(new float[] {0, 0}, n.runningMean().floats());
    }
  }

  @Test
  void statisticsAreNotPartOfTheGraph() {
    try (Scope s = Scope.open();
        BatchNorm n = new BatchNorm(2)) {
      n.to(DType.F64);
      Tensor x = batch().to(DType.F64).requiresGrad(true);
      Tensor loss = n.apply(x).square().sum();
      n.apply(x);
      loss.backward();
      assertTrue(n.runningMean().node() == null);
      double[] g = x.grad().doubles();
      // A batch norm's output does not change when its input is shifted.
      assertArrayEquals(
          new double[] {0, 0},
          new double[] {g[0] + g[2] + g[4] + g[6], g[1] + g[3] + g[5] + g[7]},
          1e-12);
    }
  }
}
