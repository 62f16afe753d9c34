package org.jacana.backend.cuda;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The dynamic linker's list of libraries, {@code /etc/ld.so.cache}, which {@code ldconfig} writes:
 * reading it costs a millisecond, where starting ldconfig costs ten and may not be there.
 */
final class LinkerCache {
  private static final String OLD = "ld.so-1.7.0";
  private static final String NEW = "glibc-ld.so.cache1.1";
  private static final int HEADER = 48;
  private static final int ENTRY = 24;

  /** A library of the C library 6 for x86-64. */
  private static final int X86_64 = 0x0303;

  private LinkerCache() {}

  /** The paths of the libraries for x86-64 by name; nothing where the file is missing or other. */
  static Map<String, String> read(Path file) {
    try {
      return parse(Files.readAllBytes(file));
    } catch (IOException e) {
      return Map.of();
    }
  }

  static Map<String, String> parse(byte[] bytes) {
    Map<String, String> out = new HashMap<>();
    ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      int start = 0;
      if (startsWith(bytes, 0, OLD)) {
        // Both forms in one file, the newer one behind.
        start = (16 + 12 * b.getInt(12) + 7) & -8;
      }
      if (!startsWith(bytes, start, NEW)) {
        return Map.of();
      }
      int count = b.getInt(start + 20);
      for (int i = 0; i < count; i++) {
        int at = start + HEADER + ENTRY * i;
        if (b.getInt(at) == X86_64) {
          String name = string(bytes, start + b.getInt(at + 4));
          String path = string(bytes, start + b.getInt(at + 8));
          out.putIfAbsent(name, path);
        }
      }
      return out;
    } catch (IndexOutOfBoundsException e) {
      return Map.of();
    }
  }

  private static boolean startsWith(byte[] bytes, int at, String text) {
    return at >= 0
        && at + text.length() <= bytes.length
        && new String(bytes, at, text.length(), StandardCharsets.ISO_8859_1).equals(text);
  }

  private static String string(byte[] bytes, int from) {
    int to = from;
    while (bytes[to] != 0) {
      to++;
    }
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
