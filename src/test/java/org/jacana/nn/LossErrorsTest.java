package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.Supplier;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.nn.Losses.Reduction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What losses say to wrong use. */
class LossErrorsTest {
  private static final CrossEntropyOptions OPTIONS = CrossEntropyOptions.DEFAULT;
  private static final Reduction MEAN = Reduction.MEAN;

  private Scope scope;
  private Tensor z;
  private Tensor y;

  @BeforeEach
  void open() {
    scope = Scope.open();
    z = Tensor.zeros(2, 3);
    y = Tensor.of(new int[] {0, 2});
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static void refused(String sentence, Supplier<Tensor> use) {
    assertEquals(sentence, assertThrows(IllegalArgumentException.class, use::get).getMessage());
  }

  private static Tensor labels(int... v) {
    return Tensor.of(v);
  }

  @Test
  void labelsThatAreNoClasses() {
    if (Device.best().kind() == Device.Kind.CUDA) {
      return; // a GPU would have to wait for its work to look at them: the CPU's run tests this
    }
    refused(
        "nll: label 3 is out of range for 3 classes; labels count from 0",
        () -> Losses.nll(z, labels(0, 3)));
    refused(
        "crossEntropy: label -1 is out of range for 3 classes; labels count from 0",
        () -> Losses.crossEntropy(z, labels(0, -1), OPTIONS.smoothing(0.1)));
    refused(
        "crossEntropy: label -1 is out of range for 3 classes (logits [2, 3]); labels count from 0",
        () -> Losses.crossEntropy(z, labels(0, -1), OPTIONS));
    refused(
        "crossEntropy: label -100 is out of range for 3 classes (logits [2, 3]); labels count from"
            + " 0",
        () -> Losses.crossEntropy(z, labels(0, -100)));
    refused(
        "softmaxFocal: label 7 is out of range for 3 classes; labels count from 0",
        () -> Losses.softmaxFocal(z, labels(0, 7), null, 2, MEAN));
  }

  @Test
  void labels() {
    refused(
        "crossEntropy: logits must be [..., K] and labels [...], got [2, 3] and [3]",
        () -> Losses.crossEntropy(z, labels(0, 1, 2), OPTIONS));
    refused(
        "nll: log-probabilities must be float and labels I32, got F32 and BOOL; cast with to(...)",
        () -> Losses.nll(z, Tensor.of(new boolean[] {true, false})));
    refused(
        "multiMargin: scores must be [..., K] and labels [...], got [2, 3] and [2, 3]",
        () -> Losses.multiMargin(z, z));
    refused(
        "multiLabelMargin: scores and labels must both be [..., K], got [2, 3] and [2]; pad the"
            + " labels with -1",
        () -> Losses.multiLabelMargin(z, y, MEAN));
  }

  @Test
  void weightsAndProbabilities() {
    refused(
        "crossEntropy: class weights must be F32 [3], one for each class, got F32 [2]",
        () -> Losses.crossEntropy(z, y, OPTIONS.weights(Tensor.ones(2))));
    refused(
        "nll: class weights must be F32 [3], one for each class, got F64 [3]",
        () -> Losses.nll(z, y, Tensor.ones(DType.F64, 3), -100, MEAN));
    refused(
        "crossEntropy: smoothing must be between 0 and 1, got 1.5",
        () -> Losses.crossEntropy(z, y, OPTIONS.smoothing(1.5)));
    refused(
        "crossEntropy: ignoreIndex 1 needs labels, the target holds probabilities [2, 3]; give"
            + " labels I32, or leave it",
        () -> Losses.crossEntropy(z, z, OPTIONS.ignoreIndex(1)));
    refused(
        "crossEntropy: the reduction must not be null; MEAN is the default",
        () -> Losses.crossEntropy(z, y, OPTIONS.reduction(null)));
    refused(
        "binaryCrossEntropyWithLogits: posWeight [2] does not broadcast to [2, 3]",
        () -> Losses.binaryCrossEntropyWithLogits(z, z, null, Tensor.ones(2), MEAN));
    refused(
        "binaryCrossEntropy: weight and the input must have one float type, got F64 and F32; cast"
            + " with to(...)",
        () -> Losses.binaryCrossEntropy(z, z, Tensor.ones(DType.F64, 3), MEAN));
  }

  @Test
  void shapesAndTypes() {
    refused(
        "binaryCrossEntropy: prediction and target must have one shape, got [2, 3] and [2]; reshape"
            + " one of them",
        () -> Losses.binaryCrossEntropy(z, Tensor.zeros(2)));
    refused(
        "mse: prediction and target must have one float type, got F32 and F64; cast with to(...)",
        () -> Losses.mse(z, Tensor.zeros(DType.F64, 2, 3)));
    refused(
        "l1: prediction and target must have one float type, got I32 and I32; cast with to(...)",
        () -> Losses.l1(y, y));
    refused(
        "hinge: scores and target must have one shape, got [2, 3] and [2]; reshape one of them",
        () -> Losses.hinge(z, y, MEAN));
    refused(
        "softMargin: the scores must be float, got I32; cast with to(...)",
        () -> Losses.softMargin(y, y, MEAN));
    refused(
        "cosineEmbedding: vectors must be [..., D] and the target [...], got [2, 3] and [3]",
        () -> Losses.cosineEmbedding(z, z, labels(1, 1, 1), 0, MEAN));
    refused(
        "gaussianNll: the variance must have the prediction's shape, or that with a last axis of"
            + " extent 1 or none, got [2, 3] and [3]",
        () -> Losses.gaussianNll(z, z, Tensor.ones(3)));
    refused(
        "distillation: logits must be [..., K], got []",
        () -> Losses.distillation(Tensor.scalar(1), Tensor.scalar(1), 1, MEAN));
    refused(
        "batchMean: a single loss has no axis of examples; use SUM",
        () -> Losses.mse(Tensor.scalar(1), Tensor.scalar(1), Reduction.BATCH_MEAN));
  }

  @Test
  void constants() {
    refused("huber: delta must be finite and positive, got 0.0", () -> Losses.huber(z, z, 0, MEAN));
    refused(
        "smoothL1: beta must be finite and not negative, got -1.0",
        () -> Losses.smoothL1(z, z, -1, MEAN));
    refused(
        "multiMargin: p must be 1 or 2, got 3", () -> Losses.multiMargin(z, y, 3, 1, null, MEAN));
    refused(
        "sigmoidFocal: alpha must be at most 1, or negative for none, got 2.0",
        () -> Losses.sigmoidFocal(z, z, 2, 2, MEAN));
    refused(
        "softmaxFocal: gamma must be finite and not negative, got -1.0",
        () -> Losses.softmaxFocal(z, y, null, -1, MEAN));
    refused(
        "tripletMargin: p must be positive, got NaN",
        () -> Losses.tripletMargin(z, z, z, 1, Double.NaN, 0, false, MEAN));
    refused(
        "distillation: temperature must be finite and positive, got 0.0",
        () -> Losses.distillation(z, z, 0, MEAN));
    refused(
        "gaussianNll: the variance has negative elements; give variances, such as exp or softplus"
            + " of what a layer says",
        () -> Losses.gaussianNll(z, z, z.sub(1)));
  }
}
