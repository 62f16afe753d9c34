package org.jacana.backend.cpu;

import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jacana.DType;

/**
 * Makes convolutions and their gradients. Activations stay NHWC; filters come and go as OHWI, but
 * the primitive picks their layout, since plain filters halve its speed, and a copy between the two
 * is part of the computation.
 */
final class Conv {
  private Conv() {}

  /** The layouts and numbers that the three primitives of one shape share. */
  private static final class Parts {
    final Assembly assembly;
    final dnnl_memory_desc x;
    final dnnl_memory_desc y;
    final dnnl_memory_desc bias;
    final dnnl_memory_desc filter;

    /** The layout that the primitive is to use; its own choice at first. */
    dnnl_memory_desc filterAny;

    final dnnl_memory_desc sumAny;
    final dnnl_memory_desc biasSum;
    final long[] strides;
    final long[] dilations;
    final long[] padBefore;
    final long[] padAfter;

    /** {@code filters} is the element type of the operand that the caller gives or is given. */
    Parts(Assembly assembly, ConvShape s, int filters) {
      this.assembly = assembly;
      int type = Cast.type(s.type());
      x = assembly.nhwc(type, s.n(), s.h(), s.w(), s.c());
      y = assembly.nhwc(type, s.n(), s.oh(), s.ow(), s.o());
      bias = assembly.dense(s.type(), s.o());
      biasSum = assembly.dense(DType.F32, s.o());
      long depth = s.c() / s.groups();
      long row = s.kw() * depth;
      long one = s.kh() * row;
      if (s.groups() == 1) {
        long[] dims = {s.o(), depth, s.kh(), s.kw()};
        filter = assembly.strided(filters, dims, new long[] {one, 1, row, depth});
        filterAny = assembly.any(s.type(), dims);
        sumAny = assembly.any(DType.F32, dims);
      } else {
        long per = s.o() / s.groups();
        long[] dims = {s.groups(), per, depth, s.kh(), s.kw()};
        filter = assembly.strided(filters, dims, new long[] {per * one, one, 1, row, depth});
        filterAny = assembly.any(s.type(), dims);
        sumAny = assembly.any(DType.F32, dims);
      }
      strides = new long[] {s.strideH(), s.strideW()};
      dilations = new long[] {s.dilationH() - 1, s.dilationW() - 1};
      padBefore = new long[] {s.padTop(), s.padLeft()};
      padAfter = new long[] {s.padBottom(), s.padRight()};
    }

    dnnl_primitive_desc forward(boolean withBias) {
      dnnl_primitive_desc d = new dnnl_primitive_desc();
      int status =
          dnnl.dnnl_convolution_forward_primitive_desc_create(
              d,
              Engine.cpu(),
              dnnl.dnnl_forward_training,
              dnnl.dnnl_convolution_direct,
              x,
              filterAny,
              withBias ? bias : null,
              y,
              strides,
              dilations,
              padBefore,
              padAfter,
              assembly.attributes());
      return assembly.own("dnnl_convolution_forward_primitive_desc_create", status, d);
    }

    dnnl_primitive_desc gradInput() {
      dnnl_primitive_desc d = new dnnl_primitive_desc();
      int status =
          dnnl.dnnl_convolution_backward_data_primitive_desc_create(
              d,
              Engine.cpu(),
              dnnl.dnnl_convolution_direct,
              x,
              filterAny,
              y,
              strides,
              dilations,
              padBefore,
              padAfter,
              forward(false),
              assembly.attributes());
      return assembly.own("dnnl_convolution_backward_data_primitive_desc_create", status, d);
    }

    boolean slow(dnnl_primitive_desc d) {
      return assembly.kernel(d).startsWith("ref");
    }

    /** The filter operand in the layout that the primitive picked, copied there if need be. */
    dnnl_memory arrange(dnnl_primitive_desc d) {
      dnnl_memory given = assembly.operand(filter);
      dnnl_memory_desc picked = assembly.query(d, dnnl.dnnl_query_weights_md);
      if (Assembly.same(picked, filter)) {
        return given;
      }
      dnnl_memory arranged = assembly.scratch(picked);
      assembly.reorder(filter, given, picked, arranged);
      return arranged;
    }
  }

  /** Operands: y, x, filter and, if asked, bias. */
  static Prepared forward(ConvShape s, boolean bias) {
    try (Assembly assembly = new Assembly(s)) {
      Parts parts = new Parts(assembly, s, Cast.type(s.type()));
      dnnl_primitive_desc d = parts.forward(bias);
      if (parts.slow(d)) {
        return null;
      }
      dnnl_memory y = assembly.operand(parts.y);
      dnnl_memory x = assembly.operand(parts.x);
      dnnl_memory filter = parts.arrange(d);
      dnnl_memory b = bias ? assembly.operand(parts.bias) : null;
      assembly.step(
          d,
          new int[] {
            dnnl.DNNL_ARG_DST, dnnl.DNNL_ARG_SRC, dnnl.DNNL_ARG_WEIGHTS, dnnl.DNNL_ARG_BIAS
          },
          y,
          x,
          filter,
          b);
      return assembly.finish();
    }
  }

  /** Operands: dx, dy, filter. */
  static Prepared gradInput(ConvShape s) {
    try (Assembly assembly = new Assembly(s)) {
      Parts parts = new Parts(assembly, s, Cast.type(s.type()));
      dnnl_primitive_desc d = parts.gradInput();
      if (parts.slow(d)) {
        return null;
      }
      dnnl_memory dx = assembly.operand(parts.x);
      dnnl_memory dy = assembly.operand(parts.y);
      dnnl_memory filter = parts.arrange(d);
      assembly.step(
          d,
          new int[] {dnnl.DNNL_ARG_DIFF_SRC, dnnl.DNNL_ARG_DIFF_DST, dnnl.DNNL_ARG_WEIGHTS},
          dx,
          dy,
          filter);
      return assembly.finish();
    }
  }

  /** Operands: dw, x, dy and, if asked, the gradient of the bias; dw and that are F32. */
  static Prepared gradWeight(ConvShape s, boolean bias) {
    try (Assembly assembly = new Assembly(s)) {
      Parts parts = new Parts(assembly, s, dnnl.dnnl_f32);
      dnnl_primitive_desc d = new dnnl_primitive_desc();
      int status =
          dnnl.dnnl_convolution_backward_weights_primitive_desc_create(
              d,
              Engine.cpu(),
              dnnl.dnnl_convolution_direct,
              parts.x,
              parts.sumAny,
              bias ? parts.biasSum : null,
              parts.y,
              parts.strides,
              parts.dilations,
              parts.padBefore,
              parts.padAfter,
              parts.forward(bias),
              assembly.attributes());
      assembly.own("dnnl_convolution_backward_weights_primitive_desc_create", status, d);
      if (parts.slow(d)) {
        return null;
      }
      dnnl_memory dw = assembly.operand(parts.filter);
      dnnl_memory x = assembly.operand(parts.x);
      dnnl_memory dy = assembly.operand(parts.y);
      dnnl_memory db = bias ? assembly.operand(parts.biasSum) : null;
      dnnl_memory_desc picked = assembly.query(d, dnnl.dnnl_query_diff_weights_md);
      boolean direct = Assembly.same(picked, parts.filter);
      dnnl_memory result = direct ? dw : assembly.scratch(picked);
      assembly.step(
          d,
          new int[] {
            dnnl.DNNL_ARG_DIFF_WEIGHTS,
            dnnl.DNNL_ARG_SRC,
            dnnl.DNNL_ARG_DIFF_DST,
            dnnl.DNNL_ARG_DIFF_BIAS
          },
          result,
          x,
          dy,
          db);
      if (!direct) {
        assembly.reorder(picked, result, parts.filter, dw);
      }
      return assembly.finish();
    }
  }

  /** The layout in which the primitive of a shape wants its filters. */
  private static dnnl_memory_desc packed(Assembly assembly, ConvShape s, boolean gradInput) {
    Parts parts = new Parts(assembly, s, Cast.type(s.type()));
    dnnl_primitive_desc d = gradInput ? parts.gradInput() : parts.forward(false);
    return assembly.query(d, dnnl.dnnl_query_weights_md);
  }

  /**
   * Filters to the layout that {@link #withPacked} reads. Operands: packed, filter. Null if the
   * layout takes more than {@code most} bytes.
   */
  static Prepared pack(ConvShape like, boolean gradInput, long most) {
    try (Assembly assembly = new Assembly(like)) {
      Parts parts = new Parts(assembly, like, Cast.type(like.type()));
      dnnl_memory_desc picked = packed(assembly, like, gradInput);
      if (dnnl.dnnl_memory_desc_get_size(picked) > most) {
        return null;
      }
      dnnl_memory to = assembly.operand(picked);
      dnnl_memory from = assembly.operand(parts.filter);
      assembly.reorder(parts.filter, from, picked, to);
      return assembly.finish();
    }
  }

  /**
   * Operands: the result, the operand and the filters as packed for {@code like}; y and x, or, of
   * the gradient of the input, dx and dy.
   */
  static Prepared withPacked(ConvShape s, ConvShape like, boolean gradInput) {
    try (Assembly assembly = new Assembly(s)) {
      Parts parts = new Parts(assembly, s, Cast.type(s.type()));
      parts.filterAny = packed(assembly, like, gradInput);
      dnnl_primitive_desc d = gradInput ? parts.gradInput() : parts.forward(false);
      if (parts.slow(d)) {
        return null;
      }
      int to = gradInput ? dnnl.DNNL_ARG_DIFF_SRC : dnnl.DNNL_ARG_DST;
      int from = gradInput ? dnnl.DNNL_ARG_DIFF_DST : dnnl.DNNL_ARG_SRC;
      dnnl_memory result = assembly.operand(gradInput ? parts.x : parts.y);
      dnnl_memory operand = assembly.operand(gradInput ? parts.y : parts.x);
      dnnl_memory filter = assembly.operand(parts.filterAny);
      assembly.step(d, new int[] {to, from, dnnl.DNNL_ARG_WEIGHTS}, result, operand, filter);
      return assembly.finish();
    }
  }
}
