package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.jacana.Shape;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

class NormalizationTest {
  /** Ten images [2, 3, 2] whose label is their index. */
  private static ImageData data() {
    int[] labels = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    return new ImageData(
        "ten", TestFiles.random(120, 8), labels, 10, 2, 3, 2, Mnist.DIGITS.classNames());
  }

  @Test
  void normalizationOfTheImagesThemselves() {
    float[] pixels;
    try (Tensor t = data().tensor(Normalization.of(data()))) {
      assertEquals(Shape.of(10, 2, 3, 2), t.shape());
      pixels = t.floats();
    }
    for (int c = 0; c < 2; c++) {
      double sum = 0;
      double squares = 0;
      for (int i = c; i < 120; i += 2) {
        sum += pixels[i];
        squares += pixels[i] * pixels[i];
      }
      assertEquals(0, sum / 60, 1e-6);
      assertEquals(1, squares / 60, 1e-5);
    }
    ImageData flat =
        new ImageData("flat", new byte[4], new int[1], 1, 2, 2, 1, Mnist.DIGITS.classNames());
    assertThrows(IllegalArgumentException.class, () -> Normalization.of(flat));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Normalization(new float[] {Float.NaN}, new float[] {1}));
    assertThrows(
        IllegalArgumentException.class, () -> new Normalization(new float[1], new float[2]));
  }

  @Test
  void needsAMeanForEachChannel() {
    assertThrows(IllegalArgumentException.class, () -> data().tensor(Normalization.none(3)));
  }
}
