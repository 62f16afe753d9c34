package org.jacana.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Files that NumPy 2.4.6 wrote, by name: numpy.lib.format.write_array of arange(6) in the type,
 * shape and order that the name tells (remainders by 2 for b1; zeros where there are not six), with
 * {@code big} for big-endian; v2 and v3 are versions of the format. Those called bad hold what we
 * do not read. Two npz files hold arr_0 = arange(3), layer/w = arange(6) as f4 [2, 3], b = True.
 */
final class NumpyFiles {
  static final Map<String, byte[]> ALL = load();

  private NumpyFiles() {}

  private static Map<String, byte[]> load() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    try (InputStream in = NumpyFiles.class.getResourceAsStream("numpy-2.4.6.txt")) {
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
