package org.jacana.backend.cpu;

import java.util.function.Function;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jacana.DType;

/** An operation of oneDNN on two dense arrays of F32 or BF16, element by element. */
enum Arithmetic {
  ADD(dnnl.dnnl_binary_add),
  SUB(dnnl.dnnl_binary_sub),
  MUL(dnnl.dnnl_binary_mul),
  DIV(dnnl.dnnl_binary_div),
  /** Where one is NaN, the second. */
  MAX(dnnl.dnnl_binary_max);

  /**
   * Elements from which on vectors of 8 are better than 16, and 4 than 8. oneDNN's kernel stores
   * eight vectors after it has loaded sixteen; memory likes shorter bursts (benchmarks/NOTES.md).
   */
  private static final long EIGHT = 1 << 17;

  private static final long FOUR = 1 << 19;

  private final int algorithm;

  Arithmetic(int algorithm) {
    this.algorithm = algorithm;
  }

  /** Operands: y and a [rows, columns], b [columns] for every row; y may be a. */
  Prepared prepareRows(RowsShape s, DType type) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = assembly.dense(type, s.rows(), s.columns());
      dnnl_memory_desc row = assembly.dense(type, 1, s.columns());
      dnnl_primitive_desc d = new dnnl_primitive_desc();
      int status =
          dnnl.dnnl_binary_primitive_desc_create(
              d, Engine.cpu(), algorithm, x, row, x, assembly.attributes());
      assembly.own("dnnl_binary_primitive_desc_create", status, d);
      if (assembly.kernel(d).startsWith("ref")) {
        return null;
      }
      assembly.step(
          d,
          new int[] {dnnl.DNNL_ARG_DST, dnnl.DNNL_ARG_SRC_0, dnnl.DNNL_ARG_SRC_1},
          assembly.operand(x),
          assembly.operand(x),
          assembly.operand(row));
      return assembly.finish();
    }
  }

  /** Operands: y and a [rows, columns], b [columns] and t [rows, columns]; y = a b + t. */
  static Prepared prepareScaledSum(RowsShape s) {
    try (Assembly assembly = new Assembly(s)) {
      return inTurn(
          assembly,
          dnnl.dnnl_binary_mul,
          dnnl.dnnl_binary_add,
          assembly.dense(s.rows(), s.columns()),
          assembly.dense(1, s.columns()));
    }
  }

  /** Operands: y, p, r and p once more, dense; y = max(p, r) - p, which is NaN where r is. */
  static Prepared prepareRectifiedSum(RowsShape s) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = assembly.dense(s.rows());
      return inTurn(assembly, dnnl.dnnl_binary_max, dnnl.dnnl_binary_sub, x, x);
    }
  }

  /** Operands: y, a, b and t, all but b laid out as y; y = then(first(a, b), t). */
  private static Prepared inTurn(
      Assembly assembly, int first, int then, dnnl_memory_desc y, dnnl_memory_desc b) {
    dnnl_primitive_desc d = new dnnl_primitive_desc();
    int status =
        dnnl.dnnl_binary_primitive_desc_create(
            d,
            Engine.cpu(),
            first,
            y,
            b,
            y,
            assembly.attributes(after -> assembly.appendBinary(after, then, y)));
    assembly.own("dnnl_binary_primitive_desc_create", status, d);
    if (assembly.kernel(d).startsWith("ref")) {
      return null;
    }
    assembly.step(
        d,
        new int[] {
          dnnl.DNNL_ARG_DST,
          dnnl.DNNL_ARG_SRC_0,
          dnnl.DNNL_ARG_SRC_1,
          dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | dnnl.DNNL_ARG_SRC_1
        },
        assembly.operand(y),
        assembly.operand(y),
        assembly.operand(b),
        assembly.operand(y));
    return assembly.finish();
  }

  /** Operands: y, a, b; y may be a. With {@code scaled}, two more: the factors of a and b. */
  Prepared prepare(RowsShape s, boolean scaled, DType type) {
    long n = s.rows();
    if (type == DType.F32 && n >= EIGHT && n % 8 == 0) {
      Prepared p = prepare(s, scaled, a -> a.blocks(n < FOUR ? 8 : 4, n));
      if (p != null) {
        return p;
      }
    }
    return prepare(s, scaled, a -> a.dense(type, n));
  }

  private Prepared prepare(
      RowsShape s, boolean scaled, Function<Assembly, dnnl_memory_desc> layout) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = layout.apply(assembly);
      dnnl_primitive_attr attributes = assembly.attributes();
      int scales = dnnl.DNNL_ARG_ATTR_SCALES;
      if (scaled) {
        for (int source : new int[] {dnnl.DNNL_ARG_SRC_0, dnnl.DNNL_ARG_SRC_1}) {
          assembly.check(
              "dnnl_primitive_attr_set_scales_mask",
              dnnl.dnnl_primitive_attr_set_scales_mask(attributes, source, 0));
        }
      }
      dnnl_primitive_desc d = new dnnl_primitive_desc();
      int status =
          dnnl.dnnl_binary_primitive_desc_create(d, Engine.cpu(), algorithm, x, x, x, attributes);
      assembly.own("dnnl_binary_primitive_desc_create", status, d);
      if (assembly.kernel(d).startsWith("ref")) {
        return null;
      }
      dnnl_memory y = assembly.operand(x);
      dnnl_memory a = assembly.operand(x);
      dnnl_memory b = assembly.operand(x);
      dnnl_memory_desc one = scaled ? assembly.dense(1) : null;
      assembly.step(
          d,
          new int[] {
            dnnl.DNNL_ARG_DST,
            dnnl.DNNL_ARG_SRC_0,
            dnnl.DNNL_ARG_SRC_1,
            scales | dnnl.DNNL_ARG_SRC_0,
            scales | dnnl.DNNL_ARG_SRC_1
          },
          y,
          a,
          b,
          scaled ? assembly.operand(one) : null,
          scaled ? assembly.operand(one) : null);
      return assembly.finish();
    }
  }
}
