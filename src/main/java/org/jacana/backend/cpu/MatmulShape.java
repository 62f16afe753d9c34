package org.jacana.backend.cpu;

/**
 * c[i,j] = a[i,j] b[i,j] for up to two leading axes, by strides in elements: each a is [m,k], b
 * [k,n], c [m,n]. A stride of 0 on a leading axis of a or b repeats the operand. A transposed
 * operand is one whose row stride is 1.
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
    long cColumn) {

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
