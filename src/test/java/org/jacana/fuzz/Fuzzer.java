package org.jacana.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jacana.data.FormatException;

/**
 * Gives a reader many damaged files. It may read them or throw {@link FormatException}: any other
 * exception or error, more memory than a limit (all that is allocated for one file, not only what
 * is kept), and a file that takes a minute fail with the file. The same seed gives the same files.
 *
 * <pre>{@code
 * Fuzzer.Result r =
 *     Fuzzer.of(valid).words("dtype", "F32").run(1, 100_000, folder, Safetensors::read);
 * }</pre>
 */
public final class Fuzzer {
  /** Reads a file. */
  public interface Reader {
    void read(Path file) throws IOException;
  }

  /**
   * What came of the files.
   *
   * @param read how many were read
   * @param refused how many were refused by a FormatException
   * @param most bytes allocated for one file
   */
  public record Result(int read, int refused, long most) {}

  private final List<byte[]> seeds;

  /** A damaged file and its number. */
  private record Damaged(int number, byte[] bytes) {}

  /** What is read just now. */
  private volatile Damaged current;

  private long patience = 60_000;

  private List<byte[]> words = List.of();
  private UnaryOperator<byte[]> wrap = UnaryOperator.identity();
  private long free = 1 << 20;
  private long perByte = 64;

  private Fuzzer(List<byte[]> seeds) {
    this.seeds = seeds;
  }

  /** Damages these files, which should be valid and small. */
  public static Fuzzer of(byte[]... seeds) {
    return of(Arrays.asList(seeds));
  }

  /** Damages these files, which should be valid and small. */
  public static Fuzzer of(List<byte[]> seeds) {
    return new Fuzzer(List.copyOf(seeds));
  }

  /** Words of the format, put in at random places; Latin-1, so that any byte can be given. */
  public Fuzzer words(String... all) {
    List<byte[]> bytes = new ArrayList<>();
    for (String word : all) {
      bytes.add(word.getBytes(StandardCharsets.ISO_8859_1));
    }
    words = bytes;
    return this;
  }

  /** What is done to a damaged file before it is read, such as to make its checksums right. */
  public Fuzzer wrapped(UnaryOperator<byte[]> by) {
    wrap = by;
    return this;
  }

  /** Bytes that may be allocated for a file: {@code free + perByte * length}. */
  public Fuzzer memory(long freeBytes, long bytesPerByte) {
    free = freeBytes;
    perByte = bytesPerByte;
    return this;
  }

  /** How long a file may take, instead of a minute. */
  Fuzzer patience(long millis) {
    patience = millis;
    return this;
  }

  /**
   * Reads damaged files one after the other.
   *
   * @param folder for the file
   * @throws AssertionError if the reader does not keep to the rules
   */
  public Result run(long seed, int files, Path folder, Reader reader) throws IOException {
    // A thread of its own has a short stack, which makes exceptions cheap.
    Object[] outcome = new Object[1];
    Thread thread =
        new Thread(
            () -> {
              try {
                outcome[0] = readAll(seed, files, folder, reader);
              } catch (IOException | RuntimeException | Error e) {
                outcome[0] = e;
              }
            },
            "fuzzer");
    thread.setDaemon(true);
    thread.start();
    try {
      for (Damaged before = null; thread.isAlive(); before = current) {
        thread.join(patience);
        if (thread.isAlive() && before != null && before == current) {
          throw failure("it hangs", seed, before.number(), before.bytes(), null);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (outcome[0] instanceof Throwable t) {
      throw new AssertionError(t.getMessage(), t);
    }
    return (Result) outcome[0];
  }

  private Result readAll(long seed, int files, Path folder, Reader reader) throws IOException {
    ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Mutator mutator = new Mutator(seeds, words, seed);
    Path file = Files.createTempFile(quick(folder), "fuzz", ".bin");
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (byte[] valid : seeds) {
        put(out, wrap.apply(valid.clone()));
        reader.read(file);
      }
      int read = 0;
      long most = 0;
      for (int i = 0; i < files; i++) {
        byte[] bytes = wrap.apply(mutator.next());
        put(out, bytes);
        current = new Damaged(i, bytes);
        long before = meter.getCurrentThreadAllocatedBytes();
        try {
          reader.read(file);
          read++;
        } catch (FormatException e) {
          // As it should be.
        } catch (IOException | RuntimeException | Error e) {
          throw failure(e.toString(), seed, i, bytes, e);
        }
        long used = meter.getCurrentThreadAllocatedBytes() - before;
        if (used > free + perByte * bytes.length) {
          throw failure("it took " + used + " bytes of memory", seed, i, bytes, null);
        }
        most = Math.max(most, used);
      }
      return new Result(read, files - read, most);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static void put(FileChannel out, byte[] bytes) throws IOException {
    out.truncate(0);
    out.position(0);
    for (ByteBuffer b = ByteBuffer.wrap(bytes); b.hasRemaining(); ) {
      out.write(b);
    }
  }

  /** A folder in memory where the system has one. */
  private static Path quick(Path folder) {
    Path memory = Path.of("/dev/shm");
    return Files.isWritable(memory) ? memory : folder;
  }

  private static AssertionError failure(
      String what, long seed, int number, byte[] bytes, Throwable cause) {
    String file =
        Base64.getEncoder().encodeToString(Arrays.copyOf(bytes, Math.min(bytes.length, 6000)));
    return new AssertionError(
        what + " for file " + number + " of seed " + seed + ", " + bytes.length + " bytes: " + file,
        cause);
  }
}
