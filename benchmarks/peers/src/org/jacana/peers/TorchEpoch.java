package org.jacana.peers;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.Tensor;
import org.jacana.data.Datasets;
import org.jacana.data.ImageData;
import org.jacana.data.ImageSplit;
import org.jacana.data.Normalization;

/**
 * One pass over Fashion-MNIST and its evaluation in libtorch, in its own order. All images are
 * normalised tensors before the clock starts; batches are picked from them.
 */
final class TorchEpoch implements Job {
  private static final int TEST_BATCH = 250;

  private final Case work;
  private final String layout;
  private final Tensor images;
  private final Tensor labels;
  private final Tensor testImages;
  private final int[] testLabels;
  private TorchNet model;
  private Optimizer rule;
  private Double accuracy;

  TorchEpoch(Case c, String layout) throws IOException {
    work = c;
    this.layout = layout;
    ImageSplit data = Datasets.load("fashion-mnist", null).split();
    ImageData train = data.train().slice(0, c.size(1));
    Normalization scale = Normalization.of(train);
    images = tensor(train, scale);
    labels = TorchArrays.labels(train.labels());
    testImages = tensor(data.test(), scale);
    testLabels = data.test().labels();
  }

  private Tensor tensor(ImageData d, Normalization scale) {
    float[] pixels = new float[d.count() * d.imageSize()];
    for (int i = 0; i < pixels.length; i++) {
      int channel = i % d.channels();
      float value = (d.pixels()[i] & 0xff) / 255f;
      pixels[i] = (value - scale.mean()[channel]) / scale.std()[channel];
    }
    return TorchArrays.images(pixels, layout, d.count(), d.height(), d.width(), d.channels());
  }

  @Override
  public void between() {
    model = new TorchNet(work.net(), layout, true);
    rule = TorchStep.optimizer(work.net(), model);
  }

  @Override
  public void run() {
    int batch = work.size(0);
    int[] order = Inputs.permutation(1, work.size(1));
    for (int first = 0; first + batch <= order.length; first += batch) {
      try (PointerScope inner = new PointerScope()) {
        int[] chosen = Arrays.copyOfRange(order, first, first + batch);
        Tensor index = Tensor.create(chosen, (long) batch);
        double loss =
            TorchStep.step(
                model, rule, images.index_select(0, index), labels.index_select(0, index));
        if (!Double.isFinite(loss)) {
          throw new IllegalStateException("the loss is " + loss);
        }
      }
    }
    accuracy = evaluate();
  }

  private double evaluate() {
    int correct = 0;
    try (InferenceMode mode = new InferenceMode()) {
      for (int first = 0; first < testLabels.length; first += TEST_BATCH) {
        try (PointerScope inner = new PointerScope()) {
          Tensor x = testImages.narrow(0, first, TEST_BATCH);
          float[] z = TorchArrays.floats(model.forward(x));
          for (int i = 0; i < TEST_BATCH; i++) {
            correct += largest(z, i) == testLabels[first + i] ? 1 : 0;
          }
        }
      }
    }
    return correct / (double) testLabels.length;
  }

  private static int largest(float[] z, int row) {
    int best = 0;
    for (int k = 1; k < Net.CLASSES; k++) {
      if (z[row * Net.CLASSES + k] > z[row * Net.CLASSES + best]) {
        best = k;
      }
    }
    return best;
  }

  @Override
  public Double accuracy() {
    return accuracy;
  }

  @Override
  public List<float[]> results() {
    return List.of();
  }

  @Override
  public void close() {}
}
