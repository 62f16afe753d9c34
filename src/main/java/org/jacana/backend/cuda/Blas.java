package org.jacana.backend.cuda;

import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasPointerMode;
import jcuda.runtime.cudaStream_t;
import org.jacana.DType;
import org.jacana.backend.OutOfDeviceMemoryException;

/**
 * cuBLAS on a GPU's stream: a handle with its own workspace, so that captured products need no
 * memory, and statuses as exceptions. Lives as long as the process.
 */
final class Blas {
  private static final int SUCCESS = 0;

  /** Reductions of half types stay in float32, which cuBLAS otherwise leaves open. */
  private static final int MATH =
      cublasMath.CUBLAS_DEFAULT_MATH | cublasMath.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION;

  /** The most products in one call: a grid's limit in its outer dimensions. */
  private static final int BATCH = 65535;

  /**
   * Column-major operands of one product: op(a) [m,k], op(b) [k,n], c [m,n], with their leading
   * dimensions, and the distances in elements between the products of a batch.
   */
  record Gemm(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      int lda,
      int ldb,
      int ldc,
      long nextA,
      long nextB,
      long nextC,
      int batch) {}

  /** A place in memory. */
  interface Operand {
    /** The address, moved by some elements. */
    Address at(long elements);
  }

  private final Gpu gpu;
  private final cublasHandle handle = new cublasHandle();
  private final Pointer one32;
  private final Pointer zero32;
  private final Pointer one64;
  private final Pointer zero64;

  /**
   * @throws CudaException if cuBLAS does not start
   * @throws OutOfDeviceMemoryException if there is no memory for its workspace
   * @throws UnsupportedOperationException if it is not here
   */
  Blas(Gpu gpu) {
    Libraries.requireCublas();
    this.gpu = gpu;
    JCublas2.setExceptionsEnabled(false);
    gpu.context().enter();
    Pinned scalars = new Pinned(32);
    scalars.bytes().putFloat(0, 1).putFloat(4, 0).putDouble(8, 1).putDouble(16, 0);
    one32 = scalars.pointer();
    zero32 = scalars.pointer(4);
    one64 = scalars.pointer(8);
    zero64 = scalars.pointer(16);
    Address workspace = null;
    boolean made = false;
    boolean done = false;
    try {
      check(JCublas2.cublasCreate(handle), "cublasCreate");
      made = true;
      long bytes = gpu.context().capability() >= 90 ? 32L << 20 : 4L << 20;
      workspace = gpu.memory().lasting(bytes);
      // The stream first: setting it takes a workspace away.
      check(
          JCublas2.cublasSetStream(handle, new cudaStream_t(gpu.context().stream())),
          "cublasSetStream");
      check(JCublas2.cublasSetWorkspace(handle, workspace, bytes), "cublasSetWorkspace");
      check(
          JCublas2.cublasSetPointerMode(handle, cublasPointerMode.CUBLAS_POINTER_MODE_HOST),
          "cublasSetPointerMode");
      check(JCublas2.cublasSetMathMode(handle, MATH), "cublasSetMathMode");
      done = true;
    } finally {
      if (!done) {
        // The first failure is the one to tell.
        if (made) {
          JCublas2.cublasDestroy(handle);
        }
        if (workspace != null) {
          JCudaDriver.cuMemFree(workspace);
        }
        scalars.close();
      }
    }
  }

  /** Whether there are products of this type. */
  static boolean takes(DType t) {
    return t.isFloat();
  }

  private static int type(DType t) {
    return switch (t) {
      case F64 -> cudaDataType.CUDA_R_64F;
      case F32 -> cudaDataType.CUDA_R_32F;
      case F16 -> cudaDataType.CUDA_R_16F;
      case BF16 -> cudaDataType.CUDA_R_16BF;
      default -> throw new IllegalArgumentException("cuBLAS: no products of " + t);
    };
  }

  /** c = op(a) op(b) for every product of the batch. The caller holds the GPU's lock. */
  void gemm(DType t, Gemm g, Operand c, Operand a, Operand b) {
    gpu.context().enter();
    boolean wide = t == DType.F64;
    int type = type(t);
    int compute =
        wide
            ? cublasComputeType.CUBLAS_COMPUTE_64F
            : t == DType.F32 && gpu.allowTf32()
                ? cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32
                : cublasComputeType.CUBLAS_COMPUTE_32F;
    int opA = g.transA ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
    int opB = g.transB ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
    Pointer one = wide ? one64 : one32;
    Pointer zero = wide ? zero64 : zero32;
    if (g.batch == 1) {
      // JCuda's cublasGemmEx without _new takes the compute types of CUDA 10.
      check(
          JCublas2.cublasGemmEx_new(
              handle,
              opA,
              opB,
              g.m,
              g.n,
              g.k,
              one,
              a.at(0),
              type,
              g.lda,
              b.at(0),
              type,
              g.ldb,
              zero,
              c.at(0),
              type,
              g.ldc,
              compute,
              cublasGemmAlgo.CUBLAS_GEMM_DEFAULT),
          "cublasGemmEx");
    }
    for (int from = 0; from < g.batch && g.batch > 1; from += BATCH) {
      check(
          JCublas2.cublasGemmStridedBatchedEx_new(
              handle,
              opA,
              opB,
              g.m,
              g.n,
              g.k,
              one,
              a.at(from * g.nextA),
              type,
              g.lda,
              g.nextA,
              b.at(from * g.nextB),
              type,
              g.ldb,
              g.nextB,
              zero,
              c.at(from * g.nextC),
              type,
              g.ldc,
              g.nextC,
              Math.min(BATCH, g.batch - from),
              compute,
              cublasGemmAlgo.CUBLAS_GEMM_DEFAULT),
          "cublasGemmStridedBatchedEx");
    }
    gpu.settle("cublasGemmEx");
  }

  private static void check(int status, String call) {
    if (status != SUCCESS) {
      throw new CudaException(call, status, explain(status));
    }
  }

  /** A status by its name in cublas_api.h; {@code cublasGetStatusName} came only with CUDA 11.4. */
  static String explain(int status) {
    return switch (status) {
      case 1 -> "CUBLAS_STATUS_NOT_INITIALIZED (no handle, or no GPU memory left to make one)";
      case 3 -> "CUBLAS_STATUS_ALLOC_FAILED (no GPU memory left for cuBLAS)";
      case 7 -> "CUBLAS_STATUS_INVALID_VALUE";
      case 8 -> "CUBLAS_STATUS_ARCH_MISMATCH (the GPU is too old for this operation)";
      case 11 -> "CUBLAS_STATUS_MAPPING_ERROR";
      case 13 ->
          "CUBLAS_STATUS_EXECUTION_FAILED (often an earlier kernel: run with"
              + " -Djacana.cuda.sync=true to learn which)";
      case 14 -> "CUBLAS_STATUS_INTERNAL_ERROR";
      case 15 -> "CUBLAS_STATUS_NOT_SUPPORTED";
      case 16 -> "CUBLAS_STATUS_LICENSE_ERROR";
      default -> "status " + status;
    };
  }
}
