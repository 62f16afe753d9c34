package org.jacana.cli;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jacana.io.AtomicFile;

/** A run's figures as JSON: one key a line, in the order in which they were put. */
final class Report {
  static final String FILE = "report.json";

  private final Map<String, Object> values = new LinkedHashMap<>();

  /** A number that is none, such as a speed that was not measured, becomes null. */
  Report put(String key, Object value) {
    values.put(key, value instanceof Double d && !Double.isFinite(d) ? null : value);
    return this;
  }

  String json() {
    return new GsonBuilder()
            .disableHtmlEscaping()
            .serializeNulls()
            .setPrettyPrinting()
            .create()
            .toJson(values)
        + "\n";
  }

  /** Writes the file; it appears whole or not at all. */
  void write(Path file) throws IOException {
    byte[] bytes = json().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }
}
