package org.jacana.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.nn.Activation;
import org.jacana.nn.Linear;
import org.jacana.nn.Losses;
import org.jacana.nn.Sequential;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A whole training loop: layers, loss, gradients, optimizer. */
class XorTest {
  static Stream<Function<List<Tensor>, Optimizer>> optimizers() {
    return Stream.of(
        ps -> Sgd.of(ps).learningRate(0.3).momentum(0.9), ps -> Adam.of(ps).learningRate(0.05));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void learnsExclusiveOr(Function<List<Tensor>, Optimizer> make) {
    for (Device device : new Device[] {Device.CPU, Device.REFERENCE}) {
      long before = org.jacana.backend.Backends.of(device).liveBytes();
      train(device, make);
      assertEquals(before, org.jacana.backend.Backends.of(device).liveBytes());
    }
  }

  private static void train(Device device, Function<List<Tensor>, Optimizer> make) {
    Generator g = new Generator(1);
    try (Scope s = Scope.open(device);
        Sequential model =
            new Sequential(new Linear(2, 8, g), Activation.tanh(), new Linear(8, 2, g));
        Optimizer o = make.apply(model.parameters())) {
      Tensor x = Tensor.of(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, 4, 2);
      Tensor labels = Tensor.of(new int[] {0, 1, 1, 0});
      Backend backend = x.backend();
      double loss = Double.NaN;
      long live = 0;
      for (int i = 0; i < 300; i++) {
        try (Scope step = Scope.open()) {
          o.zeroGrad();
          Tensor l = Losses.crossEntropy(model.apply(x), labels);
          l.backward();
          o.step();
          loss = l.item();
        }
        if (i == 5) {
          live = backend.liveBytes();
        }
      }
      assertEquals(live, backend.liveBytes());
      assertTrue(loss < 0.01, device + ": loss " + loss);
      try (Scope step = Scope.open()) {
        assertArrayEquals(new int[] {0, 1, 1, 0}, model.apply(x).argmax(1).ints());
      }
    }
  }
}
