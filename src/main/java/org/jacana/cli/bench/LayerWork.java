package org.jacana.cli.bench;

import java.util.Arrays;
import java.util.List;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.op.BatchNorm;
import org.jacana.op.CrossEntropy;

/** What layers need besides products: pooling, batch norm, softmax and cross-entropy. */
final class LayerWork {
  private static final int CLASSES = 1000;

  private LayerWork() {}

  /**
   * All of them.
   *
   * @param batch images of [32, 32, 32]
   * @param rows of logits
   */
  static List<Work> all(int batch, int rows) {
    return List.of(pool(batch), norm(batch), softmax(rows), entropy(rows), entropyGrad(rows));
  }

  private static Tensor images(int batch) {
    return new Generator(1).normal(DType.F32, batch, 32, 32, 32);
  }

  private static Work pool(int batch) {
    double n = batch * 32.0 * 32 * 32;
    return new Work(
        "max pool 2x2 n" + batch + " 32x32 c32",
        0,
        4 * n * 1.25,
        () -> {
          Tensor x = images(batch);
          float[] in = x.floats();
          return Work.Call.of(
              () -> x.maxPool2d(2, 2), y -> Check.elements(y, i -> largest(in, i), i -> 0, 0));
        });
  }

  private static double largest(float[] in, int i) {
    int c = i % 32;
    int column = i / 32 % 16;
    int row = i / 32 / 16 % 16;
    int image = i / 32 / 16 / 16;
    double most = Double.NEGATIVE_INFINITY;
    for (int a = 0; a < 2; a++) {
      for (int b = 0; b < 2; b++) {
        most = Math.max(most, in[((image * 32 + 2 * row + a) * 32 + 2 * column + b) * 32 + c]);
      }
    }
    return most;
  }

  private static Work norm(int batch) {
    double n = batch * 32.0 * 32 * 32;
    return new Work(
        "batch norm n" + batch + " 32x32 c32",
        0,
        4 * n * 3,
        () -> {
          Tensor x = images(batch).mul(3).add(1);
          Tensor gamma = Tensor.ones(32);
          Tensor beta = Tensor.zeros(32);
          return new Work.Call(
              () -> {
                try (Scope inner = Scope.open()) {
                  BatchNorm.batchNorm(x, gamma, beta, 1e-5);
                }
              },
              () -> {
                try (Scope inner = Scope.open()) {
                  float[] y = BatchNorm.batchNorm(x, gamma, beta, 1e-5).y().floats();
                  double rows = y.length / 32.0;
                  double sum = 0;
                  double squares = 0;
                  for (int i = 7; i < y.length; i += 32) {
                    sum += y[i];
                    squares += (double) y[i] * y[i];
                  }
                  String mean = Check.equal("a channel's mean", sum / rows, 0, 1, 1e-4);
                  return mean != null
                      ? mean
                      : Check.equal("a channel's variance", squares / rows, 1, 1, 1e-3);
                }
              });
        });
  }

  private static Tensor logits(int rows) {
    return new Generator(1).normal(DType.F32, rows, CLASSES);
  }

  private static Tensor labels(int rows) {
    int[] labels = new int[rows];
    Arrays.setAll(labels, i -> i * 7 % CLASSES);
    return Tensor.of(labels);
  }

  private static Work softmax(int rows) {
    double n = (double) rows * CLASSES;
    return new Work(
        "softmax " + rows + " x " + CLASSES,
        0,
        8 * n,
        () -> {
          Tensor z = logits(rows);
          float[] in = z.floats();
          return Work.Call.of(
              () -> z.softmax(1),
              y ->
                  Check.elements(
                      y,
                      i -> Math.exp(in[i] - logSum(in, i / CLASSES)),
                      i -> Math.exp(in[i] - logSum(in, i / CLASSES)),
                      1e-5));
        });
  }

  private static double logSum(float[] z, int row) {
    double sum = 0;
    for (int k = 0; k < CLASSES; k++) {
      sum += Math.exp(z[row * CLASSES + k]);
    }
    return Math.log(sum);
  }

  private static double meanLoss(float[] z, int rows) {
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      sum += logSum(z, i) - z[i * CLASSES + i * 7 % CLASSES];
    }
    return sum / rows;
  }

  private static Work entropy(int rows) {
    return new Work(
        "cross-entropy " + rows + " x " + CLASSES,
        0,
        4.0 * rows * CLASSES,
        () -> {
          Tensor z = logits(rows);
          Tensor y = labels(rows);
          double wanted = meanLoss(z.floats(), rows);
          return Work.Call.of(
              () -> CrossEntropy.crossEntropy(z, y),
              l -> Check.equal("the mean", l.mean().item(), wanted, wanted, 1e-5));
        });
  }

  private static Work entropyGrad(int rows) {
    return new Work(
        "cross-entropy and gradient " + rows + " x " + CLASSES,
        0,
        12.0 * rows * CLASSES,
        () -> {
          Tensor z = logits(rows).requiresGrad(true);
          Tensor y = labels(rows);
          float[] in = z.floats();
          return Work.Call.of(
              () -> {
                try (Scope inner = Scope.open();
                    Autograd.Mode on = Autograd.enableGrad()) {
                  return inner.keep(Autograd.grad(CrossEntropy.crossEntropy(z, y).mean(), z));
                }
              },
              g ->
                  Check.elements(
                      g,
                      i ->
                          (Math.exp(in[i] - logSum(in, i / CLASSES))
                                  - (i / CLASSES * 7 % CLASSES == i % CLASSES ? 1 : 0))
                              / rows,
                      i -> 1.0 / rows,
                      1e-5));
        });
  }
}
