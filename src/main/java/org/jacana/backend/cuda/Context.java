package org.jacana.backend.cuda;

import static org.jacana.backend.cuda.Driver.check;

import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/**
 * A GPU's primary context, which cuBLAS and cuDNN share, and the one stream on which everything
 * runs. Lives as long as the process.
 */
final class Context {
  private final int index;
  private final CUdevice device = new CUdevice();
  private final CUcontext handle = new CUcontext();
  private final CUstream stream = new CUstream();
  private final String name;
  private final int major;
  private final int minor;
  private final int processors;
  private final long memory;
  private final ThreadLocal<Boolean> current = new ThreadLocal<>();

  /**
   * @throws CudaException if the device does not exist or cannot be used
   * @throws UnsupportedOperationException if the GPU is older than the shipped kernels
   */
  Context(int index) {
    Driver.start();
    this.index = index;
    check(JCudaDriver.cuDeviceGet(device, index), "cuDeviceGet");
    name = Driver.name(device);
    major =
        Driver.attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
    minor =
        Driver.attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    processors =
        Driver.attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    if (10 * major + minor < DriverCheck.CAPABILITY) {
      throw new UnsupportedOperationException(
          name
              + " has compute capability "
              + major
              + "."
              + minor
              + "; the kernels need 7.5 (Turing) or newer");
    }
    long[] total = new long[1];
    check(JCudaDriver.cuDeviceTotalMem(total, device), "cuDeviceTotalMem");
    memory = total[0];
    check(JCudaDriver.cuDevicePrimaryCtxRetain(handle, device), "cuDevicePrimaryCtxRetain");
    boolean done = false;
    try {
      enter();
      check(
          JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING),
          "cuStreamCreate");
      done = true;
    } finally {
      if (!done) {
        JCudaDriver.cuDevicePrimaryCtxRelease(device);
      }
    }
  }

  /** Gives everything back after what needs this did not start; the first failure is told. */
  void abandon() {
    JCudaDriver.cuStreamDestroy(stream);
    JCudaDriver.cuDevicePrimaryCtxRelease(device);
  }

  /** Makes the context current in the calling thread; cheap when it is already. */
  void enter() {
    if (current.get() == null) {
      check(JCudaDriver.cuCtxSetCurrent(handle), "cuCtxSetCurrent");
      current.set(true);
    }
  }

  CUdevice device() {
    return device;
  }

  CUstream stream() {
    return stream;
  }

  int index() {
    return index;
  }

  String name() {
    return name;
  }

  /** Compute capability as 10 major + minor. */
  int capability() {
    return 10 * major + minor;
  }

  /** The number of multiprocessors. */
  int processors() {
    return processors;
  }

  /** Bytes of the GPU's memory. */
  long memory() {
    return memory;
  }

  /** Waits for everything enqueued. */
  void synchronize() {
    enter();
    check(JCudaDriver.cuStreamSynchronize(stream), "cuStreamSynchronize");
  }
}
