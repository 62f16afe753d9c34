package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads stand-ins in processes of their own and reads what is said of them. */
class LibrariesTest {
  @TempDir Path temporary;

  private FakeCuda fake;

  @BeforeAll
  static void platform() {
    String os = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    assumeTrue(os.equals("Linux amd64"), "JCuda has no natives for " + os);
  }

  @BeforeEach
  void folder() throws Exception {
    fake = new FakeCuda(temporary.resolve("libraries"));
    Files.createDirectories(fake.folder());
    Files.createDirectories(temporary.resolve("tmp"));
  }

  /** The lines by what stands before their first colon or space. */
  private Map<String, String> probe(Map<String, String> environment) throws Exception {
    FakeCuda.Run r =
        fake.java(
            List.of(
                "-D" + SearchPath.PROPERTY + "=" + fake.folder(),
                "-Djava.io.tmpdir=" + temporary.resolve("tmp")),
            environment,
            LibrariesProbe.class.getName());
    assertEquals(0, r.code(), r.err());
    assertTrue(r.err().matches("asking took \\d+ ms\\R"), r.err());
    Map<String, String> out = new TreeMap<>();
    r.out().lines().forEach(l -> out.put(l.split(":? ", 2)[0], l.split(":? ", 2)[1]));
    assertTrue(r.out().contains("temporary files left: 0"), r.out());
    assertTrue(r.out().contains("same folder: true"), r.out());
    return out;
  }

  private String in(String library) {
    return fake.folder().resolve(library).toString();
  }

  private String notFound(String library, String title, String use, String wheel) {
    return library
        + " ("
        + title
        + ", for "
        + use
        + ") was not found in jacana.cuda.libraries ("
        + fake.folder()
        + "); install CUDA 12's "
        + title
        + " (pip install "
        + wheel
        + "), build with -Pcuda-redist, or name its folder with JACANA_CUDA_LIBRARIES";
  }

  @Test
  void everythingThere() throws Exception {
    fake.driver().cublas(12).cudnn().nvrtc(12);
    Map<String, String> said = probe(Map.of());
    assertEquals("null", said.get("driver"));
    assertEquals("usable", said.get("cublas"));
    assertEquals("usable", said.get("cudnn"));
    assertEquals("usable", said.get("nvrtc"));
    assertEquals("12.4.2", said.get("cuBLAS"));
    assertEquals("9.5.1", said.get("cuDNN"));
    assertEquals("cuda:0", said.get("best"));
    assertEquals("12.6", said.get("NVRTC"));
  }

  @Test
  void driverAlone() throws Exception {
    fake.driver();
    Map<String, String> said = probe(Map.of());
    assertEquals("null", said.get("driver"));
    assertEquals(
        notFound("libcublas.so.12", "cuBLAS", "matrix products", "nvidia-cublas-cu12"),
        said.get("cublas"));
    assertEquals(
        notFound("libcudnn.so.9", "cuDNN", "convolutions", "nvidia-cudnn-cu12"), said.get("cudnn"));
    assertEquals("cpu", said.get("best"), "training would stop at the first product");
  }

  /** Needs the changed binding: the symbols' version is libcublas.so.13. */
  @Test
  void cuda13Alone() throws Exception {
    fake.driver().cublas(13).cudnn().nvrtc(13);
    Map<String, String> said = probe(Map.of("FAKE_VERSION", "13000"));
    assertEquals("usable", said.get("cublas"));
    assertEquals("13.4.2", said.get("cuBLAS"));
    assertEquals("usable", said.get("nvrtc"));
    assertEquals("13.6", said.get("NVRTC"));
  }

  @Test
  void cuda13OnADriverOfCuda12() throws Exception {
    fake.driver().cublas(13).cudnn();
    Map<String, String> said = probe(Map.of());
    assertEquals(
        "cuBLAS is there only for CUDA 13 ("
            + in("libcublas.so.13")
            + "), and the driver is for CUDA 12.4; install driver 580 or newer, or install CUDA"
            + " 12's cuBLAS (pip install nvidia-cublas-cu12), build with -Pcuda-redist, or name"
            + " its folder with JACANA_CUDA_LIBRARIES",
        said.get("cublas"));
    assertEquals("cpu", said.get("best"));
  }

  @Test
  void cuda12IsTakenBeforeCuda13() throws Exception {
    fake.driver().cublas(12).cublas(13).cudnn();
    assertEquals("12.4.2", probe(Map.of("FAKE_VERSION", "13000")).get("cuBLAS"));
  }

  @Test
  void brokenLibrary() throws Exception {
    fake.driver().cudnn();
    Files.writeString(fake.folder().resolve("libcublas.so.12"), "not a library");
    String said = probe(Map.of()).get("cublas");
    assertTrue(
        said.startsWith(in("libcublas.so.12") + " cannot be loaded (")
            && said.endsWith("); reinstall it, or name another folder with JACANA_CUDA_LIBRARIES"),
        said);
  }

  /** The folder for temporary files may hold a file of the name that JCuda unpacks to. */
  @Test
  void plantedFileIsNotLoaded() throws Exception {
    fake.driver().cublas(12).cudnn();
    for (String library : List.of("JCudaDriver", "JCublas2", "JCudnn")) {
      Files.writeString(
          temporary.resolve("tmp").resolve("lib" + library + "-12.6.0-linux-x86_64.so"), "planted");
    }
    Map<String, String> said = probe(Map.of());
    assertEquals("null", said.get("driver"));
    assertEquals("usable", said.get("cublas"));
    assertEquals("usable", said.get("cudnn"));
  }

  @Test
  void driverTooOld() throws Exception {
    fake.driver().cublas(12).cudnn();
    String sentence =
        "the NVIDIA driver "
            + in("libcuda.so.1")
            + " is for CUDA 11.4, and the binding needs CUDA 12.0; install driver 525.60 or newer";
    Map<String, String> said = probe(Map.of("FAKE_VERSION", "11040"));
    assertEquals(sentence, said.get("driver"));
    assertEquals(sentence, said.get("cublas"));
  }

  @Test
  void noGpuIsVisible() throws Exception {
    fake.driver();
    String fix =
        "; check nvidia-smi and CUDA_VISIBLE_DEVICES, and in a container pass the GPU in (docker"
            + " run --gpus all)";
    assertEquals(
        "the NVIDIA driver sees no GPU" + fix, probe(Map.of("FAKE_INIT", "100")).get("driver"));
    assertEquals(
        "the NVIDIA driver sees no GPU (CUDA_VISIBLE_DEVICES is '')" + fix,
        probe(Map.of("FAKE_DEVICES", "0", "CUDA_VISIBLE_DEVICES", "")).get("driver"));
  }

  @Test
  void driverDoesNotStart() throws Exception {
    fake.driver();
    assertEquals(
        "the NVIDIA driver does not start (cuInit: CUDA_ERROR_UNKNOWN (unknown error)); check"
            + " nvidia-smi, and dmesg for messages of NVRM",
        probe(Map.of("FAKE_INIT", "999")).get("driver"));
    assertEquals(
        in("libcuda.so.1")
            + " is the CUDA toolkit's stand-in for linking, not a driver; take its folder off"
            + " LD_LIBRARY_PATH and install NVIDIA's driver",
        probe(Map.of("FAKE_INIT", "34")).get("driver"));
  }

  @Test
  void gpuTooOld() throws Exception {
    fake.driver();
    assertEquals(
        "Fake GPU has compute capability 6.1, and the kernels need 7.5 (Turing) or newer; choose"
            + " another GPU with CUDA_VISIBLE_DEVICES, or use the cpu",
        probe(Map.of("FAKE_CAPABILITY", "61")).get("driver"));
  }

  /** The environment's variable stands in for the property. */
  @Test
  void folderComesFromTheEnvironment() throws Exception {
    fake.driver().cublas(12);
    FakeCuda.Run r =
        fake.java(
            List.of(),
            Map.of(SearchPath.VARIABLE, fake.folder().toString()),
            LibrariesProbe.class.getName());
    assertEquals(0, r.code(), r.err());
    assertTrue(r.out().contains("driver: null"), r.out());
    assertTrue(r.out().contains("cublas: usable"), r.out());
  }

  @Test
  void sourceIsCompiledForTheGpu() throws Exception {
    fake.driver().nvrtc(12);
    String folder = "-D" + SearchPath.PROPERTY + "=" + fake.folder();
    FakeCuda.Run r =
        fake.java(
            List.of(folder), Map.of("FAKE_CAPABILITY", "86"), SourceProbe.class.getName(), "ok");
    // Of 75, 80, 90 and 120 the newest for capability 8.6; marked for CUDA 12.4's driver.
    assertEquals(
        ".version 8.4\n.target sm_80\n.visible .entry made(.param .u64 made_param_0)\n{\nret;\n}\n"
            + "kernel made\n",
        r.out(),
        r.err());
    r = fake.java(List.of(folder), Map.of(), SourceProbe.class.getName(), "#error");
    assertEquals(
        "kernel made: the source does not compile (NVRTC_ERROR_COMPILATION)\n"
            + "made.cu(1): error: #error\n",
        r.out(),
        r.err());
    Files.delete(fake.folder().resolve("libnvrtc.so.12"));
    r = fake.java(List.of(folder), Map.of(), SourceProbe.class.getName(), "ok");
    assertTrue(
        r.out().startsWith("libnvrtc.so.12 (NVRTC, for kernels in CUDA C++ compiled at run time)"),
        r.out() + r.err());
  }

  @Test
  void noDriver() throws Exception {
    assumeTrue(Libraries.search().driver() == null, "this machine has a driver");
    assertEquals(
        "no NVIDIA driver is installed (the dynamic linker knows no libcuda.so.1); install"
            + " NVIDIA's driver, and in a container pass the GPU in (docker run --gpus all)",
        probe(Map.of()).get("driver"));
  }

  @Test
  void otherPlatformsAreExplained() {
    assertNull(Bindings.wrongPlatform("Linux", "x86_64"));
    assertNull(Bindings.missing(getClass().getClassLoader()));
    assertEquals(
        "the CUDA binding is made for Linux x86-64, and this is Mac OS X aarch64; use the cpu here",
        Bindings.wrongPlatform("Mac OS X", "aarch64").sentence());
    assertEquals(
        "the CUDA binding is not on the class path; add org.jcuda:jcuda, jcublas and jcudnn and"
            + " their natives, as Jacana's pom.xml does",
        Bindings.missing(ClassLoader.getPlatformClassLoader()).sentence());
  }
}
