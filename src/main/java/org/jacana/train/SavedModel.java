package org.jacana.train;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Generator;
import org.jacana.data.FormatException;
import org.jacana.data.ImageData;
import org.jacana.data.Normalization;
import org.jacana.io.ModuleState;
import org.jacana.io.Safetensors;
import org.jacana.io.StoredTensor;
import org.jacana.nn.Models;
import org.jacana.nn.Module;

/**
 * A trained classifier in one safetensors file: its weights and buffers, and as metadata all that
 * is needed to use it again.
 *
 * @param model name for {@link Models}
 * @param dataset name of the data set that it was trained on
 * @param classNames the name of each output
 * @param input height, width and channels
 * @param scale how pixels become numbers
 * @param weights parameters and buffers by name
 * @param more further metadata, such as versions
 */
public record SavedModel(
    String model,
    String dataset,
    List<String> classNames,
    int[] input,
    Normalization scale,
    Map<String, StoredTensor> weights,
    Map<String, String> more) {
  /** The file's name inside a run's folder. */
  public static final String FILE = "model.safetensors";

  private static final String FIX = "the file was not written by `jacana train --out`: train again";
  private static final Gson GSON = new Gson();

  /** Copies a model's weights. */
  public static SavedModel of(
      String name,
      Module model,
      String dataset,
      ImageData images,
      Normalization scale,
      Map<String, String> more) {
    return new SavedModel(
        name,
        dataset,
        images.classNames(),
        new int[] {images.height(), images.width(), images.channels()},
        scale,
        ModuleState.copy(model),
        more);
  }

  /** Writes the file; it appears whole or not at all. */
  public void write(Path file) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>(more);
    metadata.put("model", model);
    metadata.put("dataset", dataset);
    metadata.put("classes", GSON.toJson(classNames));
    metadata.put("input", GSON.toJson(input));
    metadata.put("mean", GSON.toJson(scale.mean()));
    metadata.put("std", GSON.toJson(scale.std()));
    new Safetensors(weights, metadata).write(file);
  }

  /**
   * Reads a file, or {@link #FILE} in a folder.
   *
   * @throws FormatException if it is damaged or not a saved model
   * @throws IOException if it is missing or cannot be read
   */
  public static SavedModel read(Path fileOrFolder) throws IOException {
    boolean folder = Files.isDirectory(fileOrFolder);
    Path file = folder ? fileOrFolder.resolve(FILE) : fileOrFolder;
    if (!Files.exists(file)) {
      throw new NoSuchFileException(
          file.toString(), null, "no such file; give the folder that `jacana train --out` wrote");
    }
    Safetensors content = Safetensors.read(file);
    Reader in = new Reader(file.toString(), new LinkedHashMap<>(content.metadata()));
    String model = in.text("model");
    String dataset = in.text("dataset");
    String[] classes = in.json("classes", String[].class);
    int[] input = in.json("input", int[].class);
    float[] mean = in.json("mean", float[].class);
    float[] std = in.json("std", float[].class);
    if (classes.length == 0 || Arrays.asList(classes).contains(null)) {
      throw in.error("classes", "class names", "none");
    }
    if (input.length != 3 || Arrays.stream(input).anyMatch(d -> d < 1 || d > 4096)) {
      throw in.error("input", "height, width and channels of 1 to 4096", Arrays.toString(input));
    }
    Normalization scale;
    try {
      scale = new Normalization(mean, std);
    } catch (IllegalArgumentException e) {
      throw in.error("mean, std", "a normalization", e.getMessage());
    }
    if (mean.length != input[2]) {
      throw in.error("mean", input[2] + " values", mean.length + " values");
    }
    return new SavedModel(
        model, dataset, List.of(classes), input, scale, content.tensors(), in.metadata());
  }

  /**
   * Builds the model with these weights, in eval mode; the caller closes it.
   *
   * @throws IllegalArgumentException if the weights are not those of the model
   */
  public Module build() {
    Module m =
        Models.byName(model, input[0], input[1], input[2], classNames.size(), new Generator(0));
    try {
      ModuleState.load(m, weights, dataset + " " + model);
      return m.eval();
    } catch (RuntimeException e) {
      m.close();
      throw e;
    }
  }

  /**
   * Checks that images are of the kind the model was trained on.
   *
   * @throws IllegalArgumentException if size or class names differ
   */
  public void requireFit(ImageData images) {
    int[] size = {images.height(), images.width(), images.channels()};
    if (!Arrays.equals(size, input) || !images.classNames().equals(classNames)) {
      throw new IllegalArgumentException(
          "the model was trained on "
              + dataset
              + " (images "
              + Arrays.toString(input)
              + ", classes "
              + classNames
              + ") but "
              + images.name()
              + " has images "
              + Arrays.toString(size)
              + " and classes "
              + images.classNames()
              + "; evaluate it on "
              + dataset);
    }
  }

  private record Reader(String file, Map<String, String> metadata) {
    String text(String key) throws FormatException {
      String value = metadata.remove(key);
      if (value == null) {
        throw error(key, "metadata '" + key + "'", "none");
      }
      return value;
    }

    <T> T json(String key, Class<T> type) throws FormatException {
      String text = text(key);
      try {
        T value = GSON.fromJson(text, type);
        if (value != null) {
          return value;
        }
      } catch (JsonParseException | IllegalArgumentException | NullPointerException e) {
        throw error(key, "a JSON list of " + type.getComponentType().getSimpleName(), text);
      }
      throw error(key, "a JSON list", text);
    }

    FormatException error(String key, String expected, String found) {
      return new FormatException(file + " (metadata " + key + ")", expected, found, FIX);
    }
  }
}
