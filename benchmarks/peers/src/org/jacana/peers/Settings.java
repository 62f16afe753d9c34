package org.jacana.peers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How each framework's process is started: in the way that is best for it. */
final class Settings {
  private Settings() {}

  /**
   * The launcher's own, for all alike, and what a framework needs. Those on JavaCPP unpack their
   * natives where Jacana does not: libtorch's process puts MKL in the place of OpenBLAS.
   */
  static List<String> javaOptions(String framework) {
    List<String> o =
        new ArrayList<>(List.of("-Xshare:auto", "-XX:+UseParallelGC", "-Xmn64m", "-Xmx3g"));
    if (Runtime.version().feature() >= 24) {
      o.add("--enable-native-access=ALL-UNNAMED");
    }
    if (framework.equals("libtorch") || framework.equals("dl4j")) {
      String unpacked = System.getProperty("peers.logs", "target") + "/peers-natives-" + framework;
      o.add("-Dorg.bytedeco.javacpp.cachedir=" + unpacked);
    }
    switch (framework) {
      case "libtorch" ->
          // No look at the process's memory at every allocation.
          o.addAll(
              List.of(
                  "-Dorg.bytedeco.openblas.load=mkl_rt",
                  "-Dorg.bytedeco.javacpp.maxBytes=0",
                  "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"));
      case "dl4j" ->
          // Its layers use oneDNN only if they are told not to leave it.
          o.addAll(
              List.of(
                  "-Dorg.eclipse.deeplearning4j.helpers.disable=false",
                  "-Dorg.bytedeco.javacpp.maxBytes=0",
                  "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"));
      case "djl" ->
          o.addAll(
              List.of(
                  "-Dai.djl.offline=true",
                  "-Dai.djl.default_engine=PyTorch",
                  "-Dai.djl.pytorch.graph_optimizer=false"));
      default -> {}
    }
    return o;
  }

  /**
   * DL4J needs other versions of JavaCPP and OpenBLAS than Jacana and libtorch, and so a class path
   * of its own, which the launcher passes.
   */
  static String classPath(String framework) {
    String own = framework.equals("dl4j") ? System.getProperty("peers.dl4j.classpath") : null;
    return own == null ? System.getProperty("java.class.path") : own;
  }

  /**
   * Jacana pools its buffers itself; the others take them from malloc, which returns large ones to
   * the system at every free unless it is told not to.
   */
  static Map<String, String> environment(String framework, int threads) {
    Map<String, String> e = new LinkedHashMap<>();
    // As Jacana's launcher does.
    e.put("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");
    if (!framework.equals("jacana")) {
      e.put("OMP_NUM_THREADS", String.valueOf(threads));
      e.put("MKL_NUM_THREADS", String.valueOf(threads));
      // libtorch brings GNU's OpenMP: a second runtime would fight with it for the cores.
      e.put("MKL_THREADING_LAYER", "GNU");
      e.put("MALLOC_ARENA_MAX", "1");
      e.put("MALLOC_MMAP_MAX_", "0");
      e.put("MALLOC_TRIM_THRESHOLD_", "17179869184");
    }
    return e;
  }
}
