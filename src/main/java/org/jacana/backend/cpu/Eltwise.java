package org.jacana.backend.cpu;

import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * An elementwise function of oneDNN that agrees with the exact function to a relative error of 2e-6
 * or an absolute one of 1e-6, but for the inputs that {@link #wrongAt} names. Results below about
 * 1.6e-38 may be 0.
 *
 * <p>Left out: relu (0 of NaN: {@link KeepNan}), log (errors up to 2.3e-6 near 0.2, and -88.03 of
 * all subnormals), soft_relu (errors up to 1e-5 below -8).
 */
enum Eltwise {
  /** Infinity of NaN; {@link KeepNan} keeps it. */
  EXP(dnnl.dnnl_eltwise_exp),
  TANH(dnnl.dnnl_eltwise_tanh),
  /** 1 / (1 + exp(-x)). */
  LOGISTIC(dnnl.dnnl_eltwise_logistic),
  /** x Phi(x) by erf; NaN of infinities, infinite from 1.7e38 on. */
  GELU(dnnl.dnnl_eltwise_gelu_erf),
  /** The tanh form of GELU; NaN of negative infinity, as its formula says. */
  GELU_TANH(dnnl.dnnl_eltwise_gelu_tanh),
  /** x / (1 + exp(-alpha x)); NaN of negative infinity, as its formula says. */
  SWISH(dnnl.dnnl_eltwise_swish),
  /** x where positive, else alpha (exp(x) - 1), 0 of tiny negative x. */
  ELU(dnnl.dnnl_eltwise_elu),
  SQRT(dnnl.dnnl_eltwise_sqrt),
  SQUARE(dnnl.dnnl_eltwise_square),
  ABS(dnnl.dnnl_eltwise_abs);

  private final int algorithm;

  Eltwise(int algorithm) {
    this.algorithm = algorithm;
  }

  /** Whether the function is not to be trusted at some inputs. */
  boolean hasWrong() {
    return this == EXP || this == GELU || this == SWISH;
  }

  /** A number that is negative where the float with these bits is not to be trusted. */
  int wrongAt(int bits) {
    int magnitude = bits & 0x7fffffff;
    return switch (this) {
      case EXP -> INFINITY - magnitude;
      // Twice the largest of these is infinite.
      case GELU, SWISH -> LARGE - magnitude;
      default -> 0;
    };
  }

  private static final int INFINITY = 0x7f800000;
  private static final int LARGE = 0x7effffff;

  /** Operands: y, x. */
  Prepared prepare(RowsShape s, float alpha, float beta) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = assembly.dense(s.rows());
      dnnl_primitive_desc d = new dnnl_primitive_desc();
      int status =
          dnnl.dnnl_eltwise_forward_primitive_desc_create(
              d,
              Engine.cpu(),
              dnnl.dnnl_forward_inference,
              algorithm,
              x,
              x,
              alpha,
              beta,
              assembly.attributes());
      assembly.own("dnnl_eltwise_forward_primitive_desc_create", status, d);
      if (assembly.kernel(d).startsWith("ref")) {
        return null;
      }
      dnnl_memory ym = assembly.operand(x);
      dnnl_memory xm = assembly.operand(x);
      assembly.step(d, new int[] {dnnl.DNNL_ARG_DST, dnnl.DNNL_ARG_SRC}, ym, xm);
      return assembly.finish();
    }
  }
}
