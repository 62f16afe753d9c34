package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build that looks at every access finds each planted fault, and none where there is none. */
final class CudaSimCheckTest {
  private static List<String> probe(Path noKernels) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx200m",
                "-Djacana.sim.check=true",
                "-Djacana.sim.kernels=" + noKernels,
                "-cp",
                System.getProperty("java.class.path"),
                CheckProbe.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    return out.lines().toList();
  }

  @Test
  void findsRacesAndBoundsToTheByte(@TempDir Path noKernels)
      throws IOException, InterruptedException {
    Assumptions.assumeTrue(CudaSim.available(), "no g++");
    List<String> lines = probe(noKernels);
    String[][] expected = {
      {"test_axpy: CUDA_SUCCESS"},
      {"test_block_sum: CUDA_SUCCESS"},
      {"test_early_exit: CUDA_SUCCESS"},
      {"test_no_barrier: CUDA_ERROR_LAUNCH_FAILED", "reads shared memory, where thread 0 of block"},
      {"test_read_beyond: CUDA_ERROR_ILLEGAL_ADDRESS", "reads 4 bytes at 0 bytes past the end"},
      {"test_write_beyond: CUDA_ERROR_ILLEGAL_ADDRESS", "writes 4 bytes at 0 bytes past the end"},
      {
        "test_same_place: CUDA_ERROR_LAUNCH_FAILED",
        "writes 0 bytes into",
        "thread 0 of block 0 wrote"
      },
      {"test_neighbour_block: CUDA_ERROR_LAUNCH_FAILED", "thread 0 of block 0 wrote"},
      {"test_exchange: CUDA_SUCCESS"},
      {"test_exchange: CUDA_ERROR_LAUNCH_FAILED", "shared memory"},
      {"test_last_block: [45]"}
    };
    assertEquals(expected.length, lines.size(), lines.toString());
    for (int i = 0; i < expected.length; i++) {
      for (String words : expected[i]) {
        String line = lines.get(i);
        assertTrue(line.contains(words), () -> line + " should have: " + words);
      }
    }
  }
}
