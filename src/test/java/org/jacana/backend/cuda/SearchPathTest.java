package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchPathTest {
  private static final String LIBRARY = "libcublas.so.12";

  @TempDir Path root;

  private Path file(String path) throws IOException {
    Path p = root.resolve(path);
    Files.createDirectories(p.getParent());
    return Files.write(p, new byte[0]);
  }

  private SearchPath search(Map<String, String> environment, String given) {
    return new SearchPath(root, environment, root.resolve("home"), given, n -> null);
  }

  /** Each place is found as soon as those before it do not have the library. */
  @Test
  void looksInOrder() throws IOException {
    List<Path> places =
        List.of(
            file("ld/" + LIBRARY),
            file("usr/lib/x86_64-linux-gnu/" + LIBRARY),
            file("toolkit/lib64/" + LIBRARY),
            file("usr/local/cuda/lib64/" + LIBRARY),
            file("usr/local/cuda-12.6/targets/x86_64-linux/lib/" + LIBRARY),
            file("usr/local/cuda-12.4/lib64/" + LIBRARY),
            file("venv/lib/python3.12/site-packages/nvidia/cublas/lib/" + LIBRARY),
            file("conda/lib/python3.11/site-packages/nvidia/cu12/lib/" + LIBRARY),
            file("python/nvidia/cublas/lib/" + LIBRARY),
            file("home/.local/lib/python3.10/site-packages/nvidia/cublas/lib/" + LIBRARY),
            file("usr/local/lib/python3.12/dist-packages/nvidia/cublas/lib/" + LIBRARY),
            file("usr/lib/python3/dist-packages/nvidia/cublas/lib/" + LIBRARY),
            file("opt/conda/lib/python3.12/site-packages/nvidia/cublas/lib/" + LIBRARY),
            file("conda/lib/" + LIBRARY));
    Map<String, String> environment =
        Map.of(
            "LD_LIBRARY_PATH", root.resolve("nowhere") + "::" + root.resolve("ld"),
            "CUDA_HOME", root.resolve("toolkit").toString(),
            "VIRTUAL_ENV", root.resolve("venv").toString(),
            "CONDA_PREFIX", root.resolve("conda").toString(),
            "PYTHONPATH", root.resolve("python").toString());
    for (Path expected : places) {
      assertEquals(expected, search(environment, null).find(LIBRARY));
      Files.delete(expected);
    }
    assertNull(search(environment, null).find(LIBRARY));
  }

  @Test
  void classPathIsLast() throws IOException {
    Path unpacked = root.resolve("cache/" + LIBRARY);
    SearchPath s = new SearchPath(root, Map.of(), root, null, name -> unpacked);
    assertEquals(unpacked, s.find(LIBRARY));
    Path toolkit = file("opt/cuda/lib64/" + LIBRARY);
    assertEquals(toolkit, s.find(LIBRARY));
    assertEquals("the class path", s.tried().get(s.tried().size() - 1));
  }

  @Test
  void userFolderStandsForAllOthers() throws IOException {
    Path own = file("own/" + LIBRARY);
    file("usr/local/cuda/lib64/libcudnn.so.9");
    Path driver = file("usr/lib/wsl/lib/libcuda.so.1");
    String given = root.resolve("empty") + ":" + root.resolve("own");
    SearchPath s = search(Map.of(), given);
    assertEquals(own, s.find(LIBRARY));
    assertNull(s.find("libcudnn.so.9"));
    assertEquals(List.of("jacana.cuda.libraries (" + given + ")"), s.tried());
    assertEquals(driver, s.driver(), "the driver is not one of CUDA's libraries");
    Path ownDriver = file("own/libcuda.so.1");
    assertEquals(ownDriver, search(Map.of(), given).driver());
  }
}
