package org.jacana.backend.cpu;

import org.jacana.DType;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/**
 * Float64 products by OpenBLAS, in pieces of rows or columns that depend on the shape alone, each
 * computed by one thread.
 */
final class WideMatmul {
  /** Multiply-adds below which plain Java is as fast, and the library need not be loaded. */
  private static final long SMALL = 1 << 12;

  private static final int PIECES = 8;

  private WideMatmul() {}

  /** Whether this product is for OpenBLAS. */
  static boolean takes(View c, View a) {
    int rank = a.layout().rank();
    return c.dtype() == DType.F64
        && c.size() * a.layout().dim(rank - 1) >= SMALL
        && OpenBlas.available();
  }

  static void run(CpuBackend backend, Workers workers, View c, View a, View b) {
    if (c.layout().rank() > 4) {
      for (int i = 0; i < c.layout().dim(0); i++) {
        run(backend, workers, part(c, i), part(a, i), part(b, i));
      }
      return;
    }
    try (Operands operands = new Operands(backend)) {
      View x = operands.unitStride(a);
      View y = operands.unitStride(b);
      MatmulShape s = Operands.matmul(c, x, y);
      long to = Operands.address(c);
      long from = Operands.address(x);
      long by = Operands.address(y);
      int batches = s.batch0() * s.batch1();
      boolean columns = s.n() > s.m();
      int extent = columns ? s.n() : s.m();
      long each = (long) s.m() * s.n() * s.k();
      int size = each < 1 << 17 ? extent : Math.max(16, (extent / PIECES + 16) / 16 * 16);
      int pieces = (extent + size - 1) / size;
      long grain = Math.max(1, (1 << 17) / Math.max(1, each / pieces));
      workers.ranges(
          (long) batches * pieces,
          grain,
          (first, last) -> {
            for (long i = first; i < last; i++) {
              long batch = i / pieces;
              long p = batch / s.batch1();
              long q = batch % s.batch1();
              int start = (int) (i % pieces) * size;
              int n = Math.min(size, extent - start);
              long cAt = to + 8 * (p * s.c0() + q * s.c1());
              long aAt = from + 8 * (p * s.a0() + q * s.a1());
              long bAt = by + 8 * (p * s.b0() + q * s.b1());
              if (columns) {
                LapackCalls.dgemm(
                    part(s, s.m(), n), cAt + 8 * start, aAt, bAt + 8 * start * s.bColumn());
              } else {
                LapackCalls.dgemm(
                    part(s, n, s.n()), cAt + 8 * start * s.cRow(), aAt + 8 * start * s.aRow(), bAt);
              }
            }
          });
    }
  }

  private static MatmulShape part(MatmulShape s, int m, int n) {
    return new MatmulShape(
        1,
        1,
        m,
        s.k(),
        n,
        0,
        0,
        s.aRow(),
        s.aColumn(),
        0,
        0,
        s.bRow(),
        s.bColumn(),
        0,
        0,
        s.cRow(),
        s.cColumn());
  }

  private static View part(View v, int i) {
    Layout l = v.layout();
    return v.with(l.select(0, i));
  }
}
