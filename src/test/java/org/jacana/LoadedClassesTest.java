package org.jacana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jacana.nn.Linear;
import org.jacana.nn.Losses;
import org.jacana.nn.Module;
import org.jacana.optim.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who trains on the CPU loads no class that is there for a GPU. */
class LoadedClassesTest {
  @TempDir Path folder;

  /** A step of a program of its own. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      try (Scope scope = Scope.open(Device.CPU);
          Module model = new Linear(4, 3);
          Sgd rule = Sgd.of(model.parameters())) {
        Losses.crossEntropy(model.apply(Tensor.ones(2, 4)), Tensor.of(new int[] {0, 1})).backward();
        rule.step();
        System.out.println("trained");
      }
    }
  }

  private List<String> loaded(String type, String... args) throws Exception {
    Path log = folder.resolve("classes");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:file=" + log.toString().replace(":", "\\:"),
                "-cp",
                System.getProperty("java.class.path"),
                type));
    command.addAll(List.of(args));
    Path out = folder.resolve("out");
    Process p =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertTrue(p.waitFor(120, TimeUnit.SECONDS));
    assertEquals(0, p.exitValue(), Files.readString(out));
    return Files.readAllLines(log);
  }

  private static void requireNoneForGpus(List<String> loaded) {
    assertTrue(loaded.stream().anyMatch(l -> l.contains("org.jacana.backend.cpu.CpuBackend")));
    String found =
        loaded.stream()
            .filter(l -> l.contains(" jcuda.") || l.contains(" org.jacana.backend.cuda."))
            .collect(Collectors.joining("\n"));
    assertEquals("", found);
  }

  @Test
  void ofTheLibrary() throws Exception {
    requireNoneForGpus(loaded(Program.class.getName()));
  }

  @Test
  void ofTheCommandLine() throws Exception {
    requireNoneForGpus(loaded("org.jacana.cli.Main", "train", "--epochs", "1", "--device", "cpu"));
  }
}
