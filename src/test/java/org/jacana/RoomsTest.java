package org.jacana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks where every source file of the library stands, and the checker itself. */
class RoomsTest {
  @Test
  void sourcesKeepTheOrder() throws IOException {
    Path root = Path.of("src", "main", "java");
    Map<String, String> sources = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String path = root.relativize(file).toString().replace('\\', '/');
        sources.put(path, Files.readString(file));
      }
    }
    assertTrue(sources.containsKey("org/jacana/DType.java"), "sources are read from " + root);
    List<String> violations = Rooms.violations(sources);
    assertTrue(
        violations.isEmpty(), () -> "below " + root + ":\n" + String.join("\n", violations) + "\n");
  }

  @ParameterizedTest
  @CsvSource({
    "cli/A, org.jacana.train.Step",
    "cli/A, org.jacana.plot.Chart",
    "cli/A, picocli.CommandLine",
    "train/A, org.jacana.io.SafeTensors",
    "train/A, org.jacana.nn.Linear",
    "train/A, com.google.gson.Gson",
    "io/A, com.google.gson.*",
    "nn/A, org.jacana.Tensor",
    "nn/A, org.jacana.op.Ops",
    "nn/layer/A, org.jacana.nn.Linear",
    "A, org.jacana.op.Ops",
    "A, org.jacana.autograd.Node",
    "A, org.jacana.backend.View",
    "op/A, org.jacana.Tensor",
    "op/A, org.jacana.autograd.Node",
    "autograd/A, org.jacana.op.Ops",
    "backend/A, org.jacana.DType",
    "backend/A, org.jacana.Shape.Builder",
    "backend/Backends, org.jacana.backend.cuda.CudaBackend",
    "backend/reference/A, org.jacana.backend.View",
    "backend/cpu/A, org.jacana.backend.reference.ReferenceBackend",
    "backend/cpu/A, org.bytedeco.dnnl.engine.Kind",
    "backend/cuda/A, jcuda.driver.JCudaDriver",
    "nn/A, java.util.List",
  })
  void allows(String file, String name) {
    assertEquals(List.of(), check(file, name));
  }

  @ParameterizedTest
  @CsvSource({
    "train/A, org.jacana.cli.Main, imports point downwards; cli is above train",
    "nn/A, org.jacana.train.Step, imports point downwards; train is above nn",
    "nn/A, org.jacana.train.*, imports point downwards; train is above nn",
    "A, org.jacana.nn.Linear, imports point downwards; nn is above root",
    "op/A, org.jacana.nn.Linear, imports point downwards; nn is above op",
    "backend/A, org.jacana.Tensor, imports point downwards; root is above backend",
    "backend/A, org.jacana.*, imports point downwards; root is above backend",
    "backend/cpu/A, org.jacana.op.Ops, imports point downwards; op is above backend.cpu",
    "optim/A, org.jacana.nn.Linear, optim and nn are on one level; Rooms does not list nn for optim",
    "io/A, org.jacana.train.Step, io and train are on one level; Rooms does not list train for io",
    "op/A, org.jacana.backend.cpu.CpuBackend, only Backends names backend.cpu",
    "A, org.jacana.backend.reference.Kernels, only Backends names backend.reference",
    "backend/A, org.jacana.backend.cpu.CpuBackend, only Backends names backend.cpu",
    "backend/cuda/A, org.jacana.backend.cpu.CpuBackend, only Backends names backend.cpu",
    "backend/reference/A, org.jacana.backend.cpu.CpuBackend, only Backends names backend.cpu",
    "nn/Backends, org.jacana.backend.cpu.CpuBackend, only Backends names backend.cpu",
    "nn/A, org.bytedeco.dnnl.engine, org.bytedeco is for backend.cpu only",
    "backend/A, jcuda.runtime.cudaStream_t, jcuda is for backend.cuda only",
    "train/A, picocli.*, picocli is for cli only",
    "backend/cuda/A, org.bytedeco.dnnl.global.Dnnl, org.bytedeco is for backend.cpu only",
    "backend/A, jcuda.Pointer, jcuda is for backend.cuda only",
    "train/A, picocli.CommandLine, picocli is for cli only",
    "nn/A, com.google.gson.Gson, 'com.google.gson is for cli, io, train only'",
    "nn/A, org.jacana.attic.Thing, room attic has no level",
    "attic/A, java.util.List, room attic has no level",
  })
  void reports(String file, String name, String rule) {
    List<String> violations = check(file, name);
    assertEquals(1, violations.size(), violations::toString);
    assertTrue(violations.get(0).startsWith("org/jacana/" + file + ".java:"), violations::toString);
    for (String part : rule.split("; ")) {
      assertTrue(violations.get(0).contains(part), violations::toString);
    }
  }

  @Test
  void givesTheLineOfEachReference() {
    String text =
        """
        package org.jacana.nn;

        /* org.jacana.cli.Main
           in a comment */
        import static org.jacana.train.Step.run;
        import org.jacana.Tensor; // not org.jacana.cli.Main

        /** See {@link org.jacana.cli.Main}. */
        class A {
          String s = "org.jacana.cli.Main \\" org.jacana.cli.Main";
          char c = '"';
          String t = \"""
              org.jacana.cli.Main "quoted" \\"\"" org.jacana.cli.Main
              \""";
          Object o = new org.jacana.cli.Main();
        }
        """;
    assertEquals(
        List.of(
            "org/jacana/nn/A.java:5: org.jacana.train.Step;"
                + " imports point downwards, and train is above nn",
            "org/jacana/nn/A.java:15: org.jacana.cli.Main;"
                + " imports point downwards, and cli is above nn"),
        Rooms.violations(Map.of("org/jacana/nn/A.java", text)));
  }

  @Test
  void readsLongStrings() {
    String string = "  String s = \"" + "org.jacana.cli.Main ".repeat(50_000) + "\";\n";
    String block = "  String t = \"\"\"\n" + "org.jacana.cli.Main\n".repeat(50_000) + "\"\"\";\n";
    String text = "package org.jacana.nn;\n\nclass A {\n" + string + block + "}\n";
    assertEquals(List.of(), Rooms.violations(Map.of("org/jacana/nn/A.java", text)));
  }

  @Test
  void reportsAPackageThatIsNotItsFolder() {
    assertEquals(
        List.of(
            "org/jacana/nn/A.java:1: a file in this folder starts with `package org.jacana.nn;`"),
        Rooms.violations(Map.of("org/jacana/nn/A.java", "package org.jacana.train;\n")));
  }

  private static List<String> check(String file, String name) {
    String path = "org/jacana/" + file + ".java";
    String packageName = path.substring(0, path.lastIndexOf('/')).replace('/', '.');
    String text = "package " + packageName + ";\n\nimport " + name + ";\n\nclass A {}\n";
    return Rooms.violations(Map.of(path, text));
  }
}
