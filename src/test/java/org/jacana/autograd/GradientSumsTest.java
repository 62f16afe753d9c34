package org.jacana.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tensor that several operations read: their gradients are added up, some of them in place. */
class GradientSumsTest {
  private static Tensor values(int seed, int... dims) {
    return new Generator(seed).normal(DType.F32, dims);
  }

  /** The gradients of x, two filters and a point filter through a block that reads x often. */
  private static float[][] gradients(Device device, String graph) {
    try (Scope scope = Scope.open(device)) {
      Tensor x = values(1, 2, 6, 6, 4).to(device).requiresGrad(true);
      Tensor a = values(2, 4, 3, 3, 4).to(device).requiresGrad(true);
      Tensor b = values(3, 4, 3, 3, 4).to(device).requiresGrad(true);
      Tensor p = values(4, 4, 1, 1, 4).to(device).requiresGrad(true);
      Tensor h = x.tanh();
      Tensor y =
          switch (graph) {
            case "identity last" -> h.conv2d(a, 1, 1).tanh().add(h);
            case "identity first" -> h.add(h.conv2d(a, 1, 1).tanh());
            case "two filters" -> h.conv2d(a, 1, 1).add(h.conv2d(b, 1, 1));
            case "strides" ->
                h.conv2d(a, 2, 1)
                    .tanh()
                    .add(h.conv2d(p, 2, 0))
                    .mul(h.conv2d(b, 2, 1).add(h.conv2d(p, 2, 0).tanh()));
            case "one filter twice" -> h.conv2d(a, 1, 1).tanh().conv2d(a, 1, 1).add(h).add(h);
            case "a sum and its parts" -> {
              Tensor sum = h.add(x);
              yield sum.conv2d(a, 1, 1).add(sum).mul(h).add(sum.conv2d(p, 1, 0));
            }
            default -> throw new IllegalArgumentException(graph);
          };
      List<Tensor> gs =
          Autograd.grad(y.mul(y).mean(), null, List.of(x, a, b, p), false, false, true);
      return gs.stream().map(Tensor::floats).toArray(float[][]::new);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "identity last",
        "identity first",
        "two filters",
        "strides",
        "one filter twice",
        "a sum and its parts"
      })
  void areThoseOfTheReference(String graph) {
    float[][] want = gradients(Device.REFERENCE, graph);
    float[][] got = gradients(Device.CPU, graph);
    for (int i = 0; i < want.length; i++) {
      assertArrayEquals(want[i], got[i], 2e-5f, "gradient " + i);
    }
  }

  /** What is added in place belongs to nobody else: not the seed, nor what hooks have seen. */
  @Test
  void leaveOthersTensorsAlone() {
    try (Scope scope = Scope.open(Device.CPU)) {
      Tensor x = values(1, 2, 6, 6, 4).requiresGrad(true);
      Tensor a = values(2, 4, 3, 3, 4);
      Tensor h = x.mul(1);
      UnaryOperator<Tensor> block = t -> t.conv2d(a, 1, 1).add(t);
      Tensor middle = block.apply(h);
      Tensor[] seen = new Tensor[1];
      float[][] then = new float[1][];
      Autograd.hook(
          middle,
          g -> {
            if (seen[0] == null) {
              seen[0] = Scope.release(g.reshape(g.shape()));
              then[0] = g.floats();
            }
            return null;
          });
      Tensor y = block.apply(middle);
      Tensor seed = values(5, 2, 6, 6, 4);
      float[] before = seed.floats();
      // The first sweep leaves the graph for the second, whose sums must be the same.
      Tensor one = Autograd.grad(y, seed, List.of(x), false, true, false).get(0);
      assertArrayEquals(before, seed.floats());
      Tensor two = Autograd.grad(y, seed, List.of(x), false, false, false).get(0);
      assertArrayEquals(before, seed.floats());
      assertArrayEquals(one.floats(), two.floats());
      assertArrayEquals(then[0], seen[0].floats());
      seen[0].close();
    }
  }

  /** In place or not, the sum is one of the same two numbers. */
  @Test
  void areTheSameWithAGraph() {
    try (Scope scope = Scope.open(Device.CPU)) {
      Tensor x = values(1, 2, 6, 6, 4).requiresGrad(true);
      Tensor a = values(2, 4, 3, 3, 4);
      Tensor h = x.mul(2);
      Tensor y = h.conv2d(a, 1, 1).add(h.mul(h)).sum();
      float[] want = Autograd.grad(y, List.of(x), true).get(0).floats();
      float[] got = Autograd.grad(y, x).floats();
      assertEquals(want.length, got.length);
      assertArrayEquals(want, got, 1e-5f);
    }
  }
}
