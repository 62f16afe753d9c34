package org.jacana.backend.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_CONTEXT;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_HANDLE;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_PTX;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_VALUE;
import static jcuda.driver.CUresult.CUDA_ERROR_NOT_FOUND;
import static jcuda.driver.CUresult.CUDA_ERROR_OUT_OF_MEMORY;
import static jcuda.driver.JCudaDriver.cuDeviceGetName;
import static jcuda.driver.JCudaDriver.cuDriverGetVersion;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoD;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuMemsetD16;
import static jcuda.driver.JCudaDriver.cuMemsetD32;
import static jcuda.driver.JCudaDriver.cuMemsetD8;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static org.jacana.backend.cuda.SimDevice.at;
import static org.jacana.backend.cuda.SimDevice.fails;
import static org.jacana.backend.cuda.SimDevice.floats;
import static org.jacana.backend.cuda.SimDevice.ints;
import static org.jacana.backend.cuda.SimDevice.of;
import static org.jacana.backend.cuda.SimDevice.ok;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.stream.IntStream;
import jcuda.Pointer;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulated driver's memory, modules and kernels, against closed forms. */
final class CudaSimTest {
  private SimDevice sim;

  @BeforeEach
  void open() throws IOException {
    sim = new SimDevice();
  }

  @AfterEach
  void close() {
    if (sim != null) {
      sim.close();
    }
  }

  private static float[] ramp(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = i;
    }
    return x;
  }

  @Test
  void saysWhatItIs() {
    byte[] name = new byte[64];
    CUdevice device = new CUdevice();
    ok(cuDeviceGetName(name, name.length, device));
    assertEquals("cuda-sim (no GPU)", new String(name, StandardCharsets.US_ASCII).trim());
    int[] version = {0};
    ok(cuDriverGetVersion(version));
    assertEquals(12080, version[0]);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 77})
  void runsAGridOfPlainThreads(long seed) {
    CudaSim.shuffle(seed);
    int n = 1000;
    CUdeviceptr x = sim.upload(ramp(n));
    CUdeviceptr y = sim.upload(ramp(n));
    ok(sim.run("test_axpy", 3, 96, of(2f), at(x), at(y), of((long) n)));
    float[] got = floats(y, n);
    for (int i = 0; i < n; i++) {
      assertEquals(3f * i, got[i]);
    }
    assertEquals(1, CudaSim.calls("cuLaunchKernel"));
    assertEquals(1, CudaSim.calls("kernel:test_axpy"));
  }

  /** Block b sums 256 b .. 256 b + 255, the last one up to n - 1. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3})
  void runsShufflesAndBarriers(long seed) {
    CudaSim.shuffle(seed);
    int n = 1000;
    CUdeviceptr x = sim.upload(ramp(n));
    CUdeviceptr sums = sim.alloc(16);
    ok(sim.run("test_block_sum", 4, 256, at(x), at(sums), of(n)));
    assertArrayEquals(new float[] {32640, 98176, 163712, 204972}, floats(sums, 4));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 5})
  void warpFunctionsFollowTheirDefinitions(long seed) {
    CudaSim.shuffle(seed);
    CUdeviceptr out = sim.alloc(4 * 8 * 64);
    ok(sim.run("test_warp", 1, 64, at(out)));
    int[] got = ints(out, 8 * 64);
    for (int t = 0; t < 64; t++) {
      int lane = t % 32;
      int[] expected = {
        (lane / 8 * 8 + 5) * 10,
        lane < 3 ? lane : lane - 3,
        lane % 16 + 3 < 16 ? lane + 3 : lane,
        lane ^ 1,
        0x49249249,
        1,
        13 + 1000,
        lane < 12 ? 0xfff : 0
      };
      assertArrayEquals(expected, Arrays.copyOfRange(got, 8 * t, 8 * t + 8), "thread " + t);
    }
  }

  @Test
  void threadsThatReturnedCountAsArrived() {
    CUdeviceptr out = sim.upload(new int[100]);
    ok(sim.run("test_early_exit", 1, 100, at(out), of(37)));
    assertArrayEquals(IntStream.range(0, 100).map(t -> t < 37 ? 0 : 63).toArray(), ints(out, 100));
  }

  @Test
  void copiesParametersOfEveryKind() {
    ByteBuffer sizes = ByteBuffer.allocateDirect(24).order(ByteOrder.nativeOrder());
    sizes.putInt(0, 7).putDouble(8, 0.125).putShort(20, (short) -3);
    CUdeviceptr out = sim.alloc(64);
    ok(
        sim.run(
            "test_parameters",
            1,
            32,
            at(out),
            of(-5),
            of(1.5f),
            Pointer.to(new double[] {Math.PI}),
            of(1L << 40),
            Pointer.to(new byte[] {(byte) 200}),
            Pointer.to(sizes)));
    double[] got = new double[8];
    ok(cuMemcpyDtoH(Pointer.to(got), out, 64));
    assertArrayEquals(new double[] {-5, 1.5, Math.PI, 1L << 40, 200, 7, 0.125, -3}, got);
  }

  @Test
  void memoryBeginsAsNotANumber() {
    for (float v : floats(sim.alloc(400), 100)) {
      assertTrue(Float.isNaN(v));
    }
    CUdeviceptr large = sim.alloc(40L << 20);
    assertTrue(Float.isNaN(floats(large.withByteOffset((40L << 20) - 4), 1)[0]));
  }

  @Test
  void fillsAndCopies() {
    CUdeviceptr a = sim.alloc(64);
    CUdeviceptr b = sim.alloc(64);
    ok(cuMemsetD32(a, 7, 16));
    ok(cuMemsetD16(a.withByteOffset(8), (short) 0x0102, 2));
    ok(cuMemsetD8(a.withByteOffset(13), (byte) 1, 1));
    ok(cuMemcpyDtoD(b, a, 64));
    int[] expected = new int[16];
    Arrays.fill(expected, 7);
    expected[2] = 0x01020102;
    expected[3] = 0x0107;
    assertArrayEquals(expected, ints(b, 16));
    fails(CUDA_ERROR_INVALID_VALUE, cuMemsetD32(a.withByteOffset(2), 7, 1));
    fails(CUDA_ERROR_INVALID_VALUE, cuMemsetD8(a, (byte) 0, 65));
    fails(CUDA_ERROR_INVALID_VALUE, cuMemcpyDtoD(b, a.withByteOffset(4), 64));
    assertTrue(CudaSim.lastError().contains("4 bytes into device block"), CudaSim.lastError());
    fails(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoD(new CUdeviceptr(), Pointer.to(expected), 4));
    fails(CUDA_ERROR_INVALID_VALUE, cuMemcpyDtoH(Pointer.to(expected), new CUdeviceptr(), 4));
  }

  @Test
  void memoryEnds() {
    CudaSim.memory(sim.bytesBefore + (1 << 20));
    CUdeviceptr p = new CUdeviceptr();
    fails(CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc(p, (1 << 20) + 1));
    CUdeviceptr half = sim.alloc(1 << 19);
    fails(CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc(p, 1 << 20));
    long[] free = {0};
    long[] total = {0};
    ok(cuMemGetInfo(free, total));
    assertEquals(1 << 19, free[0]);
    assertEquals(sim.bytesBefore + (1 << 20), total[0]);
    assertEquals(sim.blocksBefore + 1, CudaSim.liveAllocations());
    assertEquals(sim.bytesBefore + (1 << 19), CudaSim.liveBytes());
    ok(cuMemFree(half));
    fails(CUDA_ERROR_INVALID_VALUE, cuMemFree(half));
    assertTrue(CudaSim.lastError().contains("which was freed"), CudaSim.lastError());
    ok(cuMemAlloc(half, 1 << 20));
    fails(CUDA_ERROR_INVALID_VALUE, cuMemAlloc(p, 0));
  }

  @Test
  void callsFailWhenToldTo() {
    CUdeviceptr p = new CUdeviceptr();
    CudaSim.failCall("cuMemAlloc", 2, false, CUDA_ERROR_OUT_OF_MEMORY);
    sim.alloc(16);
    fails(CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc(p, 16));
    sim.alloc(16);
    CudaSim.failCall("cuMemcpyHtoD", 1, true, 999);
    for (int i = 0; i < 3; i++) {
      assertEquals(999, cuMemcpyHtoD(p, Pointer.to(new int[1]), 4));
    }
    assertEquals(3, CudaSim.calls("cuMemcpyHtoD"));
    assertEquals(3, CudaSim.calls("cuMemAlloc"));
  }

  private static int load(String text) {
    CUmodule module = new CUmodule();
    int status = cuModuleLoadData(module, text);
    if (status == 0) {
      ok(cuModuleUnload(module));
    }
    return status;
  }

  @Test
  void modulesOfferWhatTheirTextDeclares() throws IOException {
    String text = Files.readString(SimDevice.PTX);
    CUfunction f = new CUfunction();
    fails(CUDA_ERROR_NOT_FOUND, cuModuleGetFunction(f, sim.module, "test_nothing"));
    assertTrue(CudaSim.lastError().contains("test_nothing"), CudaSim.lastError());

    String head = text.substring(0, text.indexOf(".visible .entry"));
    int from = text.indexOf(".visible .entry test_axpy(");
    String one = head + text.substring(from, text.indexOf(".visible .entry", from + 1));
    CUmodule module = new CUmodule();
    ok(cuModuleLoadData(module, one));
    ok(cuModuleGetFunction(f, module, "test_axpy"));
    fails(CUDA_ERROR_NOT_FOUND, cuModuleGetFunction(f, module, "test_warp"));
    ok(cuModuleUnload(module));
    fails(CUDA_ERROR_INVALID_HANDLE, cuModuleGetFunction(f, module, "test_axpy"));
    fails(CUDA_ERROR_INVALID_HANDLE, cuModuleUnload(module));

    fails(CUDA_ERROR_INVALID_PTX, load(one.replace(".f32 test_axpy_param_0", ".u64 p")));
    assertTrue(
        CudaSim.lastError().contains("(float32, int64, int64, int64)")
            && CudaSim.lastError().contains("(int64, int64, int64, int64)"),
        CudaSim.lastError());
    fails(CUDA_ERROR_INVALID_PTX, load("no PTX"));
    fails(CUDA_ERROR_INVALID_PTX, load(one.substring(0, one.length() - 40)));
    fails(
        CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU, load(one.replace(".target sm_75", ".target sm_95")));
    fails(222, load(one.replace(".version 6.3", ".version 9.0")));
    ok(load(one.replace(".version 6.3", ".version 8.7")));
    CudaSim.driverVersion(12000);
    fails(222, load(one.replace(".version 6.3", ".version 8.1")));
  }

  @Test
  void launchesThatCannotBeAreRefused() {
    CUdeviceptr p = sim.alloc(4096);
    fails(CUDA_ERROR_INVALID_VALUE, sim.launch(null, "test_warp", 0, 32, at(p)));
    fails(CUDA_ERROR_INVALID_VALUE, sim.launch(null, "test_warp", 1, 1025, at(p)));
    fails(
        CUDA_ERROR_INVALID_VALUE, sim.launch(null, "test_block_sum", 1, 512, at(p), at(p), of(1)));
    assertTrue(CudaSim.lastError().contains("launch bound is 256"), CudaSim.lastError());
    fails(CUDA_ERROR_INVALID_VALUE, sim.launch(null, "test_warp", 1, 32, (Pointer) null));
  }

  @Test
  void aThreadNeedsAContext() throws InterruptedException {
    int[] status = {0};
    Thread other =
        new Thread(
            () -> {
              status[0] = cuMemAlloc(new CUdeviceptr(), 4);
            });
    other.start();
    other.join();
    fails(CUDA_ERROR_INVALID_CONTEXT, status[0]);
  }

  private static int deeper(int n) {
    return n == 0 ? 0 : 1 + deeper(n + 1);
  }

  /** The JVM finds null pointers and full stacks by the signals that the simulation looks at. */
  @Test
  void theJvmKeepsItsSignals() {
    CUdeviceptr x = sim.upload(1f);
    fails(
        CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
        sim.run("test_read_beyond", 1, 1, at(x), at(x), of(1 << 20)));
    CudaSim.reset();
    int[][] rows = new int[20_000][];
    int caught = 0;
    for (int[] row : rows) {
      try {
        caught += row.length;
      } catch (NullPointerException e) {
        caught++;
      }
    }
    assertEquals(rows.length, caught);
    assertThrows(StackOverflowError.class, () -> deeper(1));
    ok(sim.run("test_axpy", 1, 1, of(2f), at(x), at(x), of(1L)));
    assertEquals(3f, floats(x, 1)[0]);
  }
}
