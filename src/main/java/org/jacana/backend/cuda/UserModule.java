package org.jacana.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import jcuda.driver.CUfunction;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Has the driver compile PTX that others wrote, and says what it thinks of it. */
final class UserModule {
  private static final int LOG = 8192;

  private UserModule() {}

  /**
   * Compiles the text and finds its kernel.
   *
   * @throws IllegalArgumentException with the compiler's messages
   * @throws UnsupportedOperationException if the text is for a newer driver or another GPU
   */
  static CUfunction load(Context context, String ptx, String kernel) {
    context.enter();
    byte[] text = ptx.getBytes(StandardCharsets.UTF_8);
    CUmodule module = new CUmodule();
    try (Pinned image = new Pinned(text.length + 1);
        Pinned log = new Pinned(LOG + 16)) {
      image.bytes().put(0, text).put(text.length, (byte) 0);
      // The values of the options: the buffer's address, and its size in place of an address.
      ByteBuffer b = log.bytes();
      b.put(0, (byte) 0).putLong(LOG, log.address()).putLong(LOG + 8, LOG);
      int[] options = {
        CUjit_option.CU_JIT_ERROR_LOG_BUFFER, CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES
      };
      int status =
          JCudaDriver.cuModuleLoadDataEx(
              module, image.pointer(), options.length, options, log.pointer(LOG));
      if (status != CUresult.CUDA_SUCCESS) {
        throw failure(context, ptx, kernel, status, words(b));
      }
    }
    return Kernels.function(module, kernel);
  }

  private static String words(ByteBuffer log) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < LOG && log.get(i) != 0; i++) {
      out.append((char) log.get(i));
    }
    return out.toString().strip();
  }

  private static RuntimeException failure(
      Context context, String ptx, String kernel, int status, String log) {
    String rest = log.isEmpty() ? "" : ": " + log;
    return switch (status) {
      case CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION ->
          new UnsupportedOperationException(
              "kernel "
                  + kernel
                  + ": is PTX "
                  + new Ptx(ptx).version()
                  + ", and the driver takes PTX up to "
                  + Examination.newestPtx(Driver.version())
                  + "; compile it with an older nvcc, or install a newer driver");
      case CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU ->
          new UnsupportedOperationException(
              "kernel "
                  + kernel
                  + ": its .target is newer than "
                  + context.name()
                  + ", which has compute capability "
                  + context.capability() / 10
                  + "."
                  + context.capability() % 10
                  + "; compile it with nvcc -arch=compute_"
                  + context.capability()
                  + rest);
      case CUresult.CUDA_ERROR_INVALID_PTX, CUresult.CUDA_ERROR_INVALID_IMAGE ->
          new IllegalArgumentException("kernel " + kernel + ": the driver refuses the PTX" + rest);
      default -> Driver.failure("cuModuleLoadDataEx of kernel " + kernel + rest, status);
    };
  }
}
