package org.jacana.backend.cuda;

import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnHandle;
import jcuda.runtime.cudaStream_t;
import org.jacana.DType;

/** cuDNN on a GPU's stream, and its statuses as exceptions. Lives as long as the process. */
final class Dnn {
  private static final int SUCCESS = 0;

  private final Gpu gpu;
  private final cudnnHandle handle = new cudnnHandle();
  private final Pointer one;
  private final Pointer zero;

  /**
   * @throws CudaException if cuDNN does not start
   * @throws UnsupportedOperationException if it is not here
   */
  Dnn(Gpu gpu) {
    Libraries.requireCudnn();
    this.gpu = gpu;
    JCudnn.setExceptionsEnabled(false);
    gpu.context().enter();
    Pinned scalars = new Pinned(16);
    scalars.bytes().putFloat(0, 1).putFloat(4, 0);
    one = scalars.pointer();
    zero = scalars.pointer(4);
    boolean made = false;
    boolean done = false;
    try {
      check(JCudnn.cudnnCreate(handle), "cudnnCreate");
      made = true;
      check(
          JCudnn.cudnnSetStream(handle, new cudaStream_t(gpu.context().stream())),
          "cudnnSetStream");
      done = true;
    } finally {
      if (!done) {
        // The first failure is the one to tell.
        if (made) {
          JCudnn.cudnnDestroy(handle);
        }
        scalars.close();
      }
    }
  }

  Gpu gpu() {
    return gpu;
  }

  cudnnHandle handle() {
    return handle;
  }

  /** A float 1 that cuDNN may read. */
  Pointer one() {
    return one;
  }

  /** A float 0 that cuDNN may read. */
  Pointer zero() {
    return zero;
  }

  /** Whether cuDNN convolves this type in rows of channels. */
  static boolean takes(DType t) {
    return t == DType.F32 || t == DType.F16 || t == DType.BF16;
  }

  static int type(DType t) {
    return switch (t) {
      case F32 -> cudnnDataType.CUDNN_DATA_FLOAT;
      case F16 -> cudnnDataType.CUDNN_DATA_HALF;
      case BF16 -> cudnnDataType.CUDNN_DATA_BFLOAT16;
      default -> throw new IllegalArgumentException("cuDNN: no convolutions of " + t);
    };
  }

  /** Whether a status of cuDNN 9 says that a case has no kernel. */
  static boolean refused(int status) {
    return status >= 3000 && status < 4000;
  }

  static void check(int status, String call) {
    if (status != SUCCESS) {
      throw new CudaException(call, status, JCudnn.cudnnGetErrorString(status));
    }
  }
}
