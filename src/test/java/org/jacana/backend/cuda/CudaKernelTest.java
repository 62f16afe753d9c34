package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.Capture;
import org.jacana.backend.View;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Launches kernels with host twins in src/test/cuda-sim; checks need no GPU. */
class CudaKernelTest {
  private static final CudaKernel.Grid ONE = CudaKernel.Grid.over(1);

  private static String text() throws Exception {
    Field f = Class.forName("CudaCustomKernel").getDeclaredField("PTX");
    f.setAccessible(true);
    return (String) f.get(null);
  }

  private static CudaKernel softsign() throws Exception {
    return CudaKernel.fromPtx(text(), "softsign");
  }

  private static CudaKernel parameters() throws Exception {
    return CudaKernel.fromPtx(
        Files.readString(Path.of("src/test/cuda-sim/ptx/testkernels.ptx")), "test_parameters");
  }

  private static String refused(CudaKernel k, Object... arguments) {
    return assertThrows(IllegalArgumentException.class, () -> k.launch(ONE, arguments))
        .getMessage();
  }

  @Test
  void nvidiasCompilerTakesTheExample() throws Exception {
    assertEquals("", PtxTest.compile(text(), "sm_75"));
    assertEquals("", PtxTest.compile(text(), "sm_90"));
  }

  @Test
  void runsOverTensors() throws Exception {
    CudaDevice.backend();
    CudaKernel k = softsign();
    try (Scope scope = Scope.open(Device.cuda(0))) {
      for (int n : new int[] {0, 1, 255, 257, 10_000}) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
          values[i] = (i - n / 2) * 0.37f;
        }
        Tensor x = Tensor.of(values, n);
        Tensor y = Tensor.zeros(n);
        k.launch(CudaKernel.Grid.over(n), y.view(), x.view(), n);
        float[] expected = new float[n];
        for (int i = 0; i < n; i++) {
          expected[i] = values[i] / (1 + Math.abs(values[i]));
        }
        assertArrayEquals(expected, y.floats());
      }
      // A view that begins inside its buffer.
      Tensor x = Tensor.of(new float[] {9, 9, 1, -3}, 2, 2);
      Tensor y = Tensor.zeros(2);
      k.launch(ONE, y.view(), x.at(1).view(), 2);
      assertArrayEquals(new float[] {0.5f, -0.75f}, y.floats());
    }
  }

  @Test
  void passesEveryKindOfParameter() throws Exception {
    CudaDevice.backend();
    ByteBuffer struct = ByteBuffer.allocate(24).order(ByteOrder.nativeOrder());
    struct.putInt(0, 7).putDouble(8, 0.125).putShort(20, (short) -3);
    try (Scope scope = Scope.open(Device.cuda(0))) {
      Tensor out = Tensor.zeros(DType.F64, 8);
      parameters().launch(ONE, out.view(), -2, 0.5f, 1e300, 1L << 40, (byte) 200, struct.array());
      assertArrayEquals(new double[] {-2, 0.5, 1e300, 1L << 40, 200, 7, 0.125, -3}, out.doubles());
    }
  }

  @Test
  void wrongArgumentsAreNamed() throws Exception {
    CudaKernel k = parameters();
    byte[] struct = new byte[24];
    assertEquals(
        "kernel test_parameters: takes 7 arguments [.u64, .u32, .f32, .f64, .u64, .u8, .b8], got 2",
        refused(k, 1L, 2));
    String start = "kernel test_parameters: parameter ";
    assertEquals(
        start + "1 (test_parameters_param_1) is .u32 and takes an int, got long 5",
        refused(k, 1L, 5L, 0f, 0d, 0L, (byte) 0, struct));
    assertEquals(
        start + "2 (test_parameters_param_2) is .f32 and takes a float, got double 0.5",
        refused(k, 1L, 5, 0.5, 0d, 0L, (byte) 0, struct));
    assertEquals(
        start + "3 (test_parameters_param_3) is .f64 and takes a double, got int 1",
        refused(k, 1L, 5, 0f, 1, 0L, (byte) 0, struct));
    assertEquals(
        start + "4 (test_parameters_param_4) is .u64 and takes a view or long, got null",
        refused(k, 1L, 5, 0f, 0d, null, (byte) 0, struct));
    assertEquals(
        start
            + "6 (test_parameters_param_6) is a struct of 24 bytes and takes a byte[] of that"
            + " length, got a byte[] of 8",
        refused(k, 1L, 5, 0f, 0d, 0L, (byte) 0, new byte[8]));
    assertEquals(
        "kernel test_parameters: no argument is a tensor, so that there is no GPU to run it on",
        refused(k, 1L, 5, 0f, 0d, 0L, true, struct));
  }

  @Test
  void tensorsMustBeDenseAndOnTheGpu() throws Exception {
    CudaDevice.backend();
    CudaKernel k = softsign();
    try (Scope scope = Scope.open(Device.cuda(0))) {
      Tensor y = Tensor.zeros(2, 3);
      assertEquals(
          "kernel softsign: argument 1 (x) is a view with strides, which a kernel cannot see; pass"
              + " contiguous()",
          refused(k, y.view(), Tensor.zeros(3, 2).transpose(0, 1).view(), 6));
      try (Scope host = Scope.open(Device.CPU)) {
        assertEquals(
            "kernel softsign: argument 1 (x) is not on a GPU; move it there with"
                + " to(Device.cuda(0))",
            refused(k, y.view(), Tensor.zeros(2, 3).view(), 6));
      }
      Tensor closed = Tensor.zeros(2, 3);
      View view = closed.view();
      closed.close();
      assertEquals(
          "kernel softsign: argument 0 was closed before the launch",
          assertThrows(IllegalStateException.class, () -> k.launch(ONE, view, y.view(), 6))
              .getMessage());
      // The launch block is free again after each refusal.
      k.launch(ONE, y.view(), y.view(), 6);
    }
  }

  @Test
  void isRecordedWithAStep() throws Exception {
    CudaBackend gpu = CudaDevice.backend();
    CudaKernel k = softsign();
    try (Scope scope = Scope.open(Device.cuda(0))) {
      Tensor x = Tensor.of(new float[] {1});
      k.launch(ONE, x.view(), x.view(), 1);
      try (Capture step = gpu.capture(() -> k.launch(ONE, x.view(), x.view(), 1))) {
        step.replay();
        step.replay();
      }
      // 1 / 2, then x / (1 + x) twice more.
      assertEquals(0.25f, x.floats()[0], 1e-7f);
    }
  }

  @Test
  void textThatCannotBeUsedIsExplained() throws Exception {
    assertEquals(
        "kernel hard: the PTX has no .entry of that name; it has softsign (in CUDA C++, write"
            + " extern \"C\" before __global__)",
        assertThrows(IllegalArgumentException.class, () -> CudaKernel.fromPtx(text(), "hard"))
            .getMessage());
    assertEquals(
        "kernel k: cannot read the parameter `.param .texref t`",
        assertThrows(
                IllegalArgumentException.class,
                () -> CudaKernel.fromPtx(".entry k(.param .texref t) { ret; }", "k"))
            .getMessage());
    CudaDevice.backend();
    assumeTrue(CudaDevice.simulated(), "the stand-in's driver is of a known version");
    try (Scope scope = Scope.open(Device.cuda(0))) {
      View v = Tensor.zeros(1).view();
      CudaKernel tooNew =
          CudaKernel.fromPtx(text().replace(".version 6.3", ".version 9.9"), "softsign");
      assertEquals(
          "kernel softsign: is PTX 9.9, and the driver takes PTX up to 8.7; compile it with an"
              + " older nvcc, or install a newer driver",
          assertThrows(UnsupportedOperationException.class, () -> tooNew.launch(ONE, v, v, 1))
              .getMessage());
      CudaKernel otherGpu =
          CudaKernel.fromPtx(text().replace("6.3", "8.7").replace("sm_75", "sm_120"), "softsign");
      String said =
          assertThrows(UnsupportedOperationException.class, () -> otherGpu.launch(ONE, v, v, 1))
              .getMessage();
      assertTrue(said.contains(": its .target is newer than "), said);
      CudaKernel broken =
          CudaKernel.fromPtx(text().substring(0, text().lastIndexOf('}')), "softsign");
      said = refused(broken, v, v, 1);
      assertTrue(said.startsWith("kernel softsign: the driver refuses the PTX"), said);
    }
  }

  @Test
  void gridsAreChecked() {
    assertEquals(
        new CudaKernel.Grid(CudaKernel.Dim.of(4), CudaKernel.Dim.of(256), 0),
        CudaKernel.Grid.over(1000));
    assertEquals(1, CudaKernel.Grid.over(0).blocks().x());
    assertEquals(
        "grid: a block has at most 1024 threads, got Dim[x=32, y=33, z=1]",
        assertThrows(
                IllegalArgumentException.class,
                () -> CudaKernel.Grid.of(CudaKernel.Dim.of(1), CudaKernel.Dim.of(32, 33)))
            .getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> CudaKernel.Grid.of(CudaKernel.Dim.of(0), CudaKernel.Dim.of(32)));
    assertThrows(
        IllegalArgumentException.class,
        () -> CudaKernel.Grid.of(CudaKernel.Dim.of(1, 65536), CudaKernel.Dim.of(32)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new CudaKernel.Grid(CudaKernel.Dim.of(1), CudaKernel.Dim.of(32), 50000));
    assertThrows(IllegalArgumentException.class, () -> CudaKernel.Grid.over(-1));
  }

  @Test
  void parametersAreReadFromAnyText() {
    String ptx =
        """
        // .entry k(.param .u8 not_this)
        .visible .entry k /* a kernel */ (
          .param .u64 .ptr .global .align 16 p,
          .param .align 8 .b8 s[24], // a struct
          .param .b64 any)
        .entry none { ret; }
        """;
    List<KernelSignature.Parameter> p = KernelSignature.of(ptx, "k").parameters();
    assertEquals(
        List.of(
            new KernelSignature.Parameter("p", ".u64", 8, 8, false, true),
            new KernelSignature.Parameter("s", ".b8", 24, 8, true, false),
            new KernelSignature.Parameter("any", ".b64", 8, 8, false, false)),
        p);
    assertEquals(List.of(), KernelSignature.of(ptx, "none").parameters());
    CudaKernel k = CudaKernel.fromPtx(ptx, "k");
    assertEquals(
        "kernel k: parameter 0 (p) is .u64 and takes a view, got long 5",
        refused(k, 5L, new byte[24], 1.0));
  }

  @Test
  void exampleRunsOnTheStandIn(@TempDir Path folder) throws Exception {
    assumeTrue(CudaSim.available(), "the stand-in for a GPU needs Linux and g++");
    FakeCuda.Run r =
        new FakeCuda(folder)
            .java(
                List.of("-D" + SearchPath.PROPERTY + "=" + CudaSim.build()),
                Map.of(),
                "CudaCustomKernel",
                "--short");
    assertEquals(0, r.code(), r.err());
    assertTrue(r.out().startsWith("kernel softsign on "), r.out());
    assertTrue(r.out().contains("gradient [0.0625, 0.25, 1.0, 0.64, 0.04"), r.out());
  }

  @Test
  void exampleSaysThatThereIsNoGpu(@TempDir Path folder) throws Exception {
    String os = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    assumeTrue(os.equals("Linux amd64"), "JCuda has no natives for " + os);
    FakeCuda fake = new FakeCuda(folder).driver();
    FakeCuda.Run r =
        fake.java(
            List.of("-D" + SearchPath.PROPERTY + "=" + folder),
            Map.of("FAKE_INIT", "100"),
            "CudaCustomKernel");
    assertEquals(0, r.code(), r.err());
    assertTrue(
        r.out()
            .startsWith(
                "no GPU (the NVIDIA driver sees no GPU; check nvidia-smi and CUDA_VISIBLE_DEVICES,"
                    + " and in a container pass the GPU in (docker run --gpus all)): the same"
                    + " operation in tensor language on the cpu"),
        r.out());
  }

  /** Text for a newer driver is marked down to what this one takes. */
  @Test
  void compiledTextIsMarkedForTheDriver() {
    String ptx = "//\n.version 9.0\n.target sm_75\n";
    assertEquals("//\n.version 8.4\n.target sm_75\n", Nvrtc.forDriver(ptx, "8.4"));
    assertEquals(ptx, Nvrtc.forDriver(ptx, "9.0"));
    assertEquals(ptx, Nvrtc.forDriver(ptx, "9.1"));
  }
}
