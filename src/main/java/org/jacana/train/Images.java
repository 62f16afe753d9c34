package org.jacana.train;

import java.util.Arrays;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.data.Batch;
import org.jacana.data.ImageData;
import org.jacana.data.Loader;
import org.jacana.data.Normalization;
import org.jacana.nn.Module;

/** Batches of images as a model's input, and its answers. */
final class Images {
  /** Images of a batch; fixed, so that an answer does not depend on how a model was trained. */
  private static final int BATCH = 250;

  private Images() {}

  /** Receives a model's answer to one image. */
  interface Answer {
    void take(int image, float[] logits);
  }

  /** The model's answer, which must be [n, classes]. */
  static Tensor logits(Module model, Tensor x, int classes) {
    Tensor y = model.apply(x);
    Shape wanted = Shape.of(x.shape().dim(0), classes);
    if (!y.shape().equals(wanted)) {
      throw new IllegalArgumentException(
          "train: the model "
              + model
              + " gives "
              + y.shape()
              + " for input "
              + x.shape()
              + " but a classifier of "
              + classes
              + " classes must give "
              + wanted
              + "; end it with a layer of "
              + classes
              + " outputs");
    }
    return y;
  }

  /** Runs a model over all images in order, in eval mode and without recording. */
  static void each(Module model, ImageData images, Normalization scale, Answer answer) {
    int classes = images.classes();
    boolean training = model.isTraining();
    model.eval();
    try (Autograd.Mode off = Autograd.noGrad();
        Loader loader = Loader.of(images).batch(BATCH).transform(scale)) {
      for (Batch b : loader.epoch(0)) {
        try (Scope step = Scope.open()) {
          float[] z = logits(model, b.x(), classes).floats();
          for (int i = 0; i < b.size(); i++) {
            answer.take(b.indices()[i], Arrays.copyOfRange(z, i * classes, (i + 1) * classes));
          }
        }
      }
    } finally {
      model.train(training);
    }
  }

  /** The first place of the largest value; NaN counts as largest. */
  static int largest(float[] row) {
    int best = 0;
    for (int k = 1; k < row.length; k++) {
      if (row[k] > row[best] || (Float.isNaN(row[k]) && !Float.isNaN(row[best]))) {
        best = k;
      }
    }
    return best;
  }

  /** log(sum(exp(row))) without overflow. */
  static double logSumExp(float[] row) {
    double max = row[largest(row)];
    double sum = 0;
    for (float z : row) {
      sum += Math.exp(z - max);
    }
    return max + Math.log(sum);
  }
}
