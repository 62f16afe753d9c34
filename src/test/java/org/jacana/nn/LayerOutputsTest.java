package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

/** Outputs of inner layers and their replacement. */
class LayerOutputsTest {
  private static Sequential model() {
    Generator g = new Generator(3);
    return new Sequential(
        new Linear(3, 4, g),
        Activation.relu(),
        new Sequential(new Dropout(0.5), new Linear(4, 2, g)));
  }

  @Test
  void everyLayersOutputIsWhatTheLayersGiveOneByOne() {
    try (Sequential model = model();
        Scope scope = Scope.open()) {
      Tensor x = Tensor.of(new float[] {1, -2, 3, 0, 1, 2}, 2, 3);
      Map<String, Tensor> all = LayerOutputs.of(model, x);
      assertEquals(List.of("0", "1", "2.0", "2.1", "2", ""), List.copyOf(all.keySet()));
      Tensor linear = model.layers().get(0).apply(x);
      assertArrayEquals(linear.floats(), all.get("0").floats());
      assertArrayEquals(linear.relu().floats(), all.get("1").floats());
      // In eval mode dropout passes everything on.
      assertArrayEquals(all.get("1").floats(), all.get("2.0").floats());
      assertArrayEquals(all.get("").floats(), all.get("2.1").floats());
      assertArrayEquals(all.get("1").floats(), LayerOutputs.of(model, "1", x).floats());
      assertFalse(all.get("0").requiresGrad());
      assertTrue(model.isTraining());
    }
  }

  @Test
  void modesComeBackLayerByLayer() {
    // Several, because an order by addresses may be right by chance.
    for (int i = 0; i < 20; i++) {
      try (Sequential model = model();
          Scope scope = Scope.open()) {
        model.layers().get(1).train(false);
        LayerOutputs.of(model, Tensor.zeros(1, 3));
        assertTrue(model.isTraining());
        assertFalse(model.layers().get(1).isTraining());
        assertTrue(model.layers().get(2).children().get("0").isTraining());
      }
    }
  }

  @Test
  void unknownLayersAreNamedAndNothingLeaksWhenTheModelFails() {
    try (Sequential model = model();
        Scope scope = Scope.open()) {
      Tensor x = Tensor.zeros(1, 3);
      var e =
          assertThrows(
              IllegalArgumentException.class, () -> LayerOutputs.of(model, "2.7", x).floats());
      assertEquals(
          "layerOutputs: the model has no layer '2.7'; it has [, 0, 1, 2, 2.0, 2.1]",
          e.getMessage());
      try (Sequential broken = new Sequential(new Identity(), new Linear(4, 2))) {
        assertThrows(IllegalArgumentException.class, () -> LayerOutputs.of(broken, x));
        assertTrue(broken.isTraining());
      }
    }
  }

  @Test
  void anObserverMayReplaceAnOutput() {
    try (Sequential model = new Sequential(new Identity(), new Linear(2, 1, new Generator(1)));
        Scope scope = Scope.open()) {
      Tensor x = Tensor.of(new float[] {1, 2}, 1, 2);
      Tensor other = Tensor.of(new float[] {-5, 7}, 1, 2);
      Tensor[] y = new Tensor[1];
      Module.observe(
          new Module.Observer() {
            @Override
            public void called(Module m, Tensor in, Tensor out) {}

            @Override
            public Tensor replace(Module m, Tensor out) {
              return m instanceof Identity ? other : out;
            }
          },
          () -> y[0] = model.apply(x));
      assertArrayEquals(model.layers().get(1).apply(other).floats(), y[0].floats());
      assertArrayEquals(new float[] {1, 2}, x.floats());
    }
  }
}
