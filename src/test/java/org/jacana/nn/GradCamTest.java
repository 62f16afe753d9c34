package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.junit.jupiter.api.Test;

/** Maps of where a model looks, against worked cases and differences. */
class GradCamTest {
  private static final double[] IMAGE = {1, -2, 3, 4};

  /** Feature maps 2x and -x, global average, class weights. */
  private static Sequential cam() {
    Conv2d conv = new Conv2d(1, 2, 1, 1, 0, false, new Generator(1));
    Linear linear = new Linear(2, 3, new Generator(2));
    Autograd.noGrad(
        () -> {
          conv.weight().write(new float[] {2, -1});
          linear.weight().write(new float[] {1, 0.5f, -1, 3, 0, -2});
        });
    return new Sequential(conv, new GlobalAvgPool(), linear);
  }

  @Test
  void withGlobalAverageAndOneLinearLayerItIsClassActivationMapping() {
    try (Sequential model = cam();
        Scope scope = Scope.open()) {
      model.to(DType.F64);
      // Both images at once, each with its own class.
      double[] two = {1, -2, 3, 4, -1, 0, 1, 2};
      Tensor x = Tensor.of(two, 2, 2, 2, 1);
      Tensor map = GradCam.of(model, "0", x, new int[] {0, 1});
      assertEquals(Shape.of(2, 2, 2), map.shape());
      double[] expected = new double[8];
      for (int i = 0; i < 4; i++) {
        // sum of class weight times feature map, over the number of pixels, rectified
        expected[i] = Math.max(0, (1 * 2 * two[i] + 0.5 * -two[i]) / 4);
        expected[4 + i] = Math.max(0, (-1 * 2 * two[4 + i] + 3 * -two[4 + i]) / 4);
      }
      assertArrayEquals(expected, map.doubles(), 1e-15);
      assertFalse(map.requiresGrad());
      assertTrue(model.isTraining());
      assertEquals(null, model.parameters().get(0).grad());
    }
  }

  @Test
  void withoutClassesItIsTheLargestLogit() {
    try (Sequential model = cam();
        Scope scope = Scope.open()) {
      Tensor x = Tensor.of(IMAGE, 1, 2, 2, 1).to(DType.F32);
      int best = (int) LayerOutputs.of(model, "", x).argmax(1).item();
      double[] chosen = GradCam.of(model, "0", x, new int[] {best}).doubles();
      try (Autograd.Mode off = Autograd.noGrad()) {
        assertArrayEquals(chosen, GradCam.of(model, "0", x).doubles());
      }
    }
  }

  @Test
  void itDependsOnTheLayerAndWorksThroughAResidualNetwork() {
    try (Sequential model = Models.resnet8(8, 8, 1, 10, new Generator(5));
        Scope scope = Scope.open()) {
      Tensor x = new Generator(6).normal(DType.F32, 3, 8, 8, 1);
      assertEquals(Shape.of(3, 2, 2), GradCam.of(model, "5", x).shape());
      assertEquals(Shape.of(3, 8, 8), GradCam.of(model, "3.body.0", x).shape());
      // Eval mode: an image's map does not depend on the others in the batch.
      double[] alone = GradCam.of(model, "3", x.slice(0, 1, 2)).doubles();
      double[] among = GradCam.of(model, "3", x).slice(0, 1, 2).doubles();
      assertArrayEquals(alone, among, 1e-6);
    }
  }

  private static void refused(Sequential model, String layer, Tensor x, int[] k, String message) {
    var e =
        assertThrows(IllegalArgumentException.class, () -> GradCam.of(model, layer, x, k).floats());
    assertTrue(e.getMessage().endsWith(message), e.getMessage());
  }

  @Test
  void mistakesAreNamed() {
    try (Sequential model = cam();
        Scope scope = Scope.open()) {
      Tensor x = Tensor.of(IMAGE, 1, 2, 2, 1).to(DType.F32);
      refused(model, "9", x, null, "gradCam: the model has no layer '9'; it has [, 0, 1, 2]");
      refused(
          model,
          "1",
          x,
          null,
          "gradCam: layer '1' must give images [N, h, w, channels], it gives [1, 2]; name one"
              + " before the features are flattened");
      refused(model, "0", x, new int[] {3}, "gradCam: class 3 is not in 0..2 of the logits [1, 3]");
      refused(
          model, "0", x, new int[] {1, 2}, "gradCam: 2 classes for 1 images; give one for each");
      Conv2d twice = new Conv2d(1, 1, 1);
      try (Sequential shared = new Sequential(twice, twice, new Flatten())) {
        refused(
            shared,
            "0",
            x,
            null,
            "gradCam: layer '0' runs more than once, so its output is not one image");
      }
    }
  }

  @Test
  void saliencyIsTheLargestAbsoluteDerivativeOverTheChannels() {
    try (Sequential model = Models.lenet(4, 4, 2, 3, new Generator(4));
        Scope scope = Scope.open()) {
      model.to(DType.F64);
      double[] pixels = new Generator(7).normal(DType.F64, 1, 4, 4, 2).doubles();
      Tensor map = Saliency.of(model, Tensor.of(pixels, 1, 4, 4, 2), new int[] {2});
      assertEquals(Shape.of(1, 4, 4), map.shape());
      double[] expected = new double[16];
      for (int i = 0; i < 32; i++) {
        double h = 1e-6;
        double slope = (logit(model, pixels, i, h) - logit(model, pixels, i, -h)) / (2 * h);
        expected[i / 2] = Math.max(expected[i / 2], Math.abs(slope));
      }
      assertArrayEquals(expected, map.doubles(), 1e-7);
      assertTrue(model.isTraining());
      var e =
          assertThrows(
              IllegalArgumentException.class, () -> Saliency.of(model, Tensor.zeros(2, 16)));
      assertEquals("saliency: the input must be images [N, H, W, C], got [2, 16]", e.getMessage());
    }
  }

  private static double logit(Sequential model, double[] pixels, int i, double h) {
    double[] moved = pixels.clone();
    moved[i] += h;
    try (Scope scope = Scope.open()) {
      return LayerOutputs.of(model, "", Tensor.of(moved, 1, 4, 4, 2)).at(0, 2).item();
    }
  }
}
