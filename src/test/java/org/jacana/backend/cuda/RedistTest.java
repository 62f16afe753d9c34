package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedistTest {
  private static final String LIBRARY = "libcublas.so.12";

  @TempDir Path temporary;

  private URL jar(byte[] library) throws IOException {
    Path jar = temporary.resolve("cuda-1.0-linux-x86_64-redist.jar");
    String entry = "org/bytedeco/cuda/linux-x86_64/" + LIBRARY;
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      out.putNextEntry(new JarEntry(entry));
      out.write(library);
      out.closeEntry();
    }
    return new URL("jar:" + jar.toUri() + "!/" + entry);
  }

  @Test
  void unpacksOnce() throws IOException {
    byte[] library = {1, 2, 3, 4, 5};
    URL url = jar(library);
    Path cache = temporary.resolve("cache");
    Path file = Redist.unpack(url, cache, LIBRARY);
    assertEquals(cache.resolve("jacana/cuda-1.0-linux-x86_64-redist").resolve(LIBRARY), file);
    assertArrayEquals(library, Files.readAllBytes(file));
    FileTime old = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(file, old);
    assertEquals(file, Redist.unpack(url, cache, LIBRARY));
    assertEquals(old, Files.getLastModifiedTime(file), "is not written again");
    Files.write(file, new byte[] {1, 2});
    Redist.unpack(url, cache, LIBRARY);
    assertArrayEquals(library, Files.readAllBytes(file), "a file cut short is replaced");
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void fullFolderIsNamed() throws IOException {
    URL url = jar(new byte[3]);
    Path cache = Files.createFile(temporary.resolve("file"));
    String said =
        assertThrows(UncheckedIOException.class, () -> Redist.unpack(url, cache, LIBRARY))
            .getMessage();
    assertEquals(
        "cannot unpack libcublas.so.12 into " + cache + "/jacana/cuda-1.0-linux-x86_64-redist",
        said.substring(0, said.indexOf(": ")));
  }
}
