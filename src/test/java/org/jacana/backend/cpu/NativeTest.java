package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeTest {
  private static void needNatives() {
    Assumptions.assumeTrue(Native.available(), () -> "no oneDNN here: " + Native.reason());
  }

  @Test
  void eitherAvailableOrAReason() {
    if (Native.available()) {
      assertNull(Native.reason());
    } else {
      assertNotNull(Native.reason());
      assertThrows(IllegalStateException.class, Native::require);
    }
  }

  @Test
  void withoutTheBindingThereIsAReasonAndNoNoise() throws Exception {
    String classPath =
        locationOf(Native.class) + System.getProperty("path.separator") + locationOf(getClass());
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                NativeProbe.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor(), said);
    assertEquals(
        "false oneDNN: the class org.bytedeco.javacpp.Pointer is missing; add the artifacts"
            + " org.bytedeco:dnnl, opencl and javacpp",
        said.strip());
  }

  private static String probe(Path cache, Runnable begun) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                NativeProbe.quiet(),
                "-Dorg.bytedeco.javacpp.cachedir=" + cache,
                "-cp",
                System.getProperty("java.class.path"),
                NativeProbe.class.getName())
            .redirectErrorStream(true)
            .start();
    begun.run();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor(), said);
    return said.strip();
  }

  /** The link or file of a library in JavaCPP's folder. */
  private static Path library(Path cache, String name) throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      return files.filter(f -> f.getFileName().toString().equals(name)).findFirst().orElseThrow();
    }
  }

  /** As when another process is writing the file. */
  @Test
  void aLibraryThatIsNotThereYetIsWaitedFor(@TempDir Path cache) throws Exception {
    needNatives();
    Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "names of Linux");
    assertEquals("true null", probe(cache, () -> {}));
    Path dnnl = library(cache, "libdnnl.so.3");
    Path aside = dnnl.resolveSibling("aside");
    FileTime time = Files.getLastModifiedTime(dnnl);
    long size = Files.size(dnnl);
    Files.move(dnnl, aside);
    // Of the right size and time, so that JavaCPP takes it for its own.
    try (RandomAccessFile empty = new RandomAccessFile(dnnl.toFile(), "rw")) {
      empty.setLength(size);
    }
    Files.setLastModifiedTime(dnnl, time);
    String said =
        probe(
            cache,
            () -> {
              try {
                Thread.sleep(500);
                Files.move(aside, dnnl, StandardCopyOption.REPLACE_EXISTING);
              } catch (InterruptedException | IOException e) {
                throw new IllegalStateException(e);
              }
            });
    assertTrue(said.endsWith("true null"), said);
  }

  @Test
  void attemptsEndWithTheLastReason() {
    int[] tries = {0};
    Preload.retry(
        () -> {
          if (++tries[0] < 3) {
            throw new UnsatisfiedLinkError("file too short");
          }
        },
        1,
        1,
        1);
    assertEquals(3, tries[0]);
    UnsatisfiedLinkError e =
        assertThrows(
            UnsatisfiedLinkError.class,
            () ->
                Preload.retry(
                    () -> {
                      throw new UnsatisfiedLinkError("attempt " + ++tries[0]);
                    },
                    1,
                    1));
    assertEquals("attempt 6", e.getMessage());
  }

  private static Path locationOf(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  @Test
  void blocksAreAlignedAndDistinct() {
    needNatives();
    List<Long> blocks = new ArrayList<>();
    for (int bytes : new int[] {0, 1, 63, 64, 65, 4096, 1 << 20}) {
      long a = Native.allocate(bytes);
      assertEquals(0, a % Native.ALIGNMENT);
      Native.zero(a, bytes);
      blocks.add(a);
    }
    assertEquals(blocks.size(), blocks.stream().distinct().count());
    blocks.forEach(Native::free);
    Native.free(0);
    assertThrows(IllegalArgumentException.class, () -> Native.allocate(-1));
    assertThrows(OutOfMemoryError.class, () -> Native.allocate(1L << 60));
  }

  @Test
  void viewsShareTheMemory() {
    needNatives();
    long a = Native.allocate(256);
    try {
      ByteBuffer view = Native.view(a, 256);
      assertEquals(ByteOrder.nativeOrder(), view.order());
      assertEquals(256, view.remaining());
      view.putFloat(16, 2.5f);
      assertEquals(2.5f, Native.view(a + 16, 4).getFloat(0));
      assertEquals(a, Native.address(view));
      assertEquals(a + 16, Native.address(view.position(16)));
      Native.copy(a + 32, a + 16, 4);
      assertEquals(2.5f, view.getFloat(32));
      Native.zero(a + 32, 4);
      assertEquals(0f, view.getFloat(32));
      assertEquals(0, Native.view(a, 0).remaining());
    } finally {
      Native.free(a);
    }
    assertThrows(IllegalArgumentException.class, () -> Native.view(64, 1L << 31));
    assertThrows(IllegalArgumentException.class, () -> Native.address(ByteBuffer.allocate(4)));
  }

  /** OpenMP's workers inherit the name of the Java thread that starts them. */
  private static long tasksNamed(String name) throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.filter(t -> name.equals(nameOf(t))).count();
    }
  }

  private static String nameOf(Path task) {
    try {
      return Files.readString(task.resolve("comm")).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** The tasks that a fresh Java thread and its workers are, after a product on n threads. */
  private static long tasksOfProductWith(int n) throws InterruptedException {
    String name = "omp-test-" + n;
    AtomicLong tasks = new AtomicLong();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread probe =
        new Thread(
            () -> {
              try (Memory memory = new Memory(1)) {
                MatmulShape s = MatmulShape.dense(512, 512, 512, false, false);
                long a = memory.floats(512 * 512);
                long c = memory.floats(512 * 512);
                assertEquals(Native.maxThreads(), Native.threads());
                Native.setThreads(n);
                assertEquals(n, Native.threads());
                assertTrue(OneDnn.matmul(c, a, a, 0, s));
                tasks.set(tasksNamed(name));
              } catch (Throwable e) {
                failure.set(e);
              }
            },
            name);
    probe.start();
    probe.join();
    assertNull(failure.get());
    return tasks.get();
  }

  @Test
  void threadCountIsObeyed() throws Exception {
    needNatives();
    Assumptions.assumeTrue(
        Files.isDirectory(Path.of("/proc/self/task")), "no list of tasks on this system");
    for (int n : new int[] {1, 2, 3, 5}) {
      assertEquals(n, tasksOfProductWith(n));
    }
    assertThrows(IllegalArgumentException.class, () -> Native.setThreads(0));
  }
}
