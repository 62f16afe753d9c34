package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Anomaly;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.Watch;
import org.junit.jupiter.api.Test;

class AnomalyTest {
  /** A function as a module. */
  private static final class Layer extends Module {
    private final UnaryOperator<Tensor> f;

    Layer(UnaryOperator<Tensor> f) {
      this.f = f;
    }

    @Override
    protected Tensor forward(Tensor x) {
      return f.apply(x);
    }
  }

  private static Anomaly find(Runnable r) {
    try (Autograd.Mode on = Autograd.detectAnomaly()) {
      return assertThrows(Anomaly.class, r::run);
    }
  }

  @Test
  void theFirstOperationOfALayerIsNamed() {
    try (Scope s = Scope.open();
        Sequential model =
            new Sequential(
                new Layer(Tensor::neg), new Layer(x -> x.log()), new Layer(Tensor::exp))) {
      Tensor x = Tensor.of(new double[] {-1, -2, 1, -1}, 2, 2);
      assertTrue(Double.isNaN(model.apply(x).at(1, 0).item()), "off, it passes");
      Anomaly a = find(() -> model.apply(x));
      assertEquals("log", a.operation());
      assertEquals("1", a.label());
      assertFalse(a.backward());
      assertTrue(
          a.getMessage()
              .matches(
                  "anomaly: log gave NaN at element \\[1, 0] of \\[2, 2]; inputs \\[2, 2]; in layer"
                      + " '1'; called at AnomalyTest.java:\\d+; all inputs were finite"),
          a.getMessage());
      assertFalse(Watch.on());
    }
  }

  @Test
  void nestedLayersGiveAPath() {
    try (Scope s = Scope.open();
        Sequential model =
            new Sequential(
                new Layer(Tensor::neg), new Residual(new Sequential(new Layer(x -> x.rdiv(1)))))) {
      Anomaly a = find(() -> model.apply(Tensor.zeros(3)));
      assertEquals("1.body.0", a.label());
      // An exception on the way leaves no label behind.
      assertEquals("", find(() -> Tensor.zeros(1).log()).label());
    }
  }

  @Test
  void aGradientIsNamedWithWhereItsOperationRan() {
    try (Scope s = Scope.open();
        Sequential model = new Sequential(new Layer(Tensor::neg), new Layer(Tensor::sqrt))) {
      Tensor x = Tensor.of(new float[] {-1, 0}).requiresGrad(true);
      Anomaly a = find(() -> Autograd.grad(model.apply(x).sum(), x));
      assertEquals("sqrt", a.operation());
      assertEquals("1", a.label());
      assertTrue(a.backward());
      assertTrue(
          a.getMessage()
              .matches(
                  "anomaly: the gradient of sqrt gave -Infinity at element \\[1] of \\[2] for input"
                      + " 0; inputs \\[2]; in layer '1'; called at AnomalyTest.java:\\d+; the"
                      + " gradient that came in was finite"),
          a.getMessage());
      Tensor y = x.neg().sqrt().sum();
      a = find(() -> Autograd.grad(y, x));
      assertTrue(
          a.getMessage().contains("recorded before anomalies were looked for"), a.getMessage());
      x.zeroGrad();
    }
  }

  @Test
  void aSecondDerivativeIsNamedAfterItsFirst() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(new double[] {0}).requiresGrad(true);
      // The slope of x^1.5 is 0 at 0, its second derivative infinite.
      Anomaly a =
          find(
              () -> {
                Tensor g = Autograd.grad(x.pow(1.5).sum(), List.of(x), true).get(0);
                Autograd.grad(g.sum(), x);
              });
      assertTrue(a.backward());
      assertEquals("pow_scalar", a.operation());
    }
  }

  @Test
  void whatARuleMasksIsNoAnomaly() {
    try (Scope s = Scope.open();
        Autograd.Mode on = Autograd.detectAnomaly()) {
      Tensor a = Tensor.of(new double[] {0, 2});
      Tensor b = Tensor.of(new double[] {2, 3}).requiresGrad(true);
      // The rule takes 0 log 0, and masks it.
      assertArrayEquals(
          new double[] {0, 8 * Math.log(2)}, Autograd.grad(a.pow(b).sum(), b).doubles(), 1e-14);
    }
  }

  @Test
  void infinitiesOnlyWhereAskedFor() {
    try (Scope s = Scope.open();
        Autograd.Mode on = Autograd.detectAnomaly(false)) {
      assertEquals(Double.NEGATIVE_INFINITY, Tensor.zeros(1).log().item());
      Anomaly a = assertThrows(Anomaly.class, () -> Tensor.zeros(1).log().mul(0));
      assertEquals("mul_scalar", a.operation());
    }
  }

  @Test
  void whatWasAlreadyBadIsSaid() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(new double[] {1, Double.NaN});
      Anomaly a = find(() -> x.add(Tensor.ones(2)));
      assertTrue(
          a.getMessage().endsWith("; input 0 already held NaN at element [1] of [2]"),
          a.getMessage());
    }
  }

  @Test
  void userLabels() {
    try (Scope s = Scope.open()) {
      Anomaly a =
          find(
              () -> {
                try (Autograd.Mode outer = Autograd.label("loss");
                    Autograd.Mode inner = Autograd.label("log");
                    Autograd.Mode none = Autograd.label(null)) {
                  Tensor.zeros(1).log();
                }
              });
      assertEquals("loss.log", a.label());
    }
  }

  @Test
  void aSoundModelPasses() {
    try (Scope s = Scope.open();
        Sequential model =
            new Sequential(
                new Conv2d(1, 2, 3, 1, 1, true, new Generator(1)),
                Activation.relu(),
                new MaxPool2d(2),
                new Flatten(),
                new Linear(8, 3, new Generator(2)));
        Autograd.Mode on = Autograd.detectAnomaly()) {
      Tensor x = Tensor.rand(2, 4, 4, 1);
      Losses.crossEntropy(model.apply(x), Tensor.of(new int[] {0, 2})).backward();
      model.zeroGrad();
    }
    assertFalse(Watch.on());
  }

  @Test
  void otherThreadsAreLeftAlone() throws InterruptedException {
    double[] got = new double[1];
    try (Autograd.Mode on = Autograd.detectAnomaly()) {
      Thread t =
          new Thread(
              () -> {
                try (Scope s = Scope.open()) {
                  got[0] = Tensor.zeros(1).log().item();
                }
              });
      t.start();
      t.join();
    }
    assertEquals(Double.NEGATIVE_INFINITY, got[0]);
  }
}
