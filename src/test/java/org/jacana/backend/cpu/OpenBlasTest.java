package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.linalg.Linalg;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class OpenBlasTest {
  private static void need() {
    Assumptions.assumeTrue(OpenBlas.available(), OpenBlas::reason);
  }

  @Test
  void eitherAvailableOrAReason() {
    if (OpenBlas.available()) {
      assertNull(OpenBlas.reason());
      assertEquals("OpenBLAS", Linalg.library());
    } else {
      assertNotNull(OpenBlas.reason());
      assertEquals("plain Java, because " + OpenBlas.reason(), Linalg.library());
    }
  }

  @Test
  void withoutTheArtifactPlainJavaDoesTheWorkAndSaysSo() throws Exception {
    need();
    String separator = System.getProperty("path.separator");
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(separator))
            .filter(p -> !Path.of(p).getFileName().toString().startsWith("openblas-"))
            .collect(Collectors.joining(separator));
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                NativeProbe.quiet(),
                "-cp",
                classPath,
                OpenBlasProbe.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor(), said);
    assertEquals(
        "0.75 plain Java, because OpenBLAS cannot be loaded (ClassNotFoundException:"
            + " org.bytedeco.openblas.global.openblas); add the artifact org.bytedeco:openblas, and"
            + " the same with this platform's classifier",
        said.strip());
  }

  private static double[] all(int threads) {
    int before = Device.threads();
    Device.threads(threads);
    try (Scope s = Scope.open(Device.CPU)) {
      Generator g = new Generator(3);
      Tensor a = g.normal(DType.F64, 6, 70, 70);
      Tensor b = g.normal(DType.F64, 300, 200);
      return Tensor.concat(
              0,
              Linalg.inv(a).reshape(-1),
              Linalg.svd(a).u().reshape(-1),
              Linalg.eigh(a.add(a.transpose(1, 2))).vectors().reshape(-1),
              b.matmul(b.transpose(0, 1)).reshape(-1),
              b.transpose(0, 1).matmul(b).reshape(-1),
              a.matmul(a).reshape(-1))
          .doubles();
    } finally {
      Device.threads(before);
    }
  }

  @Test
  void bitsDoNotDependOnThreads() {
    need();
    double[] one = all(1);
    for (int n : new int[] {2, 3, 7}) {
      assertArrayEquals(one, all(n));
    }
  }

  @Test
  void wideProductsOfEveryLayout() {
    need();
    try (Scope s = Scope.open(Device.CPU)) {
      Generator g = new Generator(4);
      int[][] shapes = {{50, 60, 70}, {1, 5000, 1}, {300, 1, 40}, {2, 90, 300}, {300, 90, 2}};
      for (int[] x : shapes) {
        for (int layout = 0; layout < 16; layout++) {
          Tensor a = operand(g, layout & 3, x[0], x[1]);
          Tensor b = operand(g, layout >> 2, x[1], x[2]);
          Tensor c = a.matmul(b);
          double[] expected = a.to(Device.REFERENCE).matmul(b.to(Device.REFERENCE)).doubles();
          assertArrayEquals(expected, c.doubles(), 1e-11, Arrays.toString(x) + layout);
        }
      }
      Tensor left = g.normal(DType.F64, 2, 1, 3, 20, 30);
      Tensor right = g.normal(DType.F64, 4, 1, 30, 20);
      double[] expected = left.to(Device.REFERENCE).matmul(right.to(Device.REFERENCE)).doubles();
      assertArrayEquals(expected, left.matmul(right).doubles(), 1e-12);
    }
  }

  /** The same extents plain, transposed, with gaps, or backwards. */
  private static Tensor operand(Generator g, int layout, int m, int n) {
    return switch (layout) {
      case 0 -> g.normal(DType.F64, m, n);
      case 1 -> g.normal(DType.F64, n, m).transpose(0, 1);
      case 2 -> g.normal(DType.F64, m + 2, n + 3).slice(0, 1, m + 1).slice(1, 2, n + 2);
      default -> g.normal(DType.F64, m, n).flip(1);
    };
  }
}
