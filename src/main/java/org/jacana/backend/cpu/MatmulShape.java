package org.jacana.backend.cpu;

import org.jacana.DType;

/**
 * c[i,j] = a[i,j] b[i,j] for up to two leading axes, by strides in elements: each a is [m,k], b
 * [k,n], c [m,n]. A stride of 0 on a leading axis of a or b repeats the operand. A transposed
 * operand is one whose row stride is 1. Operands and a bias are of one type, c of that or of F32.
 */
record MatmulShape(
    int batch0,
    int batch1,
    int m,
    int k,
    int n,
    long a0,
    long a1,
    long aRow,
    long aColumn,
    long b0,
    long b1,
    long bRow,
    long bColumn,
    long c0,
    long c1,
    long cRow,
    long cColumn,
    DType type,
    DType result) {

  MatmulShape {
    if (batch0 < 0 || batch1 < 0 || m < 0 || k < 0 || n < 0) {
      throw new IllegalArgumentException(
          "matmul: extents must not be negative, got "
              + batch0
              + "x"
              + batch1
              + " products of ["
              + m
              + ", "
              + k
              + "] and ["
              + k
              + ", "
              + n
              + "]");
    }
  }

  /** Of float32. */
  MatmulShape(
      int batch0,
      int batch1,
      int m,
      int k,
      int n,
      long a0,
      long a1,
      long aRow,
      long aColumn,
      long b0,
      long b1,
      long bRow,
      long bColumn,
      long c0,
      long c1,
      long cRow,
      long cColumn) {
    this(
        batch0, batch1, m, k, n, a0, a1, aRow, aColumn, b0, b1, bRow, bColumn, c0, c1, cRow,
        cColumn, DType.F32, DType.F32);
  }

  /** The same of other elements. */
  MatmulShape as(DType operands, DType product) {
    return of(m, n, operands, product);
  }

  /** The same with fewer rows or columns. */
  MatmulShape part(int rows, int columns) {
    return of(rows, columns, type, result);
  }

  private MatmulShape of(int rows, int columns, DType operands, DType product) {
    return new MatmulShape(
        batch0, batch1, rows, k, columns, a0, a1, aRow, aColumn, b0, b1, bRow, bColumn, c0, c1,
        cRow, cColumn, operands, product);
  }

  /** One product of dense operands; a transposed operand is stored as [k,m] or [n,k]. */
  static MatmulShape dense(int m, int k, int n, boolean transposeA, boolean transposeB) {
    return batched(1, m, k, n, transposeA, transposeB);
  }

  /** Products of dense operands, each with its own a, b and c. */
  static MatmulShape batched(
      int batch, int m, int k, int n, boolean transposeA, boolean transposeB) {
    return new MatmulShape(
        1,
        batch,
        m,
        k,
        n,
        0,
        (long) m * k,
        transposeA ? 1 : k,
        transposeA ? m : 1,
        0,
        (long) k * n,
        transposeB ? 1 : n,
        transposeB ? k : 1,
        0,
        (long) m * n,
        n,
        1);
  }
}
