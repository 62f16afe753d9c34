package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jacana.Generator;
import org.jacana.data.Digits;
import org.jacana.data.FormatException;
import org.jacana.data.ImageData;
import org.jacana.data.Normalization;
import org.jacana.io.Safetensors;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SavedModelTest {
  private static final ImageData TEST = Digits.load().test();
  private static final Normalization SCALE = Normalization.of(Digits.load().train());

  @TempDir Path folder;

  private String save() throws IOException {
    try (Module net = Models.resnet8(8, 8, 1, 10, new Generator(3))) {
      SavedModel.of("resnet8", net, "digits", TEST, SCALE, Map.of("seed", "3"))
          .write(folder.resolve(SavedModel.FILE));
      return WeightsHash.sha256(net);
    }
  }

  @Test
  void comesBackToTheLastBit() throws IOException {
    String hash = save();
    SavedModel saved = SavedModel.read(folder);
    assertEquals("resnet8", saved.model());
    assertEquals("digits", saved.dataset());
    assertEquals(TEST.classNames(), saved.classNames());
    assertArrayEquals(new int[] {8, 8, 1}, saved.input());
    assertArrayEquals(SCALE.mean(), saved.scale().mean());
    assertArrayEquals(SCALE.std(), saved.scale().std());
    assertEquals(Map.of("seed", "3"), saved.more());
    try (Module net = saved.build()) {
      assertEquals(hash, WeightsHash.sha256(net));
      assertEquals(false, net.isTraining());
    }
  }

  @Test
  void missingFileIsNamed() {
    NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> SavedModel.read(folder));
    assertTrue(e.getFile().endsWith(SavedModel.FILE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "model|-|metadata 'model'",
        "classes|-|metadata 'classes'",
        "classes|[]|class names",
        "classes|[null]|class names",
        "classes|{|a JSON list",
        "input|[8,8]|height, width and channels",
        "input|[8,8,0]|height, width and channels",
        "input|[8,8,null]|a JSON list",
        "mean|[NaN]|a normalization",
        "mean|[0.1,0.2]|a normalization",
        "std|[0]|a normalization",
        "std|null|a JSON list",
      })
  void refusesBrokenMetadata(String key, String value, String says) throws IOException {
    save();
    Path file = folder.resolve(SavedModel.FILE);
    Safetensors good = Safetensors.read(file);
    Map<String, String> metadata = new LinkedHashMap<>(good.metadata());
    if (value == null) {
      metadata.remove(key);
    } else {
      metadata.put(key, value);
    }
    new Safetensors(good.tensors(), metadata).write(file);
    FormatException e = assertThrows(FormatException.class, () -> SavedModel.read(file));
    assertTrue(e.getMessage().contains(says), e.getMessage());
  }

  @Test
  void weightsOfAnotherModelAreRefused() throws IOException {
    save();
    SavedModel s = SavedModel.read(folder);
    SavedModel mixed =
        new SavedModel(
            "mlp", s.dataset(), s.classNames(), s.input(), s.scale(), s.weights(), s.more());
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, mixed::build);
    assertTrue(e.getMessage().contains("missing 3.weight"), e.getMessage());
  }

  @Test
  void imagesOfAnotherKindAreRefused() throws IOException {
    save();
    ImageData other =
        new ImageData("other", new byte[12], new int[1], 1, 2, 2, 3, TEST.classNames());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> SavedModel.read(folder).requireFit(other));
    assertTrue(e.getMessage().contains("[2, 2, 3]"), e.getMessage());
  }
}
