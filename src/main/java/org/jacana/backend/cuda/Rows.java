package org.jacana.backend.cuda;

import java.util.Locale;
import org.jacana.DType;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/**
 * Softmax and cross-entropy over rows, one launch each: cuda/rows.cu. Labels stay on the device;
 * one that is no class makes its row's results NaN.
 */
final class Rows {
  private final Gpu gpu;

  Rows(Gpu gpu) {
    this.gpu = gpu;
  }

  /** Lanes for a row: some of a warp's for up to 1024 elements, a block's beyond. */
  static int group(int k) {
    if (k > 1024) {
      return k > 16384 ? 512 : 256;
    }
    int lanes = 1;
    while (lanes < 32 && 4 * lanes < k) {
      lanes *= 2;
    }
    return lanes;
  }

  static String name(DType t) {
    return t.name().toLowerCase(Locale.ROOT);
  }

  /** Whether rows of k elements, {@code stride} apart from an address, are whole aligned packs. */
  static boolean packs(DType t, int k, long stride, long... addresses) {
    boolean whole = (long) k * t.bytes() % 16 == 0 && stride * t.bytes() % 16 == 0;
    for (long a : addresses) {
      whole &= a % 16 == 0;
    }
    return whole;
  }

  static void run(Gpu gpu, Launch l, long rows, int group) {
    int threads = Math.max(256, group);
    long perBlock = threads / group;
    long blocks = Math.min((rows + perBlock - 1) / perBlock, 64L * gpu.context().processors());
    l.run((int) blocks, threads);
  }

  boolean softmax(boolean log, View y, View x) {
    if (!Dense.floats(x, y) || !Dense.whole(y)) {
      return false;
    }
    if (x.size() > 0) {
      try (Dense d = new Dense(gpu)) {
        write(log, y, d.of(x));
      }
    }
    return true;
  }

  private void write(boolean log, View y, View x) {
    int k = x.shape().dim(-1);
    long in = Strided.address(x);
    long out = Strided.address(y);
    long n = x.size() / k;
    int group = group(k);
    Launch l =
        gpu.launch("rows", "softmax_" + name(x.dtype()))
            .i64(out)
            .i64(in)
            .i64(n)
            .i32(k)
            .i32(group)
            .i32(packs(x.dtype(), k, k, in, out) ? 1 : 0)
            .i32(log ? 1 : 0);
    run(gpu, l, n, group);
  }

  boolean softmaxGrad(boolean log, View dx, View dy, View y) {
    if (!Dense.floats(y, dx, dy) || !Dense.whole(dx)) {
      return false;
    }
    if (y.size() > 0) {
      try (Dense d = new Dense(gpu)) {
        writeGrad(log, dx, d.of(dy), d.of(y));
      }
    }
    return true;
  }

  private void writeGrad(boolean log, View dx, View dy, View y) {
    int k = y.shape().dim(-1);
    long to = Strided.address(dx);
    long g = Strided.address(dy);
    long p = Strided.address(y);
    long n = y.size() / k;
    int group = group(k);
    Launch l =
        gpu.launch("rows", "softmax_grad_" + name(y.dtype()))
            .i64(to)
            .i64(g)
            .i64(p)
            .i64(n)
            .i32(k)
            .i32(group)
            .i32(packs(y.dtype(), k, k, to, g, p) ? 1 : 0)
            .i32(log ? 1 : 0);
    run(gpu, l, n, group);
  }

  boolean crossEntropy(View loss, View z, View labels) {
    return crossEntropy(loss, null, null, 0, z, labels);
  }

  boolean crossEntropyGrad(View dz, View dloss, View z, View labels) {
    return crossEntropy(null, dz, dloss, 0, z, labels);
  }

  /**
   * Losses and their gradient in one launch: {@code dz = scale (softmax(z) - onehot(label))}, with
   * scale 1/n for the gradient of their mean.
   */
  boolean crossEntropyBoth(View loss, View dz, double scale, View z, View labels) {
    return crossEntropy(loss, dz, null, scale, z, labels);
  }

  private boolean crossEntropy(View loss, View dz, View dloss, double scale, View z, View labels) {
    DType t = z.dtype();
    Layout l = z.layout();
    boolean typed =
        t.isFloat()
            && (loss == null || loss.dtype() == t)
            && (dz == null || dz.dtype() == t && dz.layout().isContiguous())
            && (dloss == null || dloss.dtype() == t);
    if (!typed || labels.dtype() != DType.I32 || l.rank() != 2) {
      return false;
    }
    int n = l.dim(0);
    int k = l.dim(1);
    if (k == 0) {
      return false;
    }
    if (n == 0) {
      return true;
    }
    if (k > 1 && l.stride(1) != 1) {
      try (Dense d = new Dense(gpu)) {
        return crossEntropy(loss, dz, dloss, scale, d.of(z), labels);
      }
    }
    long in = Strided.address(z);
    long out = dz == null ? 0 : Strided.address(dz);
    int group = group(k);
    Launch launch =
        gpu.launch("rows", "cross_entropy_" + name(t))
            .i64(loss == null ? 0 : Strided.address(loss))
            .i64(loss == null ? 0 : loss.layout().stride(0))
            .i64(out)
            .i64(dloss == null ? 0 : Strided.address(dloss))
            .i64(dloss == null ? 0 : dloss.layout().stride(0))
            .f64(scale)
            .i64(in)
            .i64(l.stride(0))
            .i64(Strided.address(labels))
            .i64(labels.layout().stride(0))
            .i64(n)
            .i32(k)
            .i32(group)
            .i32(packs(t, k, l.stride(0), in, out) ? 1 : 0);
    run(gpu, launch, n, group);
    return true;
  }
}
