package org.jacana.backend.cuda;

import java.nio.charset.StandardCharsets;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** The CUDA driver: its start, its facts about devices, and its statuses as exceptions. */
final class Driver {
  private Driver() {}

  /** Starts the driver once; a failure is thrown again at every call. */
  private static final class Start {
    static final CudaException FAILURE = start();

    private static CudaException start() {
      // Statuses are looked at by check(), which knows the call's name.
      JCudaDriver.setExceptionsEnabled(false);
      int status = JCudaDriver.cuInit(0);
      return status == CUresult.CUDA_SUCCESS ? null : failure("cuInit", status);
    }
  }

  /**
   * @throws CudaException where there is no working driver
   */
  static void start() {
    if (Start.FAILURE != null) {
      throw Start.FAILURE;
    }
  }

  /** Throws unless a driver call succeeded. */
  static void check(int status, String call) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw failure(call, status);
    }
  }

  static CudaException failure(String call, int status) {
    return new CudaException(call, status, explain(status));
  }

  private static String explain(int status) {
    String[] text = new String[1];
    String name =
        JCudaDriver.cuGetErrorName(status, text) == CUresult.CUDA_SUCCESS && text[0] != null
            ? text[0]
            : "status " + status;
    String words =
        JCudaDriver.cuGetErrorString(status, text) == CUresult.CUDA_SUCCESS && text[0] != null
            ? " (" + text[0] + ")"
            : "";
    return name + words + advice(status);
  }

  private static String advice(int status) {
    return switch (status) {
      case CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
          CUresult.CUDA_ERROR_LAUNCH_FAILED,
          CUresult.CUDA_ERROR_MISALIGNED_ADDRESS ->
          "; an earlier kernel failed and this process can no longer use the GPU: run with"
              + " -Djacana.cuda.sync=true to learn which";
      default -> "";
    };
  }

  /** The CUDA version that the driver supports, as 1000 major + 10 minor. */
  static int version() {
    int[] v = new int[1];
    check(JCudaDriver.cuDriverGetVersion(v), "cuDriverGetVersion");
    return v[0];
  }

  static int deviceCount() {
    start();
    int[] n = new int[1];
    check(JCudaDriver.cuDeviceGetCount(n), "cuDeviceGetCount");
    return n[0];
  }

  /** A device's compute capability, as 10 major + minor. */
  static int capability(CUdevice device) {
    return 10 * attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
        + attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
  }

  static String name(CUdevice device) {
    byte[] text = new byte[256];
    check(JCudaDriver.cuDeviceGetName(text, text.length, device), "cuDeviceGetName");
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    return new String(text, 0, end, StandardCharsets.UTF_8).trim();
  }

  /** Attribute {@link CUdevice_attribute} of a device. */
  static int attribute(CUdevice device, int attribute) {
    int[] v = new int[1];
    check(JCudaDriver.cuDeviceGetAttribute(v, attribute, device), "cuDeviceGetAttribute");
    return v[0];
  }
}
