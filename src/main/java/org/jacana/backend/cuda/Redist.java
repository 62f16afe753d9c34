package org.jacana.backend.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CUDA's libraries out of the artifact {@code org.bytedeco:cuda} with classifier {@code
 * linux-x86_64-redist}, which needs no CUDA installation. Each is unpacked once, into the user's
 * cache folder, and stays there: they are gigabytes.
 */
final class Redist {
  private static final String FOLDER = "org/bytedeco/cuda/linux-x86_64/";
  private static final Pattern JAR = Pattern.compile("([^/!]+)\\.jar!");

  private Redist() {}

  private static URL resource(String library) {
    return Redist.class.getClassLoader().getResource(FOLDER + library);
  }

  /** The unpacked file of a library, or null where the artifact has no such library. */
  static Path find(String library) {
    URL url = resource(library);
    return url == null ? null : unpack(url, cache(), library);
  }

  /** The user's cache folder of the XDG base directory specification. */
  private static Path cache() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    return xdg != null && xdg.startsWith("/")
        ? Path.of(xdg)
        : Path.of(System.getProperty("user.home", "/tmp"), ".cache");
  }

  static synchronized Path unpack(URL url, Path cache, String library) {
    Matcher jar = JAR.matcher(url.toString());
    Path folder = cache.resolve("jacana").resolve(jar.find() ? jar.group(1) : "cuda");
    Path file = folder.resolve(library);
    try {
      URLConnection from = url.openConnection();
      from.setUseCaches(false);
      try (InputStream in = from.getInputStream()) {
        if (Files.isRegularFile(file) && Files.size(file) == from.getContentLengthLong()) {
          return file;
        }
        Files.createDirectories(folder);
        Path part = Files.createTempFile(folder, library, ".part");
        try {
          Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
          Files.move(
              part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
          Files.deleteIfExists(part);
        }
        return file;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot unpack " + library + " into " + folder + ": " + e.getMessage(), e);
    }
  }
}
