package org.jacana.backend.cuda;

import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemAllocHost;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.Assumptions;

/**
 * The simulated driver as its own tests use it, by JCuda alone: a context, the test kernels, and
 * memory that is freed on close. Opening it resets the simulation.
 */
final class SimDevice implements AutoCloseable {
  static final Path PTX = Path.of("src/test/cuda-sim/ptx/testkernels.ptx");

  final CUmodule module = new CUmodule();

  /** Memory of others in this process: the backend keeps some for as long as it lives. */
  final long blocksBefore;

  final long bytesBefore;
  private final long pinnedBefore;
  private final List<CUdeviceptr> blocks = new ArrayList<>();
  private final List<Pointer> pinned = new ArrayList<>();
  private final List<CUstream> streams = new ArrayList<>();

  SimDevice() throws IOException {
    enter();
    // Work of others is theirs to see done.
    ok(cuCtxSynchronize());
    CudaSim.reset();
    blocksBefore = CudaSim.liveAllocations();
    bytesBefore = CudaSim.liveBytes();
    pinnedBefore = CudaSim.livePinned();
    ok(cuModuleLoadData(module, Files.readString(PTX)));
  }

  /** Loads the stand-in and makes its context current in this thread; skips where it cannot. */
  static void enter() {
    Assumptions.assumeTrue(CudaSim.available(), "no g++");
    CudaSim.load();
    JCudaDriver.setExceptionsEnabled(false);
    CUdevice device = new CUdevice();
    CUcontext context = new CUcontext();
    ok(cuInit(0));
    ok(cuDeviceGet(device, 0));
    ok(cuDevicePrimaryCtxRetain(context, device));
    ok(cuCtxSetCurrent(context));
  }

  static void ok(int status) {
    assertEquals(CUresult.CUDA_SUCCESS, status, () -> CUresult.stringFor(status) + words());
  }

  static void fails(int expected, int status) {
    assertEquals(CUresult.stringFor(expected), CUresult.stringFor(status), SimDevice::words);
  }

  private static String words() {
    return ": " + CudaSim.lastError();
  }

  Address alloc(long bytes) {
    Address p = new Address();
    ok(cuMemAlloc(p, bytes));
    blocks.add(p);
    return p;
  }

  CUdeviceptr upload(float... values) {
    CUdeviceptr p = alloc(4L * values.length);
    ok(cuMemcpyHtoD(p, Pointer.to(values), 4L * values.length));
    return p;
  }

  CUdeviceptr upload(int... values) {
    CUdeviceptr p = alloc(4L * values.length);
    ok(cuMemcpyHtoD(p, Pointer.to(values), 4L * values.length));
    return p;
  }

  static float[] floats(CUdeviceptr p, int n) {
    float[] out = new float[n];
    ok(cuMemcpyDtoH(Pointer.to(out), p, 4L * n));
    return out;
  }

  static int[] ints(CUdeviceptr p, int n) {
    int[] out = new int[n];
    ok(cuMemcpyDtoH(Pointer.to(out), p, 4L * n));
    return out;
  }

  Pointer pinned(long bytes) {
    Pointer p = new Pointer();
    ok(cuMemAllocHost(p, bytes));
    pinned.add(p);
    return p;
  }

  CUstream stream(int flags) {
    CUstream s = new CUstream();
    ok(cuStreamCreate(s, flags));
    streams.add(s);
    return s;
  }

  CUfunction kernel(String name) {
    CUfunction f = new CUfunction();
    ok(cuModuleGetFunction(f, module, name));
    return f;
  }

  /** Launches a kernel of the test file; the status is the launch's own. */
  int launch(CUstream stream, String kernel, int blocks, int threads, Pointer... arguments) {
    return cuLaunchKernel(
        kernel(kernel), blocks, 1, 1, threads, 1, 1, 0, stream, Pointer.to(arguments), null);
  }

  /** Launches on the default stream and waits; the status is the wait's. */
  int run(String kernel, int blocks, int threads, Pointer... arguments) {
    ok(launch(null, kernel, blocks, threads, arguments));
    return cuCtxSynchronize();
  }

  static Pointer of(int... value) {
    return Pointer.to(value);
  }

  static Pointer of(float... value) {
    return Pointer.to(value);
  }

  static Pointer of(long... value) {
    return Pointer.to(value);
  }

  static Pointer at(CUdeviceptr p) {
    return Pointer.to(p);
  }

  /** Frees what this object made and resets the simulation. */
  @Override
  public void close() {
    CudaSim.reset();
    streams.forEach(s -> ok(cuStreamDestroy(s)));
    blocks.forEach(p -> ok(cuMemFree(p)));
    pinned.forEach(p -> ok(cuMemFreeHost(p)));
    ok(cuModuleUnload(module));
    assertEquals(blocksBefore, CudaSim.liveAllocations());
    assertEquals(pinnedBefore, CudaSim.livePinned());
    CudaSim.reset();
  }
}
