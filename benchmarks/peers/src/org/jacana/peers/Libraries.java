package org.jacana.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Which native libraries a process has loaded. */
final class Libraries {
  private Libraries() {}

  /** Whether one with this in its name is loaded; false where the system does not tell. */
  static boolean loaded(String name) {
    Path maps = Path.of("/proc/self/maps");
    if (!Files.isReadable(maps)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(maps)) {
      return lines.anyMatch(l -> l.substring(l.lastIndexOf('/') + 1).contains(name));
    } catch (IOException e) {
      return false;
    }
  }
}
