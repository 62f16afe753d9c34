package org.jacana.backend.cpu;

import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jacana.DType;

/**
 * Makes poolings and their gradients. What oneDNN calls the workspace of max pooling is the
 * position of each maximum in its window, kept as bytes or ints in the order of the output.
 */
final class Pool {
  private Pool() {}

  private static final class Parts {
    final Assembly assembly;
    final PoolShape s;
    final int algorithm;
    final dnnl_memory_desc x;
    final dnnl_memory_desc y;
    final long[] window;
    final long[] strides;
    final long[] dilations = {0, 0};
    final long[] padBefore;
    final long[] padAfter;

    Parts(Assembly assembly, PoolShape s, int algorithm) {
      this.assembly = assembly;
      this.s = s;
      this.algorithm = algorithm;
      int type = Cast.type(s.type());
      x = assembly.nhwc(type, s.n(), s.h(), s.w(), s.c());
      y = assembly.nhwc(type, s.n(), s.oh(), s.ow(), s.c());
      window = new long[] {s.kh(), s.kw()};
      strides = new long[] {s.strideH(), s.strideW()};
      padBefore = new long[] {s.padTop(), s.padLeft()};
      padAfter = new long[] {s.padBottom(), s.padRight()};
    }

    dnnl_primitive_desc forward(boolean training) {
      dnnl_primitive_desc d = new dnnl_primitive_desc();
      int status =
          dnnl.dnnl_pooling_forward_primitive_desc_create(
              d,
              Engine.cpu(),
              training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
              algorithm,
              x,
              y,
              strides,
              window,
              dilations,
              padBefore,
              padAfter,
              assembly.attributes());
      return assembly.own("dnnl_pooling_forward_primitive_desc_create", status, d);
    }

    dnnl_primitive_desc backward(dnnl_primitive_desc forward) {
      dnnl_primitive_desc d = new dnnl_primitive_desc();
      dnnl_primitive_attr attributes = assembly.attributes();
      int status =
          dnnl.dnnl_pooling_backward_primitive_desc_create(
              d,
              Engine.cpu(),
              algorithm,
              x,
              y,
              strides,
              window,
              dilations,
              padBefore,
              padAfter,
              forward,
              attributes);
      return assembly.own("dnnl_pooling_backward_primitive_desc_create", status, d);
    }

    /** The layout of the index if it is ours: bytes up to 256 window elements, ints beyond. */
    dnnl_memory_desc index(dnnl_primitive_desc d) {
      int type = s.kh() * s.kw() <= 256 ? dnnl.dnnl_u8 : dnnl.dnnl_s32;
      dnnl_memory_desc ours = assembly.nhwc(type, s.n(), s.oh(), s.ow(), s.c());
      return Assembly.same(ours, assembly.query(d, dnnl.dnnl_query_workspace_md)) ? ours : null;
    }
  }

  /** Whether oneDNN would round after every addition to an element in several windows. */
  private static boolean roundsOften(PoolShape s) {
    return s.type() != DType.F32 && (s.strideH() < s.kh() || s.strideW() < s.kw());
  }

  private static int average(boolean countPadding) {
    return countPadding
        ? dnnl.dnnl_pooling_avg_include_padding
        : dnnl.dnnl_pooling_avg_exclude_padding;
  }

  /** Operands: y, x and, if asked, the index. */
  static Prepared max(PoolShape s, boolean index) {
    try (Assembly assembly = new Assembly(s)) {
      Parts parts = new Parts(assembly, s, dnnl.dnnl_pooling_max);
      dnnl_primitive_desc d = parts.forward(index);
      dnnl_memory_desc layout = index ? parts.index(d) : null;
      if (assembly.kernel(d).startsWith("ref") || (index && layout == null)) {
        return null;
      }
      dnnl_memory y = assembly.operand(parts.y);
      dnnl_memory x = assembly.operand(parts.x);
      dnnl_memory i = index ? assembly.operand(layout) : null;
      assembly.step(
          d, new int[] {dnnl.DNNL_ARG_DST, dnnl.DNNL_ARG_SRC, dnnl.DNNL_ARG_WORKSPACE}, y, x, i);
      return assembly.finish();
    }
  }

  /** Operands: dx, dy, index. */
  static Prepared maxGrad(PoolShape s) {
    if (roundsOften(s)) {
      return null;
    }
    try (Assembly assembly = new Assembly(s)) {
      Parts parts = new Parts(assembly, s, dnnl.dnnl_pooling_max);
      dnnl_primitive_desc forward = parts.forward(true);
      dnnl_memory_desc layout = parts.index(forward);
      dnnl_primitive_desc d = parts.backward(forward);
      if (assembly.kernel(d).startsWith("ref") || layout == null) {
        return null;
      }
      dnnl_memory dx = assembly.operand(parts.x);
      dnnl_memory dy = assembly.operand(parts.y);
      dnnl_memory i = assembly.operand(layout);
      assembly.step(
          d,
          new int[] {dnnl.DNNL_ARG_DIFF_SRC, dnnl.DNNL_ARG_DIFF_DST, dnnl.DNNL_ARG_WORKSPACE},
          dx,
          dy,
          i);
      return assembly.finish();
    }
  }

  /** Operands: y, x. */
  static Prepared average(PoolShape s, boolean countPadding) {
    try (Assembly assembly = new Assembly(s)) {
      Parts parts = new Parts(assembly, s, average(countPadding));
      dnnl_primitive_desc d = parts.forward(false);
      if (assembly.kernel(d).startsWith("ref")) {
        return null;
      }
      dnnl_memory y = assembly.operand(parts.y);
      dnnl_memory x = assembly.operand(parts.x);
      assembly.step(d, new int[] {dnnl.DNNL_ARG_DST, dnnl.DNNL_ARG_SRC}, y, x);
      return assembly.finish();
    }
  }

  /** Operands: dx, dy. */
  static Prepared averageGrad(PoolShape s, boolean countPadding) {
    if (roundsOften(s)) {
      return null;
    }
    try (Assembly assembly = new Assembly(s)) {
      Parts parts = new Parts(assembly, s, average(countPadding));
      dnnl_primitive_desc d = parts.backward(parts.forward(true));
      if (assembly.kernel(d).startsWith("ref")) {
        return null;
      }
      dnnl_memory dx = assembly.operand(parts.x);
      dnnl_memory dy = assembly.operand(parts.y);
      assembly.step(d, new int[] {dnnl.DNNL_ARG_DIFF_SRC, dnnl.DNNL_ARG_DIFF_DST}, dx, dy);
      return assembly.finish();
    }
  }
}
