package org.jacana.backend.cpu;

import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jacana.DType;

/**
 * Makes the parts of a batch norm of [rows, channels]: the moments of some rows of BF16, the
 * gradients' sums, and what is computed of each element from them. All that belongs to channels is
 * F32.
 */
final class NativeNorm {
  /** Statistics and parameters are operands. */
  private static final int GIVEN =
      dnnl.dnnl_use_global_stats | dnnl.dnnl_use_scale | dnnl.dnnl_use_shift;

  private NativeNorm() {}

  private static dnnl_memory_desc image(Assembly assembly, RowsShape s, DType type) {
    return assembly.nhwc(Cast.type(type), 1, s.rows(), 1, s.columns());
  }

  private static dnnl_primitive_desc forward(
      Assembly assembly, dnnl_memory_desc x, float epsilon, int kind, int flags) {
    dnnl_primitive_desc d = new dnnl_primitive_desc();
    int status =
        dnnl.dnnl_batch_normalization_forward_primitive_desc_create(
            d, Engine.cpu(), kind, x, x, epsilon, flags, assembly.attributes());
    return assembly.own("dnnl_batch_normalization_forward_primitive_desc_create", status, d);
  }

  /** Operands: x, mean and (biased) variance of its channels. */
  static Prepared moments(RowsShape s) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = image(assembly, s, DType.BF16);
      dnnl_memory_desc channels = assembly.dense(s.columns());
      dnnl_primitive_desc d =
          forward(assembly, x, 1, dnnl.dnnl_forward_training, dnnl.dnnl_normalization_flags_none);
      if (!assembly.kernel(d).startsWith("bnorm_jit")) {
        return null;
      }
      dnnl_memory xm = assembly.operand(x);
      dnnl_memory mean = assembly.operand(channels);
      dnnl_memory variance = assembly.operand(channels);
      assembly.step(
          d,
          new int[] {
            dnnl.DNNL_ARG_SRC, dnnl.DNNL_ARG_MEAN, dnnl.DNNL_ARG_VARIANCE, dnnl.DNNL_ARG_DST
          },
          xm,
          mean,
          variance,
          assembly.scratch(x));
      return assembly.finish();
    }
  }

  /**
   * Operands: dx, x, dy, mean, variance, gamma, and the sums of dy xhat and of dy, where xhat = (x
   * - mean) / sqrt(variance + epsilon); dx = dy gamma / sqrt(variance + epsilon) and may be dy.
   */
  static Prepared sums(RowsShape s, DType type, float epsilon) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = image(assembly, s, type);
      dnnl_memory_desc channels = assembly.dense(s.columns());
      dnnl_primitive_desc d = new dnnl_primitive_desc();
      int status =
          dnnl.dnnl_batch_normalization_backward_primitive_desc_create(
              d,
              Engine.cpu(),
              dnnl.dnnl_backward,
              x,
              x,
              x,
              epsilon,
              GIVEN,
              forward(assembly, x, epsilon, dnnl.dnnl_forward_training, GIVEN),
              assembly.attributes());
      assembly.own("dnnl_batch_normalization_backward_primitive_desc_create", status, d);
      if (!assembly.kernel(d).startsWith("bnorm_jit")) {
        return null;
      }
      assembly.step(
          d,
          new int[] {
            dnnl.DNNL_ARG_DIFF_SRC,
            dnnl.DNNL_ARG_SRC,
            dnnl.DNNL_ARG_DIFF_DST,
            dnnl.DNNL_ARG_MEAN,
            dnnl.DNNL_ARG_VARIANCE,
            dnnl.DNNL_ARG_SCALE,
            dnnl.DNNL_ARG_DIFF_SCALE,
            dnnl.DNNL_ARG_DIFF_SHIFT
          },
          assembly.operand(x),
          assembly.operand(x),
          assembly.operand(x),
          assembly.operand(channels),
          assembly.operand(channels),
          assembly.operand(channels),
          assembly.operand(channels),
          assembly.operand(channels));
      return assembly.finish();
    }
  }

  /**
   * Operands: y, x, mean, variance, gamma, beta and, if asked, r; y = xhat gamma + beta, to which r
   * is added when it has been rounded. y may be x or r.
   *
   * @param relu whether xhat gamma + beta is rectified, which makes 0 of NaN
   */
  static Prepared normalise(RowsShape s, DType type, float epsilon, boolean plus, boolean relu) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = image(assembly, s, type);
      dnnl_memory_desc channels = assembly.dense(s.columns());
      int flags = relu ? GIVEN | dnnl.dnnl_fuse_norm_relu : GIVEN;
      dnnl_primitive_desc d = forward(assembly, x, epsilon, dnnl.dnnl_forward_inference, flags);
      if (!assembly.kernel(d).startsWith("bnorm_jit")) {
        return null;
      }
      dnnl_memory y = assembly.operand(x);
      dnnl_memory normalised = plus ? assembly.scratch(x) : y;
      assembly.step(
          d,
          new int[] {
            dnnl.DNNL_ARG_DST,
            dnnl.DNNL_ARG_SRC,
            dnnl.DNNL_ARG_MEAN,
            dnnl.DNNL_ARG_VARIANCE,
            dnnl.DNNL_ARG_SCALE,
            dnnl.DNNL_ARG_SHIFT
          },
          normalised,
          assembly.operand(x),
          assembly.operand(channels),
          assembly.operand(channels),
          assembly.operand(channels),
          assembly.operand(channels));
      if (plus) {
        dnnl_primitive_desc sum = new dnnl_primitive_desc();
        int status =
            dnnl.dnnl_binary_primitive_desc_create(
                sum, Engine.cpu(), dnnl.dnnl_binary_add, x, x, x, assembly.attributes());
        assembly.own("dnnl_binary_primitive_desc_create", status, sum);
        assembly.step(
            sum,
            new int[] {dnnl.DNNL_ARG_DST, dnnl.DNNL_ARG_SRC_0, dnnl.DNNL_ARG_SRC_1},
            y,
            normalised,
            assembly.operand(x));
      }
      return assembly.finish();
    }
  }
}
