package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jacana.Tensor;
import org.jacana.backend.Backends;
import org.jacana.data.ImageData;
import org.jacana.data.Normalization;
import org.jacana.nn.Module;
import org.junit.jupiter.api.Test;

class EvaluationTest {
  /** Pixels are the logits: the image [1, 1, 3] is [0..255] / 255. */
  private static final class Pixels extends Module {
    boolean sawTraining;

    @Override
    protected Tensor forward(Tensor x) {
      sawTraining |= isTraining();
      return x.reshape(x.shape().dim(0), 3);
    }
  }

  private static ImageData images(int copies) {
    int[][] rows = {{51, 102, 153}, {0, 0, 0}, {255, 0, 127}, {51, 0, 51}};
    int[] classes = {2, 1, 0, 2};
    byte[] pixels = new byte[copies * 12];
    int[] labels = new int[copies * 4];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = classes[i % 4];
      for (int c = 0; c < 3; c++) {
        pixels[i * 3 + c] = (byte) rows[i % 4][c];
      }
    }
    return new ImageData("t", pixels, labels, labels.length, 1, 1, 3, List.of("a", "b", "c"));
  }

  /** log(sum(exp(z))) - z[label] of each row, by Python. */
  @Test
  void countsAndAveragesOverSeveralBatches() {
    long before = Backends.standard().liveBytes();
    try (Pixels model = new Pixels()) {
      Evaluation e = Evaluation.of(model, images(100), Normalization.none(3));
      assertEquals(400, e.count());
      assertEquals(200, e.correct());
      assertEquals(0.5, e.accuracy());
      assertEquals(0.9316170380376672, e.loss(), 1e-6);
      assertTrue(model.isTraining());
      assertFalse(model.sawTraining);
    }
    assertEquals(before, Backends.standard().liveBytes());
  }

  @Test
  void predictionsAreProbabilities() {
    try (Pixels model = new Pixels()) {
      double[][] p = Predictions.of(model, images(1), Normalization.none(3));
      assertEquals(4, p.length);
      assertEquals(1 / 3.0, p[1][2], 1e-7);
      assertEquals(1, p[2][0] + p[2][1] + p[2][2], 1e-12);
      assertEquals(Math.E, p[2][0] / p[2][1], 1e-6);
    }
  }

  @Test
  void refusesAModelOfOtherClasses() {
    ImageData four = images(1);
    ImageData other =
        new ImageData("t", four.pixels(), four.labels(), 4, 1, 1, 3, List.of("a", "b", "c", "d"));
    try (Pixels model = new Pixels()) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> Evaluation.of(model, other, Normalization.none(3)));
      assertEquals(
          "train: the model Pixels gives [4, 3] for input [4, 1, 1, 3] but a classifier of 4"
              + " classes must give [4, 4]; end it with a layer of 4 outputs",
          e.getMessage());
      assertTrue(model.isTraining());
    }
  }
}
