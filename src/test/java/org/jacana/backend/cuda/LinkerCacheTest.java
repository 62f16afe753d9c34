package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LinkerCacheTest {
  private static final Path FILE = Path.of("/etc/ld.so.cache");
  private static final Path LDCONFIG = Path.of("/sbin/ldconfig");
  private static final Pattern LINE = Pattern.compile("\\s+(\\S+) \\(libc6,x86-64.*\\) => (\\S+)");

  @Test
  void readsWhatLdconfigPrints() throws IOException {
    assumeTrue(Files.isReadable(FILE) && Files.isExecutable(LDCONFIG), "no ldconfig here");
    Process p = new ProcessBuilder(LDCONFIG.toString(), "-p").start();
    String printed = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Map<String, String> expected = new HashMap<>();
    for (String line : printed.split("\n")) {
      Matcher m = LINE.matcher(line);
      if (m.matches()) {
        expected.putIfAbsent(m.group(1), m.group(2));
      }
    }
    assumeTrue(expected.containsKey("libc.so.6"), "another platform's libraries");
    assertEquals(expected, LinkerCache.read(FILE));
  }

  @Test
  void readsTheNewFormBehindTheOld() throws IOException {
    assumeTrue(Files.isReadable(FILE), "no cache here");
    byte[] bytes = Files.readAllBytes(FILE);
    Map<String, String> plain = LinkerCache.parse(bytes);
    // One entry of the old form, of 12 bytes; the new one begins at the next multiple of 8.
    ByteBuffer both = ByteBuffer.allocate(32 + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
    both.put("ld.so-1.7.0".getBytes(StandardCharsets.ISO_8859_1)).putInt(12, 1);
    both.put(32, bytes);
    assertEquals(plain, LinkerCache.parse(both.array()));
  }

  @Test
  void otherFilesHoldNothing() {
    assertEquals(Map.of(), LinkerCache.read(Path.of("/no/such/file")));
    assertEquals(Map.of(), LinkerCache.parse(new byte[0]));
    byte[] cut = "glibc-ld.so.cache1.1\7\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    assertEquals(Map.of(), LinkerCache.parse(cut));
    assertTrue(LinkerCache.parse("ld.so-1.7.0\0".getBytes(StandardCharsets.US_ASCII)).isEmpty());
  }
}
