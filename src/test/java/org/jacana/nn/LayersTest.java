package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.PoolSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayersTest {
  private static String refusal(Runnable r) {
    return assertThrows(IllegalArgumentException.class, r::run).getMessage();
  }

  private static Tensor image(int h, int w) {
    float[] v = new float[h * w];
    for (int i = 0; i < v.length; i++) {
      v[i] = i + 1;
    }
    return Tensor.of(v, 1, h, w, 1);
  }

  @Test
  void linearByHand() {
    try (Scope s = Scope.open();
        Linear l = new Linear(3, 2)) {
      l.weight().assign(Tensor.of(new float[] {1, 2, 3, -1, 0, 4}, 2, 3));
      l.bias().assign(Tensor.of(new float[] {10, 20}));
      Tensor y = l.apply(Tensor.of(new float[] {1, 1, 1, 2, 0, -1}, 2, 3));
      assertArrayEquals(new float[] {16, 23, 9, 14}, y.floats());
      assertEquals("Linear(3, 2)", l.toString());
      assertEquals(2 * 2 * 3, l.multiplyAdds(Shape.of(2, 3), Shape.of(2, 2)));
      Numeric.assertShape(l.apply(Tensor.zeros(4, 5, 3)), 4, 5, 2);
    }
  }

  @Test
  void convolutionByHand() {
    ConvSpec spec = new ConvSpec(1, 2, 0, 1, 0, 1, 1, 1, 1);
    try (Scope s = Scope.open();
        Conv2d c = new Conv2d(1, 1, 2, 3, spec)) {
      c.weight().assign(Tensor.of(new float[] {1, 0, 2, 0, 1, 0}, 1, 2, 3, 1));
      c.bias().assign(Tensor.of(new float[] {0.5f}));
      // Rows of the padded image: 0 1 2 3 0, 0 4 5 6 0, 0 7 8 9 0; windows start at columns 0, 2.
      Tensor y = c.apply(image(3, 3));
      Numeric.assertShape(y, 1, 2, 2, 1);
      assertArrayEquals(
          new float[] {2 * 2 + 4 + 0.5f, 2 + 6 + 0.5f, 2 * 5 + 7 + 0.5f, 5 + 9 + 0.5f}, y.floats());
      assertEquals("Conv2d(1, 1, 2x3, stride 1x2, pad 0x1)", c.toString());
      assertEquals(4 * 6, c.multiplyAdds(Shape.of(1, 3, 3, 1), y.shape()));
    }
  }

  @Test
  void groupsAndMissingBias() {
    ConvSpec depthwise = new ConvSpec(1, 1, 1, 1, 1, 1, 1, 1, 4);
    try (Conv2d c = new Conv2d(4, 8, 3, 3, depthwise, false, new Generator(1))) {
      assertEquals(Shape.of(8, 3, 3, 1), c.weight().shape());
      assertNull(c.bias());
      assertEquals(72, c.parameterCount());
    }
    assertTrue(
        refusal(() -> new Conv2d(6, 8, 3, 3, depthwise))
            .startsWith("conv2d: 6 input and 8 output channels must both divide into 4 groups"));
  }

  @Test
  void poolsByHand() {
    try (Scope s = Scope.open()) {
      assertArrayEquals(new float[] {6, 8, 14, 16}, new MaxPool2d(2).apply(image(4, 4)).floats());
      assertArrayEquals(
          new float[] {3.5f, 5.5f, 11.5f, 13.5f}, new AvgPool2d(2).apply(image(4, 4)).floats());
      assertArrayEquals(
          new float[] {1, 3, 7, 9},
          new MaxPool2d(new PoolSpec(2, 2, 2, 2, 1, 1, false, true)).apply(image(3, 3)).floats());
      Tensor x = Tensor.of(new float[] {1, 10, 2, 20, 3, 30, 6, 60}, 1, 2, 2, 2);
      Tensor y = new GlobalAvgPool().apply(x);
      Numeric.assertShape(y, 1, 2);
      assertArrayEquals(new float[] {3, 30}, y.floats());
      assertEquals("MaxPool2d(3x3, stride 2)", new MaxPool2d(3, 2).toString());
    }
  }

  @Test
  void activationsByHand() {
    float[] x = {-2, 0, 1};
    double e2 = Math.exp(-2);
    double e1 = Math.exp(-1);
    check(Activation.relu(), x, 0, 0, 1);
    check(Activation.leakyRelu(0.1), x, -0.2, 0, 1);
    check(Activation.elu(1.5), x, 1.5 * (e2 - 1), 0, 1);
    check(Activation.silu(), x, -2 / (1 + Math.exp(2)), 0, 1 / (1 + e1));
    check(Activation.tanh(), x, Math.tanh(-2), 0, Math.tanh(1));
    check(Activation.sigmoid(), x, 1 / (1 + Math.exp(2)), 0.5, 1 / (1 + e1));
    check(Activation.softplus(), x, Math.log1p(e2), Math.log(2), Math.log1p(Math.E));
    // Phi(-2) and Phi(1) from tables of the normal distribution.
    check(Activation.gelu(), x, -2 * 0.0227501319, 0, 0.8413447461);
    double sum = e2 + 1 + Math.E;
    check(Activation.softmax(), x, e2 / sum, 1 / sum, Math.E / sum);
    double log = Math.log(sum);
    check(Activation.logSoftmax(), x, -2 - log, -log, 1 - log);
  }

  private static void check(Activation a, float[] x, double... expected) {
    try (Scope s = Scope.open()) {
      assertArrayEquals(expected, a.apply(Tensor.of(x)).doubles(), 1e-6, a.name());
      assertEquals(a.name(), Activation.byName(a.name()).name());
    }
  }

  @Test
  void unknownActivationListsTheKnown() {
    String m = refusal(() -> Activation.byName("rulu"));
    assertTrue(m.startsWith("activation: no 'rulu'; known are relu, leaky_relu, elu"), m);
  }

  @Test
  void identityAndFlatten() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.zeros(2, 3, 4, 5);
      assertSame(x, new Identity().apply(x));
      Numeric.assertShape(new Flatten().apply(x), 2, 60);
    }
  }

  @Test
  void residualAddsAndRectifies() {
    try (Scope s = Scope.open();
        Residual plain = new Residual(Activation.tanh());
        Residual relu = new Residual(new Identity(), new Identity(), true)) {
      Tensor x = Tensor.of(new float[] {-1, 2}, 1, 2);
      assertArrayEquals(
          new double[] {-1 + Math.tanh(-1), 2 + Math.tanh(2)}, plain.apply(x).doubles(), 1e-6);
      assertArrayEquals(new float[] {0, 4}, relu.apply(x).floats());
      assertTrue(x.isOpen());
    }
  }

  @Test
  void residualNamesBothShapes() {
    try (Scope s = Scope.open();
        Residual r = new Residual(new Linear(4, 1))) {
      String m = refusal(() -> r.apply(Tensor.zeros(2, 4)));
      assertTrue(m.startsWith("residual: the body gives [2, 1] but the shortcut [2, 4]"), m);
    }
  }

  @Test
  void wrongInputsNameLayerShapesAndFix() {
    try (Scope s = Scope.open();
        Sequential model = new Sequential(Activation.relu(), new Linear(784, 10));
        Conv2d conv = new Conv2d(3, 16, 3);
        BatchNorm norm = new BatchNorm(8)) {
      assertEquals(
          "layer 1: Linear(784, 10): the input's last axis must be 784, got [64, 28, 28, 1];"
              + " put a Flatten before it",
          refusal(() -> model.apply(Tensor.zeros(64, 28, 28, 1))));
      assertEquals(
          "layer 1: Linear(784, 10): the input's last axis must be 784, got [64, 100];"
              + " make the layer with in=100 or change what is before it",
          refusal(() -> model.apply(Tensor.zeros(64, 100))));
      assertEquals(
          "Conv2d(3, 16, 3x3): the input must be [N, H, W, 3], got [2, 3, 8, 8];"
              + " a batch [N, C, H, W] needs permute(0, 2, 3, 1)",
          refusal(() -> conv.apply(Tensor.zeros(2, 3, 8, 8))));
      assertTrue(refusal(() -> conv.apply(Tensor.zeros(8, 8, 3))).endsWith("a batch of images"));
      assertEquals(
          "BatchNorm(8): the input must be [N, ..., 8], got [2, 4];"
              + " make the layer with 4 channels or change what is before it",
          refusal(() -> norm.apply(Tensor.zeros(2, 4))));
      assertTrue(
          refusal(() -> new GlobalAvgPool().apply(Tensor.zeros(2, 4))).contains("[N, H, W, C]"));
      assertTrue(refusal(() -> model.apply(null)).contains("null"));
    }
  }

  @Test
  void badSizesAreRefused() {
    assertEquals("linear: in must be at least 1, got 0", refusal(() -> new Linear(0, 3)));
    assertEquals("linear: out must be at least 1, got -1", refusal(() -> new Linear(3, -1)));
    assertTrue(refusal(() -> new Conv2d(1, 1, 0)).startsWith("conv2d: kernel height"));
    assertTrue(refusal(() -> new BatchNorm(4, Double.NaN, 0.1)).contains("epsilon"));
    assertTrue(refusal(() -> new BatchNorm(4, 1e-5, 1.5)).contains("momentum"));
    assertTrue(refusal(() -> new Linear(1, 1, null)).contains("generator"));
    assertTrue(refusal(() -> new Sequential(new Identity(), null)).contains("'1'"));
    assertTrue(refusal(() -> Activation.elu(Double.NaN)).contains("alpha"));
  }

  static Stream<Supplier<Module>> smooth() {
    Generator g = new Generator(3);
    ConvSpec odd = new ConvSpec(2, 1, 1, 0, 0, 2, 1, 2, 2);
    return Stream.of(
        () -> new Linear(4, 3, g),
        () -> new Conv2d(4, 2, 2, 3, odd, true, g),
        () -> new AvgPool2d(2),
        GlobalAvgPool::new,
        () -> new BatchNorm(4),
        () -> new BatchNorm(4).eval(),
        Activation::gelu,
        Activation::silu,
        Activation::tanh,
        Activation::sigmoid,
        Activation::softplus,
        Activation::softmax,
        Activation::logSoftmax,
        Activation::relu,
        () -> Activation.leakyRelu(0.2),
        () -> Activation.elu(1.3),
        () -> new MaxPool2d(2),
        () -> new Sequential(new Flatten(), new Linear(64, 2, g), Activation.tanh()),
        () ->
            new Residual(
                new Sequential(
                    new Conv2d(4, 4, 3, 1, 1, false, g), new BatchNorm(4), Activation.silu()),
                new Conv2d(4, 4, 1, 1, 0, true, g),
                false));
  }

  @ParameterizedTest
  @MethodSource("smooth")
  void gradientsEqualDifferences(Supplier<Module> layer) {
    Numeric.checkGradients(layer.get(), 2, 4, 4, 4);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theSeedDecidesTheWeights(int seed) {
    try (Linear a = new Linear(5, 4, new Generator(seed));
        Linear b = new Linear(5, 4, new Generator(seed));
        Linear c = new Linear(5, 4, new Generator(seed + 10))) {
      assertArrayEquals(a.weight().floats(), b.weight().floats());
      assertArrayEquals(a.bias().floats(), b.bias().floats());
      assertTrue(a.weight().floats()[0] != c.weight().floats()[0]);
    }
  }
}
