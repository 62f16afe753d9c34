package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Folders with stand-ins for the driver and NVIDIA's libraries that answer questions and nothing
 * else, and runs of the command line in a JVM that sees such a folder only. A driver's answers come
 * from the environment: {@code FAKE_VERSION}, {@code FAKE_INIT}, {@code FAKE_DEVICES}, {@code
 * FAKE_CAPABILITY}.
 */
final class FakeCuda {
  /** How a run ended. */
  record Run(int code, String out, String err) {}

  private static final String DRIVER =
      """
      #include <cstdlib>
      #include <cstring>
      static int number(const char* name, int otherwise) {
        const char* v = std::getenv(name);
        return v ? std::atoi(v) : otherwise;
      }
      extern "C" {
      int cuDriverGetVersion(int* v) { *v = number("FAKE_VERSION", 12040); return 0; }
      int cuInit(unsigned) { return number("FAKE_INIT", 0); }
      int cuDeviceGetCount(int* n) { *n = number("FAKE_DEVICES", 1); return 0; }
      int cuDeviceGet(int* d, int i) { *d = i; return 0; }
      int cuDeviceGetName(char* text, int n, int) { std::strncpy(text, "Fake GPU", n); return 0; }
      int cuDeviceTotalMem_v2(size_t* n, int) { *n = size_t(40) << 30; return 0; }
      int cuDeviceGetAttribute(int* v, int a, int) {
        int c = number("FAKE_CAPABILITY", 80);
        *v = a == 75 ? c / 10 : a == 76 ? c % 10 : a == 16 ? 108 : 0;
        return 0;
      }
      int cuGetErrorName(int s, const char** t) {
        *t = s == 999 ? "CUDA_ERROR_UNKNOWN" : 0;
        return *t ? 0 : 1;
      }
      int cuGetErrorString(int s, const char** t) {
        *t = s == 999 ? "unknown error" : 0;
        return *t ? 0 : 1;
      }
      }
      """;

  private static final String CUBLAS =
      """
      extern "C" int cublasGetProperty(int what, int* v) {
        *v = what == 0 ? MAJOR : what == 1 ? 4 : 2;
        return 0;
      }
      """;

  private static final String CUDNN =
      """
      extern "C" unsigned long cudnnGetVersion() { return 90501; }
      """;

  /** Compiles everything to one empty kernel for the architecture asked for, but #error. */
  private static final String NVRTC =
      """
      #include <cstring>
      #include <string>
      struct Program { std::string source, log, ptx; };
      extern "C" {
      int nvrtcVersion(int* a, int* b) { *a = MAJOR; *b = 6; return 0; }
      const char* nvrtcGetErrorString(int s) { return s == 6 ? "NVRTC_ERROR_COMPILATION" : "?"; }
      int nvrtcGetNumSupportedArchs(int* n) { *n = 4; return 0; }
      int nvrtcGetSupportedArchs(int* v) {
        v[0] = 75, v[1] = 80, v[2] = 90, v[3] = 120;
        return 0;
      }
      int nvrtcCreateProgram(Program** p, const char* source, const char* name, int,
                             const char* const*, const char* const*) {
        *p = new Program{source, name, ""};
        return 0;
      }
      int nvrtcDestroyProgram(Program** p) { delete *p; *p = 0; return 0; }
      int nvrtcCompileProgram(Program* p, int n, const char* const* options) {
        if (p->source.find("#error") != std::string::npos) {
          p->log += "(1): error: #error";
          return 6;
        }
        std::string arch = options[0];
        p->ptx = ".version 9.0\\n.target sm_" + arch.substr(arch.rfind('_') + 1)
            + "\\n.visible .entry made(.param .u64 made_param_0)\\n{\\nret;\\n}\\n";
        return n == 2 ? 0 : 5;
      }
      int nvrtcGetPTXSize(Program* p, size_t* n) { *n = p->ptx.size() + 1; return 0; }
      int nvrtcGetPTX(Program* p, char* to) { std::strcpy(to, p->ptx.c_str()); return 0; }
      int nvrtcGetProgramLogSize(Program* p, size_t* n) { *n = p->log.size() + 1; return 0; }
      int nvrtcGetProgramLog(Program* p, char* to) { std::strcpy(to, p->log.c_str()); return 0; }
      }
      """;

  private final Path folder;

  FakeCuda(Path folder) {
    this.folder = folder;
  }

  Path folder() {
    return folder;
  }

  FakeCuda driver() throws Exception {
    return compile(DRIVER, "libcuda.so.1", 1);
  }

  /** cuBLAS with versioned symbols, as the real one has them. */
  FakeCuda cublas(int major) throws Exception {
    return compile(CUBLAS, "libcublas.so." + major, major);
  }

  FakeCuda cudnn() throws Exception {
    return compile(CUDNN, "libcudnn.so.9", 9);
  }

  FakeCuda nvrtc(int major) throws Exception {
    return compile(NVRTC, "libnvrtc.so." + major, major);
  }

  private FakeCuda compile(String source, String name, int major) throws Exception {
    Files.createDirectories(folder);
    Path code = Files.writeString(folder.resolve(name + ".cpp"), source);
    List<String> command =
        new ArrayList<>(
            List.of(
                "g++",
                "-shared",
                "-fPIC",
                "-O0",
                "-DMAJOR=" + major,
                "-Wl,-soname," + name,
                "-o",
                folder.resolve(name).toString(),
                code.toString()));
    if (!name.startsWith("libcuda.")) {
      Path versions = Files.writeString(folder.resolve(name + ".map"), name + " { global: *; };\n");
      command.add("-Wl,--version-script=" + versions);
    }
    Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, p.waitFor(), said);
    return this;
  }

  /** Runs Jacana's command line with this folder as the only one. */
  Run jacana(Map<String, String> environment, String... args) throws Exception {
    return java(
        List.of("-D" + SearchPath.PROPERTY + "=" + folder),
        environment,
        "org.jacana.cli.Main",
        args);
  }

  /** Runs a class of this class path in a JVM of its own. */
  Run java(List<String> options, Map<String, String> environment, String type, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xshare:auto");
    command.add("-XX:TieredStopAtLevel=1");
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), type));
    command.addAll(Arrays.asList(args));
    ProcessBuilder b = new ProcessBuilder(command);
    Map<String, String> env = b.environment();
    for (String hidden : List.of("LD_LIBRARY_PATH", "CUDA_HOME", "CUDA_PATH", "CUDA_ROOT")) {
      env.remove(hidden);
    }
    for (String hidden : List.of("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH")) {
      env.remove(hidden);
    }
    env.remove("CUDA_VISIBLE_DEVICES");
    env.remove(SearchPath.VARIABLE);
    env.putAll(environment);
    Path out = Files.createTempFile("jacana", ".out");
    Path err = Files.createTempFile("jacana", ".err");
    try {
      Process p = b.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      boolean ended = p.waitFor(120, TimeUnit.SECONDS);
      p.destroyForcibly();
      assertTrue(ended, "takes longer than two minutes: " + command);
      return new Run(p.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
