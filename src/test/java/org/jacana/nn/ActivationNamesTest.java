package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

class ActivationNamesTest {
  @Test
  void activationsByName() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(new double[] {-1, 4, 8});
      double[][] expected = {
        {0, 4, 6},
        {-1, 1, 1},
        {1.0 / 3, 1, 1},
        {-1.0 / 3, 4, 8},
        {-0.5, 0.8, 8.0 / 9}
      };
      String[] names = {"relu6", "hardtanh", "hardsigmoid", "hardswish", "softsign"};
      for (int i = 0; i < names.length; i++) {
        Activation a = Activation.byName(names[i]);
        assertEquals(names[i], a.name());
        assertArrayEquals(expected[i], a.apply(x).doubles(), 1e-15);
      }
      for (String name : List.of("mish", "selu", "gelu_tanh", "log_sigmoid")) {
        assertEquals(name, Activation.byName(name).name());
      }
    }
  }
}
