package org.jacana.backend.cuda;

import org.jacana.DType;
import org.jacana.backend.Layout;
import org.jacana.backend.PoolSpec;
import org.jacana.backend.View;

/** Pooling over images [N,H,W,C]: cuda/pool.cu. Sums in gradients have a fixed order. */
final class Pooling {
  private final Gpu gpu;

  Pooling(Gpu gpu) {
    this.gpu = gpu;
  }

  void maxPool(PoolSpec s, View y, View index, View x) {
    if (y.size() > 0) {
      launch("max_pool", s, x, y, index, y, index, x).over(y.size() / lanes(y, index, x));
    }
  }

  void maxPoolGrad(PoolSpec s, View dx, View dy, View index) {
    if (dx.size() > 0) {
      launch("max_pool_grad", s, dx, dy, index, dx, dy, index)
          .over(dx.size() / lanes(dx, dy, index));
    }
  }

  void maxPoolGather(PoolSpec s, View g, View x, View index) {
    if (g.size() > 0) {
      launch("max_pool_gather", s, x, g, index, g, x, index).over(g.size() / lanes(g, x, index));
    }
  }

  void avgPool(PoolSpec s, View y, View x) {
    if (y.size() > 0) {
      launch("avg_pool", s, x, y, null, y, x).over(y.size() / lanes(y, x));
    }
  }

  void avgPoolGrad(PoolSpec s, View dx, View dy) {
    if (dx.size() > 0) {
      launch("avg_pool_grad", s, dx, dy, null, dx, dy).over(dx.size() / lanes(dx, dy));
    }
  }

  /** Begins a launch: the geometry, then each operand's address and type. */
  private Launch launch(String name, PoolSpec s, View x, View y, View index, View... operands) {
    long[] geometry =
        struct(s, x.layout(), y.layout(), index == null ? y.layout() : index.layout());
    long[] addresses = new long[operands.length];
    for (int i = 0; i < operands.length; i++) {
      addresses[i] = Strided.address(operands[i]);
    }
    Launch launch = gpu.launch("pool", name + "_" + kind(operands)).longs(geometry);
    for (int i = 0; i < operands.length; i++) {
      launch.i64(addresses[i]).i32(operands[i].dtype().ordinal());
    }
    return launch;
  }

  private static String kind(View... operands) {
    if (lanes(operands) == 4) {
      return "4";
    }
    DType type = operands[0].dtype();
    return type == DType.F32 || type == DType.F16 || type == DType.BF16 ? "f" : "d";
  }

  /** The channels that a thread takes: 4 where every operand can be read in whole vectors. */
  private static int lanes(View... operands) {
    for (View v : operands) {
      boolean positions = v.dtype() == DType.U8 || v.dtype() == DType.I32;
      boolean narrow = v.dtype().isFloat() && v.dtype() != DType.F64;
      if (!(narrow || positions && v != operands[0])
          || !v.layout().isContiguous()
          || v.layout().dim(3) % 4 != 0
          || Strided.address(v) % (4L * v.dtype().bytes()) != 0) {
        return 1;
      }
    }
    return 4;
  }

  private static long[] struct(PoolSpec s, Layout x, Layout y, Layout index) {
    long[] v = new long[25];
    long[] head = {
      x.dim(0),
      x.dim(1),
      x.dim(2),
      x.dim(3),
      y.dim(1),
      y.dim(2),
      s.kernelH(),
      s.kernelW(),
      s.strideH(),
      s.strideW(),
      s.padH(),
      s.padW(),
      s.countPadding() ? 1 : 0
    };
    System.arraycopy(head, 0, v, 0, head.length);
    for (int a = 0; a < 4; a++) {
      v[13 + a] = x.stride(a);
      v[17 + a] = y.stride(a);
      v[21 + a] = index.stride(a);
    }
    return v;
  }
}
