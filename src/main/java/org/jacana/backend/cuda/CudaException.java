package org.jacana.backend.cuda;

/** A CUDA, cuBLAS or cuDNN call that did not succeed. */
public final class CudaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int status;

  CudaException(String call, int status, String explanation) {
    super(call + ": " + explanation);
    this.call = call;
    this.status = status;
  }

  /** The function that failed, such as {@code cuMemcpyHtoDAsync}. */
  public String call() {
    return call;
  }

  /** The status it returned. */
  public int status() {
    return status;
  }
}
