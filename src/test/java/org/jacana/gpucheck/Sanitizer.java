package org.jacana.gpucheck;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs the small kernel tests under NVIDIA's compute-sanitizer, where it is installed. */
final class Sanitizer {
  private static final int FOUND = 99;
  private static final long MINUTES = 8;

  private Sanitizer() {}

  /** In the process that the sanitizer watches. */
  public static void main(String[] args) throws ClassNotFoundException {
    boolean ok = true;
    for (String name : TestSuite.SMALL) {
      Finding f = TestSuite.run(TestSuite.kernelTest(name));
      System.out.println(f);
      ok &= f.ok();
    }
    System.exit(ok ? 0 : 1);
  }

  private static Path tool() {
    List<Path> folders = new ArrayList<>();
    for (String p : System.getenv().getOrDefault("PATH", "").split(":")) {
      folders.add(Path.of(p));
    }
    folders.add(Path.of("/usr/local/cuda/bin"));
    return folders.stream()
        .map(f -> f.resolve("compute-sanitizer"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  /** One finding for each of its tools; a single one that says so where it is not installed. */
  static List<Finding> all() {
    Path tool = tool();
    if (tool == null) {
      return List.of(Finding.pass("compute-sanitizer", "NOT RUN: it is not installed"));
    }
    return Stream.of("memcheck", "racecheck", "initcheck", "synccheck")
        .map(t -> run(tool, t))
        .toList();
  }

  private static Finding run(Path tool, String check) {
    String name = "compute-sanitizer " + check;
    try {
      Path log = Files.createTempFile("sanitizer", ".log");
      Process p =
          new ProcessBuilder(
                  tool.toString(),
                  "--tool",
                  check,
                  "--error-exitcode",
                  Integer.toString(FOUND),
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Djacana.test.cuda=real",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Sanitizer.class.getName())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      boolean ended = p.waitFor(MINUTES, TimeUnit.MINUTES);
      if (!ended) {
        p.destroyForcibly();
      }
      List<String> lines = Files.readAllLines(log);
      Files.delete(log);
      String summary =
          lines.stream().filter(l -> l.contains("ERROR SUMMARY")).findFirst().orElse("no summary");
      if (ended && p.exitValue() == 0) {
        return Finding.pass(name, summary.replaceAll("=+ *", ""));
      }
      return Finding.fail(
          name,
          ended ? "exit code " + p.exitValue() : "not done after " + MINUTES + " minutes",
          lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    } catch (IOException e) {
      return Finding.fail(name, e.toString(), List.of());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Finding.fail(name, "interrupted", List.of());
    }
  }
}
