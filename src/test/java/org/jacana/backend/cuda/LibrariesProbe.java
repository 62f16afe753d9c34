package org.jacana.backend.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jacana.Device;

/** What a fresh process says of the driver and each library, one line each. */
final class LibrariesProbe {
  private LibrariesProbe() {}

  public static void main(String[] args) throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    List<String> before = files(temporary);
    long start = System.nanoTime();
    String driver = Libraries.whyNoDriver();
    long millis = (System.nanoTime() - start) / 1_000_000;
    System.out.println("driver: " + driver);
    System.out.println("best: " + Device.best());
    print("cublas", Libraries::requireCublas);
    print("cudnn", Libraries::requireCudnn);
    print("nvrtc", Libraries::requireNvrtc);
    for (Wanted w : Wanted.values()) {
      if (Libraries.outcome(w).ok()) {
        System.out.println(w.title() + " " + w.version());
      }
    }
    System.out.println("temporary files left: " + (files(temporary).size() - before.size()));
    System.out.println(
        "same folder: " + temporary.toString().equals(System.getProperty("java.io.tmpdir")));
    System.err.println("asking took " + millis + " ms");
  }

  private static void print(String name, Runnable require) {
    try {
      require.run();
      System.out.println(name + ": usable");
    } catch (UnsupportedOperationException e) {
      System.out.println(name + ": " + e.getMessage());
    }
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(Path::toString).toList();
    }
  }
}
