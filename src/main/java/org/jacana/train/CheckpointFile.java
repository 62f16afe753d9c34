package org.jacana.train;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.data.FormatException;
import org.jacana.io.Safetensors;
import org.jacana.io.StoredTensor;

/**
 * A {@link Checkpoint} as a safetensors file. Tensors are called model/NAME and part/PART/NAME.
 * Metadata: format, version, checksum ({@link WholeFile}) and state, a JSON object whose numbers
 * are texts, so that every double comes back with its bits.
 */
final class CheckpointFile {
  private static final String FORMAT = "jacana-checkpoint";
  private static final String MODEL = "model/";
  private static final String PART = "part/";
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private CheckpointFile() {}

  static void write(Checkpoint c, Path file) throws IOException {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    c.model().forEach((name, t) -> tensors.put(MODEL + name, t));
    JsonObject parts = new JsonObject();
    c.parts()
        .forEach(
            (part, state) -> {
              if (part.contains("/")) {
                throw new IllegalArgumentException(
                    "checkpoint: a part's name must have no slash, got '" + part + "'");
              }
              state.tensors().forEach((name, t) -> tensors.put(PART + part + "/" + name, t));
              parts.add(part, numbers(state.scalars()));
            });
    JsonObject state = new JsonObject();
    state.add("parts", parts);
    state.add("generators", GSON.toJsonTree(c.generators()));
    state.add("history", GSON.toJsonTree(c.history().stream().map(CheckpointFile::epoch).toList()));
    state.add("provenance", GSON.toJsonTree(c.provenance()));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    metadata.put("version", Integer.toString(Checkpoint.VERSION));
    metadata.put("state", GSON.toJson(state));
    WholeFile.write(tensors, metadata, file);
  }

  private static JsonObject numbers(Map<String, Double> values) {
    JsonObject o = new JsonObject();
    values.forEach((key, v) -> o.addProperty(key, Double.toString(v)));
    return o;
  }

  private static JsonObject epoch(History.Epoch e) {
    JsonObject o = new JsonObject();
    o.add("values", numbers(e.values()));
    if (e.test() != null) {
      Map<String, Double> test = new LinkedHashMap<>();
      test.put("count", (double) e.test().count());
      test.put("correct", (double) e.test().correct());
      test.put("loss", e.test().loss());
      o.add("test", numbers(test));
      o.add("metrics", numbers(e.test().metrics()));
    }
    Map<String, Double> speed = new LinkedHashMap<>();
    speed.put("images_per_second", e.imagesPerSecond());
    speed.put("seconds", e.seconds());
    o.add("speed", numbers(speed));
    return o;
  }

  static Checkpoint read(Path file) throws IOException {
    WholeFile.requireUnchanged(file);
    Safetensors content = Safetensors.read(file);
    Reader in = new Reader(file.toString());
    String format = content.metadata().get("format");
    if (!FORMAT.equals(format)) {
      throw in.error("metadata format " + FORMAT, String.valueOf(format));
    }
    String version = content.metadata().getOrDefault("version", "none");
    if (!version.equals(Integer.toString(Checkpoint.VERSION))) {
      throw new FormatException(
          in.file,
          "a checkpoint of version 1 to " + Checkpoint.VERSION,
          "version " + version,
          "it was written by a newer Jacana: read it with that one");
    }
    return in.checkpoint(content);
  }

  private record Reader(String file) {
    Checkpoint checkpoint(Safetensors content) throws FormatException {
      try {
        JsonObject state = parse(content.metadata().get("state"));
        Map<String, Map<String, StoredTensor>> tensors = new LinkedHashMap<>();
        Map<String, StoredTensor> model = new LinkedHashMap<>();
        Map<String, Map<String, Double>> scalars = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> e : state.getAsJsonObject("parts").asMap().entrySet()) {
          scalars.put(e.getKey(), numbers(e.getValue().getAsJsonObject()));
          tensors.put(e.getKey(), new LinkedHashMap<>());
        }
        content.tensors().forEach((name, t) -> sort(name, t, model, tensors));
        Map<String, Checkpoint.Part> parts = new LinkedHashMap<>();
        scalars.forEach((name, s) -> parts.put(name, new Checkpoint.Part(tensors.get(name), s)));
        requireRun(scalars.get(Checkpoint.RUN));
        List<History.Epoch> history = new ArrayList<>();
        for (JsonElement e : state.getAsJsonArray("history")) {
          history.add(epoch(e.getAsJsonObject()));
        }
        return new Checkpoint(
            model,
            parts,
            texts(state.getAsJsonObject("generators")),
            history,
            texts(state.getAsJsonObject("provenance")));
      } catch (JsonParseException
          | IllegalStateException
          | IllegalArgumentException
          | UnsupportedOperationException
          | ClassCastException
          | NullPointerException
          | IOException e) {
        throw e instanceof FormatException f
            ? f
            : error("metadata state of version " + Checkpoint.VERSION, firstLine(e));
      }
    }

    private static void sort(
        String name,
        StoredTensor t,
        Map<String, StoredTensor> model,
        Map<String, Map<String, StoredTensor>> parts) {
      if (name.startsWith(MODEL)) {
        model.put(name.substring(MODEL.length()), t);
        return;
      }
      int slash = name.startsWith(PART) ? name.indexOf('/', PART.length()) : -1;
      Map<String, StoredTensor> part =
          slash < 0 ? null : parts.get(name.substring(PART.length(), slash));
      if (part == null) {
        throw new IllegalArgumentException("a tensor '" + name + "' of no known part");
      }
      part.put(name.substring(slash + 1), t);
    }

    private static void requireRun(Map<String, Double> run) {
      for (String key : List.of("epoch", "batch", "step")) {
        Double v = run.get(key);
        if (v == null || !(v >= 0 && v < 1L << 53 && v == Math.rint(v))) {
          throw new IllegalArgumentException(key + " " + v);
        }
      }
      if (Math.max(run.get("epoch"), run.get("batch")) > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("epoch or batch above 2^31 - 1");
      }
    }

    /** Strict, and of limited depth. */
    private static JsonObject parse(String text) throws IOException {
      try (JsonReader in = new JsonReader(new StringReader(text))) {
        in.setStrictness(Strictness.STRICT);
        JsonObject o = GSON.getAdapter(JsonObject.class).read(in);
        if (in.peek() != JsonToken.END_DOCUMENT) {
          throw new IllegalArgumentException("more behind the object");
        }
        return o;
      }
    }

    private static Map<String, Double> numbers(JsonObject o) {
      Map<String, Double> out = new LinkedHashMap<>();
      texts(o).forEach((key, text) -> out.put(key, Double.valueOf(text)));
      return out;
    }

    private static Map<String, String> texts(JsonObject o) {
      Map<String, String> out = new LinkedHashMap<>();
      for (Map.Entry<String, JsonElement> e : o.asMap().entrySet()) {
        if (!e.getValue().isJsonPrimitive() || !e.getValue().getAsJsonPrimitive().isString()) {
          throw new IllegalArgumentException("'" + e.getKey() + "' is no text");
        }
        out.put(e.getKey(), e.getValue().getAsString());
      }
      return out;
    }

    private static History.Epoch epoch(JsonObject o) {
      Map<String, Double> speed = numbers(o.getAsJsonObject("speed"));
      Evaluation test = null;
      if (o.has("test")) {
        Map<String, Double> t = numbers(o.getAsJsonObject("test"));
        test =
            new Evaluation(
                t.get("count").intValue(),
                t.get("correct").intValue(),
                t.get("loss"),
                numbers(o.getAsJsonObject("metrics")));
      }
      return new History.Epoch(
          numbers(o.getAsJsonObject("values")),
          test,
          speed.get("images_per_second"),
          speed.get("seconds"));
    }

    FormatException error(String expected, String found) {
      return new FormatException(file, expected, found, WholeFile.FIX);
    }

    private static String firstLine(Exception e) {
      String m = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      String line = m.split("\\R", 2)[0];
      return line.length() > 200 ? line.substring(0, 200) + "..." : line;
    }
  }
}
