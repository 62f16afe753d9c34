package org.jacana.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jacana.data.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fuzzer finds what it is there to find. */
class FuzzerTest {
  private static final byte[] SEED = "length 5 hello".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;

  @Test
  void theSameSeedGivesTheSameFiles() {
    List<byte[]> seeds = List.of(SEED, new byte[40]);
    Mutator a = new Mutator(seeds, List.of(SEED), 7);
    Mutator b = new Mutator(seeds, List.of(SEED), 7);
    Set<String> all = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      byte[] one = a.next();
      assertArrayEquals(one, b.next());
      all.add(new String(one, StandardCharsets.ISO_8859_1));
    }
    assertTrue(all.size() > 700, "only " + all.size() + " different files");
  }

  @Test
  void countsBothOutcomes() throws IOException {
    Fuzzer.Result r =
        Fuzzer.of(SEED)
            .run(
                1,
                2000,
                folder,
                file -> {
                  if (!Files.readString(file, StandardCharsets.ISO_8859_1).startsWith("l")) {
                    throw new FormatException("f", "l", "another", "none");
                  }
                });
    assertEquals(2000, r.read() + r.refused());
    assertTrue(r.read() > 100 && r.refused() > 100, r.toString());
  }

  private String failure(Fuzzer.Reader reader) {
    return assertThrows(AssertionError.class, () -> Fuzzer.of(SEED).run(1, 5000, folder, reader))
        .getMessage();
  }

  /** Readers with the usual mistakes. */
  @Test
  void findsMistakes() {
    String index =
        failure(
            file -> {
              byte[] b = Files.readAllBytes(file);
              int n = b.length > 7 ? b[7] - '0' : 0;
              if (n > 0 && b[9 + n - 1] == 0) {
                throw new FormatException("f", "no 0", "0", "none");
              }
            });
    assertTrue(index.contains("ArrayIndexOutOfBounds"), index);
    String number =
        failure(
            file -> {
              String s = Files.readString(file, StandardCharsets.ISO_8859_1);
              int end = Math.max(7, s.indexOf(' ', 7));
              if (s.startsWith("length ") && s.length() > end) {
                Integer.parseInt(s.substring(7, end));
              }
            });
    assertTrue(number.contains("NumberFormat"), number);
    String memory =
        failure(
            file -> {
              byte[] b = Files.readAllBytes(file);
              int n = b.length > 8 ? b[7] << 16 : 0;
              assertEquals(0, new byte[Math.max(0, n)].length & 1);
            });
    assertTrue(memory.contains("bytes of memory"), memory);
    String io =
        failure(
            file -> {
              if (Files.size(file) < 3) {
                throw new java.io.EOFException("short");
              }
            });
    assertTrue(io.contains("EOFException"), io);
  }

  @Test
  void findsWhatHangs() throws IOException {
    CountDownLatch never = new CountDownLatch(1);
    Fuzzer.Reader reader =
        file -> {
          if (Files.size(file) != SEED.length) {
            try {
              never.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }
        };
    Fuzzer fuzzer = Fuzzer.of(SEED).patience(200);
    String message =
        assertThrows(AssertionError.class, () -> fuzzer.run(1, 5000, folder, reader)).getMessage();
    never.countDown();
    assertTrue(message.contains("it hangs for file"), message);
  }
}
