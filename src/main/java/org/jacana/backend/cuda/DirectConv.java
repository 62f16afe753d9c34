package org.jacana.backend.cuda;

import org.jacana.DType;
import org.jacana.backend.View;

/** The three convolutions by own kernels, for every type and geometry: cuda/conv.cu. */
final class DirectConv {
  private static final int THREADS = 256;

  private final Gpu gpu;

  DirectConv(Gpu gpu) {
    this.gpu = gpu;
  }

  /** The operands are contiguous. */
  void run(ConvKind kind, ConvGeometry g, View x, View w, View y) {
    switch (kind) {
      case FORWARD -> launch("conv", g, y, x, w).over(y.size());
      case GRAD_INPUT -> launch("conv_grad_input", g, x, y, w).over(x.size());
      case GRAD_WEIGHT -> {
        // As many threads share a weight as leave each some 32 positions, up to a block of them.
        long positions = (long) g.n() * g.oh() * g.ow();
        int lanes = 1;
        while (lanes < THREADS && lanes * 32L < positions) {
          lanes *= 2;
        }
        int rows = THREADS / lanes;
        long blocks = Math.min((w.size() + rows - 1) / rows, 64L * gpu.context().processors());
        launch("conv_grad_weight", g, w, x, y).run((int) blocks, 1, lanes, rows);
      }
    }
  }

  private Launch launch(String kernel, ConvGeometry g, View out, View a, View b) {
    return gpu.launch("conv", kernel + "_" + suffix(out.dtype(), a.dtype(), b.dtype()))
        .ints(g.ints())
        .i64(Strided.address(out))
        .i32(out.dtype().ordinal())
        .i64(Strided.address(a))
        .i32(a.dtype().ordinal())
        .i64(Strided.address(b))
        .i32(b.dtype().ordinal());
  }

  private static String suffix(DType out, DType a, DType b) {
    if (out != a || out != b) {
      return "any";
    }
    return switch (out) {
      case F64 -> "f64";
      case F32 -> "f32";
      case F16 -> "f16";
      case BF16 -> "bf16";
      default -> "any";
    };
  }
}
