package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MoreLayersTest {
  private static String refusal(Runnable r) {
    return assertThrows(IllegalArgumentException.class, r::run).getMessage();
  }

  static Stream<Supplier<Module>> images() {
    Generator g = new Generator(3);
    return Stream.of(
        () -> new LayerNorm(4),
        () -> new LayerNorm(3, 4),
        () -> new RmsNorm(4),
        () -> new GroupNorm(2, 4),
        () -> new InstanceNorm(4),
        () -> new InstanceNorm(4, 1e-5, true),
        () -> new Prelu(4, 0.25),
        Prelu::new,
        () -> new Upsample(2, Upsample.Mode.NEAREST),
        () -> new Upsample(2, Upsample.Mode.BILINEAR),
        () -> new Upsample(2, Upsample.Mode.BILINEAR_CORNERS),
        () -> new AdaptiveAvgPool2d(2, 2),
        GlobalMaxPool::new,
        () -> new ConvTranspose2d(4, 2, 3, 2, 1),
        () -> new ConvTranspose2d(4, 2, 2, 3, new ConvSpec(2, 2, 0, 1, 1, 0, 1, 1, 2), 1, true, g));
  }

  @ParameterizedTest
  @MethodSource("images")
  void gradientsEqualDifferences(Supplier<Module> layer) {
    Numeric.checkGradients(layer.get(), 2, 3, 3, 4);
  }

  static Stream<Supplier<Module>> sequences() {
    Generator g = new Generator(3);
    return Stream.of(() -> new Conv1d(4, 2, 2, 1, 1, 2, 2, true, g));
  }

  @ParameterizedTest
  @MethodSource("sequences")
  void gradientsOfSequencesEqualDifferences(Supplier<Module> layer) {
    Numeric.checkGradients(layer.get(), 2, 3, 4);
  }

  @Test
  void shapesAndNormsByHand() {
    try (Scope s = Scope.open();
        Conv1d conv = new Conv1d(1, 1, 2, 1, 0);
        ConvTranspose2d turned = new ConvTranspose2d(3, 2, 4, 2, 1);
        LayerNorm norm = new LayerNorm(Shape.of(2), 0)) {
      assertTrue(refusal(() -> conv.apply(Tensor.zeros(1, 2))).contains("[N, L, 1]"));
      Numeric.assertShape(turned.apply(Tensor.zeros(1, 8, 8, 3)), 1, 16, 16, 2);
      assertArrayEquals(
          new float[] {-1, 1}, norm.apply(Tensor.of(new float[] {3, 7}, 1, 2)).floats(), 1e-6f);
      assertArrayEquals(
          new float[] {3, 8},
          new GlobalMaxPool().apply(Tensor.of(new float[] {3, 5, 1, 8}, 1, 1, 2, 2)).floats());
      assertTrue(refusal(() -> new GroupNorm(3, 4)).contains("do not divide"));
      assertTrue(refusal(() -> new LayerNorm()).contains("axes"));
      assertTrue(refusal(() -> new Upsample(0, Upsample.Mode.NEAREST)).contains("factor"));
    }
  }
}
