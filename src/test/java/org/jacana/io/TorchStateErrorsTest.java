package org.jacana.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jacana.DType;
import org.jacana.Devices;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.nn.Activation;
import org.jacana.nn.BatchNorm;
import org.jacana.nn.Conv2d;
import org.jacana.nn.Flatten;
import org.jacana.nn.Linear;
import org.jacana.nn.Module;
import org.jacana.nn.Residual;
import org.jacana.nn.Sequential;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a state_dict must not be, and names. */
class TorchStateErrorsTest {
  @TempDir Path folder;

  private Scope scope;
  private Sequential net;

  @BeforeEach
  void open() {
    scope = Scope.open(Devices.all().get(0));
    net = new Sequential(new Conv2d(1, 2, 3), new Flatten(), new Linear(8, 3));
  }

  @AfterEach
  void close() {
    net.close();
    scope.close();
  }

  private TorchState state() {
    return TorchState.of(net).input(4, 4, 1);
  }

  /** The right shapes in the wrong order would go unnoticed. */
  @Test
  void theOrderOfFlattenedImagesMustBeSaid() {
    String message =
        assertThrows(IllegalArgumentException.class, TorchState.of(net)::stateDict).getMessage();
    assertTrue(message.contains("'1' flattens, which PyTorch does channels first"), message);
    assertThrows(IllegalArgumentException.class, () -> TorchState.of(net).load(good(), "test"));
    StoredTensor own = StoredTensor.of(net.namedParameters().get("2.weight"));
    assertEquals(own, TorchState.of(net).sameOrder().stateDict().get("2.weight"));
    assertNotEquals(own, good().get("2.weight"));
    assertEquals(
        good().get("2.weight"),
        TorchState.of(net).flattened("2", 2, 2, 2).stateDict().get("2.weight"));
  }

  private Map<String, StoredTensor> good() {
    return new LinkedHashMap<>(state().stateDict());
  }

  private String refused(Map<String, StoredTensor> dict) {
    float[] before = net.parameters().get(0).floats();
    String message =
        assertThrows(IllegalArgumentException.class, () -> state().load(dict, "file.st"))
            .getMessage();
    assertTrue(message.startsWith("file.st: "), message);
    assertArrayEquals(before, net.parameters().get(0).floats());
    return message;
  }

  private static StoredTensor zeros(DType type, int... shape) {
    return StoredTensor.of(Tensor.zeros(type, shape));
  }

  @Test
  void whatDoesNotFit() {
    Map<String, StoredTensor> dict = good();
    dict.put("0.bias", zeros(DType.F32, 2));
    dict.remove("2.bias");
    assertTrue(refused(dict).contains("missing 2.bias"));
    dict = good();
    dict.put("3.weight", zeros(DType.F32, 1));
    assertTrue(refused(dict).contains("unexpected 3.weight"));
    dict = good();
    dict.put("0.weight", zeros(DType.F32, 2, 3, 3, 1));
    assertTrue(refused(dict).contains("0.weight is [2, 3, 3, 1], not [2, 1, 3, 3]"));
    dict = good();
    dict.put("0.weight", zeros(DType.F64, 2, 1, 3, 3));
    assertTrue(refused(dict).contains("0.weight is F64, not F32"));
    dict = good();
    dict.put("2.num_batches_tracked", zeros(DType.I32));
    assertTrue(refused(dict).contains("unexpected 2.num_batches_tracked"));
  }

  @Test
  void halfTypesAreWidened() {
    for (DType half : new DType[] {DType.F16, DType.BF16}) {
      Map<String, StoredTensor> dict = good();
      dict.put("2.bias", StoredTensor.of(Tensor.of(new float[] {1.5f, -2, 0.25f}).to(half)));
      state().load(dict, "test");
      assertArrayEquals(
          new float[] {1.5f, -2, 0.25f}, net.namedParameters().get("2.bias").floats());
    }
    Map<String, StoredTensor> dict = good();
    dict.put("2.bias", zeros(DType.I32, 3));
    assertTrue(refused(dict).contains("2.bias is I32, not F32"));
  }

  @Test
  void names() {
    TorchState state = TorchState.of(net).rename("", "net").rename("2", "head");
    assertEquals("net.0.weight", state.torchName("0.weight"));
    assertEquals("head.weight", state.torchName("2.weight"));
    state.rename("2.bias", "offset").rename("0", "");
    assertEquals("offset", state.torchName("2.bias"));
    assertEquals("weight", state.torchName("0.weight"));
    assertEquals("net.22.weight", state.torchName("22.weight"));
    String none =
        assertThrows(IllegalArgumentException.class, () -> state.rename("7", "x")).getMessage();
    assertTrue(none.contains("there is no '7'"), none);
    String both =
        assertThrows(
                IllegalArgumentException.class,
                () -> state().rename("0", "a").rename("2", "a").stateDict())
            .getMessage();
    assertTrue(both.contains("0.weight and 2.weight would be called 'a.weight'"), both);
  }

  @Test
  void wrongLayers() {
    TorchState state = TorchState.of(net);
    for (Runnable wrong :
        new Runnable[] {
          () -> state.flattened("9", 2, 2, 2),
          () -> state.flattened("2", 2, 2, 3),
          () -> state.flattened("2", 8),
          () -> state.unflattened("0", 2, 2, 2),
          () -> state.unflattened("2", 2, 2, 2),
          () -> state.filter("2.weight"),
          () -> state.filter("none"),
          () -> state.input(3, 3, 1)
        }) {
      assertThrows(IllegalArgumentException.class, wrong::run);
    }
  }

  @Test
  void unknownReadersOfFlattenedImages() {
    try (Sequential deep =
        new Sequential(new Flatten(), new Residual(new Linear(8, 8)), Activation.relu())) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> TorchState.of(deep).input(2, 2, 2))
              .getMessage();
      assertTrue(message.contains("1 (Residual) reads flattened features [2, 2, 2]"), message);
      TorchState.of(deep).input(1, 1, 8);
      assertTrue(deep.isTraining());
    }
  }

  /** One embedding under two names, which safetensors files hold once. */
  private static final class Tied extends Module {
    Tied() {
      Tensor shared = parameter("a", Tensor.zeros(2));
      parameter("b", shared);
    }

    @Override
    protected Tensor forward(Tensor x) {
      return x;
    }
  }

  @Test
  void sharedParametersNeedOneName() {
    try (Tied tied = new Tied()) {
      StoredTensor ones = StoredTensor.of(Tensor.ones(2));
      TorchState.of(tied).load(Map.of("b", ones), "test");
      assertArrayEquals(new float[] {1, 1}, tied.namedParameters().get("a").floats());
      assertThrows(
          IllegalArgumentException.class, () -> TorchState.of(tied).load(Map.of(), "test"));
    }
  }

  /** As PyTorch writes a BatchNorm, with its counter of I64. */
  @Test
  void aFileWithCounters() throws IOException {
    StringBuilder json = new StringBuilder("{");
    String[] names = {"weight", "bias", "running_mean", "running_var"};
    for (int i = 0; i < 4; i++) {
      json.append("\"module.").append(names[i]).append("\":{\"dtype\":\"F32\",\"shape\":[1],");
      json.append("\"data_offsets\":[").append(8 + 4 * i).append(',').append(12 + 4 * i);
      json.append("]},");
    }
    json.append("\"module.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],");
    json.append("\"data_offsets\":[0,8]}}");
    byte[] bytes = SafetensorsTest.withHeader(json.toString(), 24);
    byte[] one = {0, 0, (byte) 0x80, 0x3F};
    System.arraycopy(one, 0, bytes, bytes.length - 4, 4);
    bytes[bytes.length - 24] = 99;
    Path file = Files.write(folder.resolve("bn.safetensors"), bytes);
    assertTrue(new String(bytes, StandardCharsets.ISO_8859_1).contains("I64"));
    try (BatchNorm bn = new BatchNorm(1)) {
      TorchState.of(bn).rename("", "module").load(file);
      assertEquals(0, bn.weight().item());
      assertEquals(1, bn.runningVar().item());
    }
  }
}
