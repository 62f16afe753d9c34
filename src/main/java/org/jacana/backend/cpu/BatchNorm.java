package org.jacana.backend.cpu;

import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** Makes batch norms over the rows of [rows, channels], with scale and shift. */
final class BatchNorm {
  private static final int FLAGS = dnnl.dnnl_use_scale | dnnl.dnnl_use_shift;

  private BatchNorm() {}

  /** All rows stand in one image, since the fast kernels divide images, rows and channels. */
  private static dnnl_memory_desc layout(Assembly assembly, RowsShape s) {
    return assembly.nhwc(dnnl.dnnl_f32, 1, s.rows(), 1, s.columns());
  }

  private static dnnl_primitive_desc forward(
      Assembly assembly, dnnl_memory_desc x, float epsilon, boolean training) {
    dnnl_primitive_desc d = new dnnl_primitive_desc();
    int status =
        dnnl.dnnl_batch_normalization_forward_primitive_desc_create(
            d,
            Engine.cpu(),
            training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
            x,
            x,
            epsilon,
            training ? FLAGS : FLAGS | dnnl.dnnl_use_global_stats,
            assembly.attributes(false));
    return assembly.own("dnnl_batch_normalization_forward_primitive_desc_create", status, d);
  }

  /** Operands: y, x, mean, variance, gamma, beta. */
  static Prepared forward(RowsShape s, float epsilon, boolean training) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = layout(assembly, s);
      dnnl_memory_desc channels = assembly.dense(s.columns());
      dnnl_primitive_desc d = forward(assembly, x, epsilon, training);
      if (assembly.kernel(d).startsWith("ref")) {
        return null;
      }
      dnnl_memory ym = assembly.operand(x);
      dnnl_memory xm = assembly.operand(x);
      dnnl_memory mean = assembly.operand(channels);
      dnnl_memory variance = assembly.operand(channels);
      dnnl_memory gamma = assembly.operand(channels);
      dnnl_memory beta = assembly.operand(channels);
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
          ym,
          xm,
          mean,
          variance,
          gamma,
          beta);
      return assembly.finish();
    }
  }

  /** Operands: dx, dgamma, dbeta, x, dy, mean, variance, gamma. */
  static Prepared backward(RowsShape s, float epsilon) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = layout(assembly, s);
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
              FLAGS,
              forward(assembly, x, epsilon, true),
              assembly.attributes(false));
      assembly.own("dnnl_batch_normalization_backward_primitive_desc_create", status, d);
      if (assembly.kernel(d).startsWith("ref")) {
        return null;
      }
      dnnl_memory dx = assembly.operand(x);
      dnnl_memory dgamma = assembly.operand(channels);
      dnnl_memory dbeta = assembly.operand(channels);
      dnnl_memory xm = assembly.operand(x);
      dnnl_memory dy = assembly.operand(x);
      dnnl_memory mean = assembly.operand(channels);
      dnnl_memory variance = assembly.operand(channels);
      dnnl_memory gamma = assembly.operand(channels);
      assembly.step(
          d,
          new int[] {
            dnnl.DNNL_ARG_DIFF_SRC,
            dnnl.DNNL_ARG_DIFF_SCALE,
            dnnl.DNNL_ARG_DIFF_SHIFT,
            dnnl.DNNL_ARG_SRC,
            dnnl.DNNL_ARG_DIFF_DST,
            dnnl.DNNL_ARG_MEAN,
            dnnl.DNNL_ARG_VARIANCE,
            dnnl.DNNL_ARG_SCALE
          },
          dx,
          dgamma,
          dbeta,
          xm,
          dy,
          mean,
          variance,
          gamma);
      return assembly.finish();
    }
  }
}
