package org.jacana.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;
import org.jacana.nn.Activation;
import org.jacana.nn.BatchNorm;
import org.jacana.nn.Conv1d;
import org.jacana.nn.Conv2d;
import org.jacana.nn.ConvTranspose2d;
import org.jacana.nn.Dropout;
import org.jacana.nn.Flatten;
import org.jacana.nn.LayerNorm;
import org.jacana.nn.Linear;
import org.jacana.nn.Module;
import org.jacana.nn.Sequential;
import org.jacana.nn.TransformerEncoderLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights in PyTorch's layout, against PyTorch's layers in plain loops over NCHW arrays. */
class TorchStateTest {
  @TempDir Path folder;

  static List<Device> devices() {
    return Devices.all();
  }

  private static void equal(double[] expected, Tensor got) {
    float[] values = got.floats();
    assertEquals(expected.length, values.length);
    for (int i = 0; i < values.length; i++) {
      assertEquals(expected[i], values[i], 1e-4 * (1 + Math.abs(expected[i])), "value " + i);
    }
  }

  /** The state_dict of the model is what was loaded, but for the counters, which are 0. */
  private static void roundTrip(TorchState state, Map<String, StoredTensor> loaded) {
    Map<String, StoredTensor> back = state.stateDict();
    assertEquals(loaded.keySet(), back.keySet());
    loaded.forEach(
        (name, t) -> {
          boolean counter = name.endsWith("num_batches_tracked");
          assertEquals(t.shape(), back.get(name).shape(), name);
          assertEquals(t.dtype(), back.get(name).dtype(), name);
          if (!counter) {
            assertEquals(t.bytes(), back.get(name).bytes(), name);
          } else {
            assertEquals(0, back.get(name).bytes().getInt());
          }
        });
  }

  private static Generator seed() {
    return new Generator(1);
  }

  /**
   * Rectangular filters, groups, depth-wise, transposed with groups, batch norm, and a Linear
   * behind the flattened image.
   */
  @ParameterizedTest
  @MethodSource("devices")
  void convolutionalNetwork(Device d) throws IOException {
    Nchw torch = new Nchw(1);
    Nchw.Map4 x = torch.input(2, 3, 5, 4);
    Nchw.Map4 h = Nchw.relu(torch.batchNorm("bn", torch.conv("c1", x, 4, 3, 2, 1, 1, 1)));
    h = torch.conv("depthwise", h, 8, 3, 3, 1, 1, 4);
    h = Nchw.relu(torch.convTranspose("up", h, 6, 2, 3, 2, 1, 2));
    h = torch.linear("fc.1", Nchw.relu(torch.linear("fc.0", Nchw.flatten(h), 7)), 3);
    try (Scope s = Scope.open(d);
        Sequential net =
            new Sequential(
                new Conv2d(3, 4, 3, 2, ConvSpec.of(1, 1)),
                new BatchNorm(4),
                Activation.relu(),
                new Conv2d(4, 8, 3, 3, new ConvSpec(1, 1, 1, 1, 1, 1, 1, 1, 4), true, seed()),
                new ConvTranspose2d(
                    8, 6, 2, 3, new ConvSpec(2, 2, 1, 1, 1, 1, 1, 1, 2), 0, true, seed()),
                Activation.relu(),
                new Flatten(),
                new Linear(6 * 8 * 9, 7),
                Activation.relu(),
                new Linear(7, 3))) {
      TorchState state =
          TorchState.of(net)
              .rename("0", "c1")
              .rename("1", "bn")
              .rename("3", "depthwise")
              .rename("4", "up")
              .rename("7", "fc.0")
              .rename("9", "fc.1")
              .input(5, 4, 3);
      assertTrue(net.isTraining());
      Path file = folder.resolve("net.safetensors");
      new Safetensors(torch.stateDict, Map.of()).write(file);
      state.load(file);
      net.eval();
      equal(h.v(), net.apply(Tensor.of(Nchw.nhwc(x), 2, 5, 4, 3)));
      roundTrip(state, torch.stateDict);
      Path saved = folder.resolve("saved.safetensors");
      state.save(saved);
      assertEquals(Map.of("format", "pt"), Safetensors.read(saved).metadata());
      try (Sequential plain = new Sequential(new Linear(1, 1))) {
        assertEquals(Set.of("0.weight", "0.bias"), TorchState.of(plain).stateDict().keySet());
      }
    }
  }

  /** Norms, activations and dropout between Flatten and Linear keep its order. */
  @ParameterizedTest
  @MethodSource("devices")
  void flattenedFeaturesThroughANorm(Device d) {
    Nchw torch = new Nchw(2);
    Nchw.Map4 x = torch.input(3, 2, 3, 4);
    Nchw.Map4 h = torch.batchNorm("1", Nchw.flatten(x));
    h = torch.linear("5", torch.linear("4", Nchw.relu(h), 5), 2);
    try (Scope s = Scope.open(d);
        Sequential net =
            new Sequential(
                new Flatten(),
                new BatchNorm(24),
                Activation.relu(),
                new Dropout(0.5),
                new Linear(24, 5),
                new Linear(5, 2))) {
      TorchState state = TorchState.of(net).input(3, 4, 2);
      state.load(torch.stateDict, "test");
      net.eval();
      Tensor image = Tensor.of(Nchw.nhwc(x), 3, 3, 4, 2);
      equal(h.v(), net.apply(image));
      roundTrip(state, torch.stateDict);
      TorchState named = TorchState.of(net).flattened("1", 3, 4, 2).flattened("4", 3, 4, 2);
      roundTrip(named, torch.stateDict);
    }
  }

  /** A Linear between two images: columns and rows. */
  private static final class Between extends Module {
    private final Linear map = child("map", new Linear(12, 18));

    @Override
    protected Tensor forward(Tensor x) {
      return map.apply(x.flatten(1)).reshape(x.shape().dim(0), 3, 2, 3);
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void rowsThatBecomeImages(Device d) {
    Nchw torch = new Nchw(3);
    Nchw.Map4 x = torch.input(2, 3, 2, 2);
    Nchw.Map4 y = torch.linear("map", Nchw.flatten(x), 18);
    Nchw.Map4 image = new Nchw.Map4(y.v(), 2, 3, 3, 2);
    double[] expected = new double[36];
    float[] last = Nchw.nhwc(image);
    Arrays.setAll(expected, i -> last[i]);
    try (Scope s = Scope.open(d);
        Between net = new Between()) {
      TorchState one = TorchState.of(net).flattened("map", 2, 2, 3).unflattened("map", 3, 2, 3);
      one.load(torch.stateDict, "test");
      equal(expected, net.apply(Tensor.of(Nchw.nhwc(x), 2, 2, 2, 3)));
      roundTrip(one, torch.stateDict);
      roundTrip(
          TorchState.of(net).unflattened("map", 3, 2, 3).flattened("map", 2, 2, 3),
          torch.stateDict);
    }
  }

  /** Sequences: [n, c, l] there, [n, l, c] here. */
  @ParameterizedTest
  @MethodSource("devices")
  void sequences(Device d) {
    Nchw torch = new Nchw(4);
    Nchw.Map4 x = torch.input(2, 4, 1, 7);
    Nchw.Map4 h = torch.conv("0", x, 6, 1, 3, 1, 0, 2);
    h = torch.linear("2", Nchw.flatten(h), 3);
    Map<String, StoredTensor> dict = new LinkedHashMap<>(torch.stateDict);
    StoredTensor w = dict.get("0.weight");
    dict.put("0.weight", new StoredTensor(w.dtype(), Shape.of(6, 2, 3), w.bytes()));
    try (Scope s = Scope.open(d);
        Sequential net =
            new Sequential(
                new Conv1d(4, 6, 3, 1, 0, 1, 2, true, seed()), new Flatten(), new Linear(30, 3))) {
      TorchState state = TorchState.of(net).input(7, 4);
      state.load(dict, "test");
      equal(h.v(), net.apply(Tensor.of(Nchw.nhwc(x), 2, 7, 4)));
      roundTrip(state, dict);
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void layerNormOfImages(Device d) {
    Nchw torch = new Nchw(5);
    Nchw.Map4 x = torch.input(2, 3, 2, 4);
    Nchw.Map4 y = torch.layerNorm("norm", x);
    float[] last = Nchw.nhwc(y);
    double[] expected = new double[last.length];
    Arrays.setAll(expected, i -> last[i]);
    try (Scope s = Scope.open(d);
        LayerNorm norm = new LayerNorm(2, 4, 3)) {
      TorchState state = TorchState.of(norm).rename("", "norm");
      state.load(torch.stateDict, "test");
      equal(expected, norm.apply(Tensor.of(Nchw.nhwc(x), 2, 2, 4, 3)));
      roundTrip(state, torch.stateDict);
    }
  }

  /** A filter that a module of one's own keeps. */
  private static final class Own extends Module {
    private final Tensor kernel = parameter("kernel", Tensor.zeros(2, 3, 3, 1));

    @Override
    protected Tensor forward(Tensor x) {
      return x.conv2d(kernel, 1, 0);
    }
  }

  @Test
  void filtersOfOnesOwn() {
    Nchw torch = new Nchw(6);
    torch.weight("kernel", 2, 1, 3, 3);
    try (Scope s = Scope.open(Devices.all().get(0));
        Own own = new Own()) {
      TorchState state = TorchState.of(own).filter("kernel");
      state.load(torch.stateDict, "test");
      roundTrip(state, torch.stateDict);
      double[] w = torch.weights.get("kernel");
      assertArrayEquals(w, own.kernel.doubles());
    }
  }

  /** The names of torch.nn.TransformerEncoderLayer(8, 2, 16).state_dict(), from its source. */
  @Test
  void namesOfATransformerLayer() {
    try (Scope s = Scope.open(Devices.all().get(0));
        Module layer = new TransformerEncoderLayer(8, 2, 16)) {
      Map<String, String> shapes = new LinkedHashMap<>();
      TorchState.of(layer).stateDict().forEach((n, t) -> shapes.put(n, t.shape().toString()));
      assertEquals(
          Map.ofEntries(
              Map.entry("self_attn.in_proj_weight", "[24, 8]"),
              Map.entry("self_attn.in_proj_bias", "[24]"),
              Map.entry("self_attn.out_proj.weight", "[8, 8]"),
              Map.entry("self_attn.out_proj.bias", "[8]"),
              Map.entry("linear1.weight", "[16, 8]"),
              Map.entry("linear1.bias", "[16]"),
              Map.entry("linear2.weight", "[8, 16]"),
              Map.entry("linear2.bias", "[8]"),
              Map.entry("norm1.weight", "[8]"),
              Map.entry("norm1.bias", "[8]"),
              Map.entry("norm2.weight", "[8]"),
              Map.entry("norm2.bias", "[8]")),
          shapes);
    }
  }
}
