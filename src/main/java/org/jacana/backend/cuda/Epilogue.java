package org.jacana.backend.cuda;

import org.jacana.DType;
import org.jacana.backend.View;

/** A bias along the last axis and a rectifier after a product, in place: cuda/epilogue.cu. */
final class Epilogue {
  private final Gpu gpu;

  Epilogue(Gpu gpu) {
    this.gpu = gpu;
  }

  /** Whether the kernels take y and the bias, which may be null. */
  boolean takes(View y, View b) {
    DType t = y.dtype();
    return (t == DType.F32 || t == DType.F16 || t == DType.BF16)
        && y.layout().isContiguous()
        && (b == null || b.dtype() == t);
  }

  /** y = relu?(y + b). */
  void run(View y, View b, boolean relu) {
    if (y.size() == 0) {
      return;
    }
    int n = y.layout().dim(y.layout().rank() - 1);
    int lanes = 16 / y.dtype().bytes();
    long at = Strided.address(y);
    long from = b == null ? 0 : Strided.address(b);
    boolean wide =
        n % lanes == 0 && (at | from) % 16 == 0 && (b == null || b.layout().stride(0) == 1);
    String kernel =
        switch (y.dtype()) {
          case F32 -> "epilogue_f32";
          case F16 -> "epilogue_f16";
          default -> "epilogue_bf16";
        };
    gpu.launch("epilogue", kernel)
        .i64(y.size())
        .i32(n)
        .i64(at)
        .i64(from)
        .i64(b == null ? 0 : b.layout().stride(0))
        .i32(relu ? 1 : 0)
        .i32(wide ? 1 : 0)
        .over(wide ? y.size() / lanes : y.size());
  }
}
