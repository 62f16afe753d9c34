package org.jacana.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What TensorBoard 2.21.0 for Python wrote. {@code events}: a file by its RecordWriter, of the
 * values that {@link EventFileTest} lists. The others are Summary messages by its hparams plugin:
 * {@code experiment_pb} of lr (FLOAT64), opt (STRING), nesterov (BOOL) and metric accuracy, {@code
 * session_start_pb} of lr 0.125 and of nesterov true in group g, {@code session_end_pb} of success;
 * all at time 8.
 */
public final class TensorBoardFiles {
  static final Map<String, byte[]> ALL = load();

  private TensorBoardFiles() {}

  /** The event file. */
  public static byte[] events() {
    return ALL.get("events").clone();
  }

  private static Map<String, byte[]> load() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    try (InputStream in = TensorBoardFiles.class.getResourceAsStream("tensorboard-2.21.0.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      text.lines()
          .map(line -> line.split(" "))
          .forEach(f -> all.put(f[0], Base64.getDecoder().decode(f[1])));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }
}
