package org.jacana.io.onnx;

import java.util.List;
import org.jacana.Shape;
import org.jacana.backend.PoolSpec;
import org.jacana.nn.AdaptiveAvgPool2d;
import org.jacana.nn.AvgPool2d;
import org.jacana.nn.GlobalAvgPool;
import org.jacana.nn.GlobalMaxPool;
import org.jacana.nn.MaxPool2d;

/**
 * Pooling. Implementations of ONNX disagree about ceil_mode, so it is never written: padding at the
 * far ends, which is known because the images' size is, says the same.
 */
final class PoolRules {
  private PoolRules() {}

  static void register() {
    ExportRules.add(MaxPool2d.class, PoolRules::max);
    ExportRules.add(AvgPool2d.class, PoolRules::average);
    ExportRules.add(AdaptiveAvgPool2d.class, PoolRules::adaptive);
    ExportRules.add(GlobalAvgPool.class, (e, m, x) -> global("GlobalAveragePool", e, x));
    ExportRules.add(GlobalMaxPool.class, (e, m, x) -> global("GlobalMaxPool", e, x));
  }

  /** How far the last window reaches beyond the far padding; 0 if it does not. */
  private static long beyond(int n, int out, int kernel, int stride, int pad) {
    return Math.max(0, (long) (out - 1) * stride + kernel - n - 2L * pad);
  }

  private static long[] pads(PoolSpec s, Shape x, Shape y) {
    return new long[] {
      s.padH(),
      s.padW(),
      s.padH() + beyond(x.dim(1), y.dim(1), s.kernelH(), s.strideH(), s.padH()),
      s.padW() + beyond(x.dim(2), y.dim(2), s.kernelW(), s.strideW(), s.padW())
    };
  }

  private static Flow max(Exporting e, MaxPool2d m, Flow x) {
    Flow in = e.first(x);
    PoolSpec s = m.spec();
    Shape y = e.outputShape(m, x);
    String pooled =
        e.node(
            "MaxPool",
            in.name(),
            Attribute.of("kernel_shape", s.kernelH(), s.kernelW()),
            Attribute.of("strides", s.strideH(), s.strideW()),
            Attribute.of("pads", pads(s, x.shape(), y)));
    return new Flow(pooled, y, x.type(), true);
  }

  private static Flow average(Exporting e, AvgPool2d m, Flow x) {
    return average(e, m.spec(), e.first(x), e.outputShape(m, x));
  }

  private static Flow average(Exporting e, PoolSpec s, Flow x, Shape y) {
    String in = x.name();
    long[] pads = pads(s, x.shape(), y);
    boolean counts = s.countPadding() && s.padH() + s.padW() > 0;
    if (counts && (pads[2] > s.padH() || pads[3] > s.padW())) {
      // The padding counts but what the last windows reach beyond it does not.
      long[] border = {0, 0, s.padH(), s.padW(), 0, 0, s.padH(), s.padW()};
      in = e.node("Pad", List.of(in, e.graph().integers(e.path(), border)));
      pads = new long[] {0, 0, pads[2] - s.padH(), pads[3] - s.padW()};
      counts = false;
    }
    String pooled =
        e.node(
            "AveragePool",
            in,
            Attribute.of("kernel_shape", s.kernelH(), s.kernelW()),
            Attribute.of("strides", s.strideH(), s.strideW()),
            Attribute.of("pads", pads),
            Attribute.of("count_include_pad", counts ? 1 : 0));
    return new Flow(pooled, y, x.type(), true);
  }

  private static Flow adaptive(Exporting e, AdaptiveAvgPool2d m, Flow x) {
    Flow in = e.first(x);
    int h = x.shape().dim(1);
    int w = x.shape().dim(2);
    Shape y = e.outputShape(m, x);
    if (h % m.height() == 0 && w % m.width() == 0) {
      int kh = h / m.height();
      int kw = w / m.width();
      return average(e, new PoolSpec(kh, kw, kh, kw, 0, 0, false, true), in, y);
    }
    String rows =
        e.graph().constant(e.path(), means(h, m.height(), false), Shape.of(m.height(), h));
    String columns =
        e.graph().constant(e.path(), means(w, m.width(), true), Shape.of(w, m.width()));
    String half = e.node("MatMul", List.of(rows, in.name()));
    return new Flow(e.node("MatMul", List.of(half, columns)), y, x.type(), true);
  }

  /** The matrix [out, in] of means of windows floor(i in / out) to ceil((i + 1) in / out). */
  private static float[] means(int in, int out, boolean transposed) {
    float[] m = new float[Math.multiplyExact(in, out)];
    for (int i = 0; i < out; i++) {
      int from = (int) ((long) i * in / out);
      int to = (int) (((long) (i + 1) * in + out - 1) / out);
      for (int j = from; j < to; j++) {
        m[transposed ? j * out + i : i * in + j] = (float) (1.0 / (to - from));
      }
    }
    return m;
  }

  private static Flow global(String type, Exporting e, Flow x) {
    String y = e.node(type, e.first(x).name());
    String flat = e.node("Flatten", y, Attribute.of("axis", 1));
    return new Flow(flat, Shape.of(1, x.channels()), x.type(), false);
  }
}
