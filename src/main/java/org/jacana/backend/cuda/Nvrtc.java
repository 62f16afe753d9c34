package org.jacana.backend.cuda;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;

/** Compiles CUDA C++ to PTX at run time. The library must have been loaded. */
final class Nvrtc {
  private static final Pattern VERSION = Pattern.compile("\\.version\\s+(\\d+)\\.(\\d+)");

  private Nvrtc() {}

  /**
   * PTX for the oldest of the GPUs here, which the others run too.
   *
   * @throws IllegalArgumentException with the compiler's messages
   */
  static String compile(String source, String kernel) {
    nvrtcProgram program = new nvrtcProgram();
    check(
        JNvrtc.nvrtcCreateProgram(program, source, kernel + ".cu", 0, null, null),
        "nvrtcCreateProgram");
    try {
      String[] options = {"--gpu-architecture=compute_" + architecture(), "--std=c++17"};
      int status = JNvrtc.nvrtcCompileProgram(program, options.length, options);
      if (status != 0) {
        String[] log = new String[1];
        check(JNvrtc.nvrtcGetProgramLog(program, log), "nvrtcGetProgramLog");
        throw new IllegalArgumentException(
            "kernel "
                + kernel
                + ": the source does not compile ("
                + JNvrtc.nvrtcGetErrorString(status)
                + ")\n"
                + text(log[0]));
      }
      String[] ptx = new String[1];
      check(JNvrtc.nvrtcGetPTX(program, ptx), "nvrtcGetPTX");
      return forDriver(text(ptx[0]), Examination.newestPtx(Driver.version()));
    } finally {
      JNvrtc.nvrtcDestroyProgram(program);
    }
  }

  /** Without the byte that ends a string of C. */
  private static String text(String c) {
    int end = c.indexOf(0);
    return end < 0 ? c : c.substring(0, end);
  }

  private static void check(int status, String call) {
    if (status != 0) {
      throw new CudaException(call, status, JNvrtc.nvrtcGetErrorString(status));
    }
  }

  /** The newest that the compiler knows of those that every GPU here can run. */
  private static int architecture() {
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < Driver.deviceCount(); i++) {
      CUdevice d = new CUdevice();
      Driver.check(JCudaDriver.cuDeviceGet(d, i), "cuDeviceGet");
      least = Math.min(least, Driver.capability(d));
    }
    int[] count = new int[1];
    check(JNvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
    int[] known = new int[count[0]];
    check(JNvrtc.nvrtcGetSupportedArchs(known), "nvrtcGetSupportedArchs");
    int most = least;
    return Arrays.stream(known)
        .filter(a -> a <= most)
        .max()
        .orElseThrow(
            () ->
                new UnsupportedOperationException(
                    "NVRTC: compiles for compute capabilities "
                        + Arrays.toString(known)
                        + ", and a GPU here has "
                        + most
                        + "; install an older NVRTC"));
  }

  /**
   * A newer NVRTC than the driver marks its text with a PTX version that the driver refuses, though
   * the text itself rarely has anything new; then the mark is lowered to the driver's.
   */
  static String forDriver(String ptx, String newest) {
    Matcher m = VERSION.matcher(ptx);
    Matcher n = Pattern.compile("(\\d+)\\.(\\d+)").matcher(newest);
    if (!m.find() || !n.find()) {
      return ptx;
    }
    int has = 100 * Integer.parseInt(m.group(1)) + Integer.parseInt(m.group(2));
    int takes = 100 * Integer.parseInt(n.group(1)) + Integer.parseInt(n.group(2));
    return has <= takes
        ? ptx
        : ptx.substring(0, m.start()) + ".version " + n.group() + ptx.substring(m.end());
  }
}
