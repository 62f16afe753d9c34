package org.jacana.backend.cuda;

import java.io.IOException;
import java.nio.file.Path;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Whether the loaded driver can run the shipped kernels, and why not. */
final class DriverCheck {
  /** The least compute capability, as 10 major + minor: that of the PTX. */
  static final int CAPABILITY = 75;

  /** JCuda's natives call functions of this CUDA version. */
  private static final int VERSION = 12000;

  private static final String UPDATE = "install driver 525.60 or newer";

  private DriverCheck() {}

  /** Loads the driver and its binding; null when it answers. */
  static Failure load(Path library) {
    try {
      System.load(library.toString());
      Bindings.load("jcuda.driver.JCudaDriver", "JCudaDriver", null, null);
      return null;
    } catch (IOException | LinkageError e) {
      return cannotLoad(library.toString(), e);
    }
  }

  /** Starts the loaded driver; null when a GPU can be used. */
  static Failure start(Path library) {
    // A driver of an older CUDA lacks functions, and calling those would end the process.
    int version = Driver.version();
    if (version < VERSION) {
      return new Failure(
          "the NVIDIA driver "
              + library
              + " is for CUDA "
              + text(version)
              + ", and the binding needs CUDA "
              + text(VERSION),
          UPDATE);
    }
    try {
      if (Driver.deviceCount() == 0) {
        return failure(library, CUresult.CUDA_ERROR_NO_DEVICE, "");
      }
      return capability();
    } catch (CudaException e) {
      return failure(library, e.status(), e.getMessage());
    }
  }

  private static Failure capability() {
    CUdevice d = new CUdevice();
    Driver.check(JCudaDriver.cuDeviceGet(d, 0), "cuDeviceGet");
    int c = Driver.capability(d);
    return c >= CAPABILITY
        ? null
        : new Failure(
            Driver.name(d)
                + " has compute capability "
                + dotted(c)
                + ", and the kernels need "
                + dotted(CAPABILITY)
                + " (Turing) or newer",
            "choose another GPU with CUDA_VISIBLE_DEVICES, or use the cpu");
  }

  /** What a library that is there but cannot be loaded means. */
  static Failure cannotLoad(String library, Throwable e) {
    String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
    boolean noexec = why.contains("Operation not permitted");
    return new Failure(
        library + " cannot be loaded (" + why + ")",
        noexec
            ? "programs may not be run from "
                + System.getProperty("java.io.tmpdir")
                + ": name another folder with -Djava.io.tmpdir"
            : "reinstall it, or name another folder with " + SearchPath.VARIABLE);
  }

  private static Failure failure(Path library, int status, String message) {
    return switch (status) {
      case CUresult.CUDA_ERROR_NO_DEVICE ->
          new Failure(
              "the NVIDIA driver sees no GPU" + visible(),
              "check nvidia-smi and CUDA_VISIBLE_DEVICES, and in a container pass the GPU in"
                  + " (docker run --gpus all)");
      case CUresult.CUDA_ERROR_STUB_LIBRARY ->
          new Failure(
              library + " is the CUDA toolkit's stand-in for linking, not a driver",
              "take its folder off LD_LIBRARY_PATH and install NVIDIA's driver");
      case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH ->
          new Failure(
              "the NVIDIA driver's library "
                  + library
                  + " and the loaded kernel module are of different versions",
              "restart the machine");
      case CUresult.CUDA_ERROR_SYSTEM_NOT_READY ->
          new Failure(
              "the NVIDIA driver is not ready (" + message + ")",
              "start nvidia-fabricmanager, or restart the machine");
      default ->
          new Failure(
              "the NVIDIA driver does not start (" + message + ")",
              "check nvidia-smi, and dmesg for messages of NVRM");
    };
  }

  private static String visible() {
    String v = System.getenv("CUDA_VISIBLE_DEVICES");
    return v == null ? "" : " (CUDA_VISIBLE_DEVICES is '" + v + "')";
  }

  /** A CUDA version, given as 1000 major + 10 minor, in words. */
  static String text(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  private static String dotted(int capability) {
    return capability / 10 + "." + capability % 10;
  }
}
