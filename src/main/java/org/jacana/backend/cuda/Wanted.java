package org.jacana.backend.cuda;

import java.util.List;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import jcuda.nvrtc.JNvrtc;

/** NVIDIA's libraries beside the driver: what each is for, its files, and JCuda's half of it. */
enum Wanted {
  CUBLAS(
      "cuBLAS",
      "matrix products",
      "libcublas.so.",
      List.of(12, 13),
      "jcuda.jcublas.JCublas2",
      "JCublas2",
      "cublasGetProperty",
      "nvidia-cublas-cu12"),
  CUDNN(
      "cuDNN",
      "convolutions",
      "libcudnn.so.",
      List.of(9),
      "jcuda.jcudnn.JCudnn",
      "JCudnn",
      "cudnnGetVersion",
      "nvidia-cudnn-cu12"),
  NVRTC(
      "NVRTC",
      "kernels in CUDA C++ compiled at run time",
      "libnvrtc.so.",
      List.of(12, 13),
      "jcuda.nvrtc.JNvrtc",
      "JNvrtc",
      "nvrtcVersion",
      "nvidia-cuda-nvrtc-cu12");

  private final String title;
  private final String use;
  private final String stem;
  private final List<Integer> majors;
  private final String type;
  private final String binding;
  private final String versionFunction;
  private final String wheel;

  Wanted(
      String title,
      String use,
      String stem,
      List<Integer> majors,
      String type,
      String binding,
      String versionFunction,
      String wheel) {
    this.title = title;
    this.use = use;
    this.stem = stem;
    this.majors = majors;
    this.type = type;
    this.binding = binding;
    this.versionFunction = versionFunction;
    this.wheel = wheel;
  }

  String title() {
    return title;
  }

  String use() {
    return use;
  }

  /** The versions of the file name that can be used, the one that JCuda was linked for first. */
  List<Integer> majors() {
    return majors;
  }

  /** The file's name. */
  String file(int major) {
    return stem + major;
  }

  /** The name for which JCuda was linked. */
  String linkedFor() {
    return file(majors.get(0));
  }

  /** JCuda's class. */
  String type() {
    return type;
  }

  /** JCuda's native library. */
  String binding() {
    return binding;
  }

  /** The function that {@link #version} calls. */
  String versionFunction() {
    return versionFunction;
  }

  /** What to do where it is missing. */
  String fix() {
    return "install CUDA 12's "
        + title
        + " (pip install "
        + wheel
        + "), build with -Pcuda-redist, or name its folder with "
        + SearchPath.VARIABLE;
  }

  /** Files to load before it, in this order, where they are there. */
  List<String> before(int major) {
    return switch (this) {
      case CUBLAS -> List.of("libcublasLt.so." + major);
      case CUDNN ->
          List.of(
              "libcudnn_graph.so.9",
              "libcudnn_ops.so.9",
              "libcudnn_cnn.so.9",
              "libcudnn_adv.so.9",
              "libcudnn_heuristic.so.9",
              "libcudnn_engines_precompiled.so.9",
              "libcudnn_engines_runtime_compiled.so.9");
      case NVRTC -> List.of();
    };
  }

  /** The version of the loaded library, or null where it does not tell. */
  String version() {
    int[] a = new int[1];
    int[] b = new int[1];
    int[] c = new int[1];
    switch (this) {
      case CUBLAS -> {
        if ((JCublas2.cublasGetProperty(0, a)
                | JCublas2.cublasGetProperty(1, b)
                | JCublas2.cublasGetProperty(2, c))
            == 0) {
          return a[0] + "." + b[0] + "." + c[0];
        }
      }
      case CUDNN -> {
        long v = JCudnn.cudnnGetVersion();
        return v / 10000 + "." + v / 100 % 100 + "." + v % 100;
      }
      case NVRTC -> {
        if (JNvrtc.nvrtcVersion(a, b) == 0) {
          return a[0] + "." + b[0];
        }
      }
    }
    return null;
  }
}
