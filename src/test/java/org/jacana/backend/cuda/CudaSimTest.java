package org.jacana.backend.cuda;

import static jcuda.driver.JCudaDriver.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class CudaSimTest {
  @BeforeAll
  static void open() {
    Assumptions.assumeTrue(CudaSim.available());
    CudaSim.load();
    check(cuInit(0));
    CUdevice device = new CUdevice();
    check(cuDeviceGet(device, 0));
    CUcontext context = new CUcontext();
    check(cuDevicePrimaryCtxRetain(context, device));
    check(cuCtxSetCurrent(context));
  }

  static void check(int status) {
    if (status != 0) {
      String[] text = {null};
      cuGetErrorString(status, text);
      throw new AssertionError(CUresult.stringFor(status) + ": " + text[0]);
    }
  }

  @Test
  void axpy() throws IOException {
    CUmodule module = new CUmodule();
    check(
        cuModuleLoadData(
            module, Files.readString(Path.of("src/test/cuda-sim/ptx/testkernels.ptx"))));
    CUfunction f = new CUfunction();
    check(cuModuleGetFunction(f, module, "test_axpy"));
    CUdeviceptr x = new CUdeviceptr();
    CUdeviceptr y = new CUdeviceptr();
    check(cuMemAlloc(x, 4000));
    check(cuMemAlloc(y, 4000));
    float[] a = new float[1000];
    for (int i = 0; i < 1000; i++) a[i] = i;
    check(cuMemcpyHtoD(x, Pointer.to(a), 4000));
    check(cuMemcpyHtoD(y, Pointer.to(a), 4000));
    check(
        cuLaunchKernel(
            f,
            3,
            1,
            1,
            128,
            1,
            1,
            0,
            null,
            Pointer.to(
                Pointer.to(new float[] {2}),
                Pointer.to(x),
                Pointer.to(y),
                Pointer.to(new long[] {1000})),
            null));
    float[] b = new float[1000];
    check(cuMemcpyDtoH(Pointer.to(b), y, 4000));
    for (int i = 0; i < 1000; i++) assertEquals(3f * i, b[i]);
    long t = System.nanoTime();
    for (int k = 0; k < 1000; k++) {
      check(
          cuLaunchKernel(
              f,
              32,
              1,
              1,
              256,
              1,
              1,
              0,
              null,
              Pointer.to(
                  Pointer.to(new float[] {2}),
                  Pointer.to(x),
                  Pointer.to(y),
                  Pointer.to(new long[] {1000})),
              null));
    }
    check(cuCtxSynchronize());
    System.out.println("per launch us " + (System.nanoTime() - t) / 1e6);
    check(cuMemFree(x));
    check(cuMemFree(y));
    assertEquals(0, CudaSim.liveBytes());
  }
}
