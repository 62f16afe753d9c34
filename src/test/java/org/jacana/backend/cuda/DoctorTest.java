package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code jacana doctor} prints, and its exit codes, on machines of stand-ins. */
class DoctorTest {
  @TempDir Path temporary;

  private FakeCuda fake;

  @BeforeAll
  static void platform() {
    String os = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    assumeTrue(os.equals("Linux amd64"), "JCuda has no natives for " + os);
  }

  @BeforeEach
  void folder() throws Exception {
    fake = new FakeCuda(temporary);
  }

  /** The lines from the driver's on. */
  private String doctor(int code, Map<String, String> environment) throws Exception {
    FakeCuda.Run r = fake.jacana(environment, "doctor");
    assertEquals("", r.err());
    assertEquals(code, r.code(), r.out());
    String[] heads = {"Jacana    ", "Java      ", "System    ", "CPU       "};
    for (String head : heads) {
      assertTrue(r.out().contains(head), r.out());
    }
    return r.out().lines().skip(heads.length).collect(Collectors.joining("\n"));
  }

  private String file(String name) {
    return temporary.resolve(name).toString();
  }

  @Test
  void everythingThere() throws Exception {
    fake.driver().cublas(12).cudnn().nvrtc(12);
    // The driver's file is a link to one that has the release in its name.
    Path release = temporary.resolve("libcuda.so.550.54.15");
    Files.move(temporary.resolve("libcuda.so.1"), release);
    Files.createSymbolicLink(temporary.resolve("libcuda.so.1"), release);
    assertEquals(
        """
        Driver    550.54.15, CUDA 12.4, %s
        GPU 0     Fake GPU, compute capability 8.0, 40960 MiB, 108 multiprocessors, tensor cores \
        for TF32, BF16, FP16
        Kernels   PTX 6.3 for compute capability 7.5 or newer; the driver takes PTX up to 8.4
        cuBLAS    12.4.2, %s
        cuDNN     9.5.1, %s
        NVRTC     12.6, %s

        A GPU can be used: Fake GPU."""
            .formatted(
                file("libcuda.so.1"),
                file("libcublas.so.12"),
                file("libcudnn.so.9"),
                file("libnvrtc.so.12")),
        doctor(0, Map.of()));
  }

  @Test
  void cublasIsMissing() throws Exception {
    fake.driver().cudnn();
    String said = doctor(1, Map.of());
    assertTrue(said.contains("GPU 0     Fake GPU, "), said);
    assertTrue(
        said.contains(
            """

            cuBLAS    problem: libcublas.so.12 (cuBLAS, for matrix products) was not found in \
            jacana.cuda.libraries (%s)
                      fix: install CUDA 12's cuBLAS (pip install nvidia-cublas-cu12), build with \
            -Pcuda-redist, or name its folder with JACANA_CUDA_LIBRARIES
            """
                .formatted(temporary)),
        said);
    assertTrue(said.contains("\nSearched  jacana.cuda.libraries (" + temporary + "): "), said);
    assertTrue(said.endsWith("\nNo GPU can be used: see cuBLAS. The cpu can."), said);
  }

  @Test
  void cudnnIsMissing() throws Exception {
    fake.driver().cublas(12);
    String said = doctor(1, Map.of());
    assertTrue(
        said.contains("\ncuDNN     problem: libcudnn.so.9 (cuDNN, for convolutions) was not"),
        said);
    assertTrue(said.contains("\nNVRTC     problem: libnvrtc.so.12 "), said);
    assertTrue(said.endsWith("\nNo GPU can be used: see cuDNN. The cpu can."), said);
  }

  @Test
  void nvrtcMayBeMissing() throws Exception {
    fake.driver().cublas(12).cudnn();
    String said = doctor(0, Map.of());
    assertTrue(said.contains(" (not needed to train)\n"), said);
    assertTrue(said.endsWith("\nA GPU can be used: Fake GPU."), said);
  }

  @Test
  void cuda13Only() throws Exception {
    fake.driver().cublas(13).cudnn();
    String said = doctor(0, Map.of("FAKE_VERSION", "13000"));
    assertTrue(said.contains("\ncuBLAS    13.4.2, " + file("libcublas.so.13") + "\n"), said);
    assertTrue(said.contains("the driver takes PTX up to 9.0\n"), said);
    said = doctor(1, Map.of());
    assertTrue(said.contains("problem: cuBLAS is there only for CUDA 13 ("), said);
    assertTrue(said.contains("fix: install driver 580 or newer, or install CUDA 12's "), said);
  }

  @Test
  void troubleWithTheDriver() throws Exception {
    fake.driver().cublas(12).cudnn();
    String end = "\nNo GPU can be used: see Driver. The cpu can.";
    String said = doctor(1, Map.of("FAKE_VERSION", "11040"));
    assertTrue(said.startsWith("Driver    CUDA 11.4, " + file("libcuda.so.1")), said);
    assertTrue(said.contains("\n          fix: install driver 525.60 or newer\n"), said);
    assertTrue(said.contains("\ncuBLAS    " + file("libcublas.so.12")), said);
    assertTrue(said.endsWith(end), said);
    said = doctor(1, Map.of("FAKE_INIT", "100"));
    assertTrue(said.contains("\n          problem: the NVIDIA driver sees no GPU\n"), said);
    said = doctor(1, Map.of("FAKE_CAPABILITY", "61"));
    assertTrue(said.contains("problem: Fake GPU has compute capability 6.1, and the"), said);
    assertTrue(said.endsWith(end), said);
  }

  @Test
  void json() throws Exception {
    fake.driver().cublas(12).cudnn();
    FakeCuda.Run r = fake.jacana(Map.of("FAKE_CAPABILITY", "75"), "doctor", "--json");
    assertEquals(0, r.code(), r.err());
    JsonObject o = JsonParser.parseString(r.out()).getAsJsonObject();
    assertTrue(o.get("usable").getAsBoolean());
    JsonObject cuda = o.getAsJsonObject("cuda");
    assertEquals("12.4", cuda.getAsJsonObject("driver").get("cuda").getAsString());
    JsonObject gpu = cuda.getAsJsonArray("gpus").get(0).getAsJsonObject();
    assertEquals(40L << 30, gpu.get("memory").getAsLong());
    assertEquals("[\"FP16\"]", gpu.get("products").toString());
    JsonObject cublas = cuda.getAsJsonArray("libraries").get(0).getAsJsonObject();
    assertEquals("12.4.2", cublas.get("version").getAsString());
    assertTrue(cublas.get("problem").isJsonNull(), cublas.toString());
    r = fake.jacana(Map.of("FAKE_INIT", "100"), "doctor", "--json");
    assertEquals(1, r.code());
    o = JsonParser.parseString(r.out()).getAsJsonObject();
    assertFalse(o.get("usable").getAsBoolean());
  }

  /** PTX ISA, "Release Notes". */
  @Test
  void ptxOfEachRelease() {
    int[] cuda = {11040, 11080, 12000, 12040, 12050, 12060, 12080, 12090, 13000, 13010};
    String[] ptx = {"7.4", "7.8", "8.0", "8.4", "8.5", "8.5", "8.7", "8.8", "9.0", "9.1"};
    for (int i = 0; i < cuda.length; i++) {
      assertEquals(ptx[i], Examination.newestPtx(cuda[i]), "CUDA " + cuda[i]);
    }
  }
}
