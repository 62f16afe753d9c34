package org.jacana.backend.cuda;

import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/**
 * Matrix products: float types by cuBLAS, other types and mixtures by {@code cuda/matmul.cu}.
 * Products of F16 and BF16 are summed in float32; F32 is full float32 unless TF32 was asked for.
 */
final class Products {
  /**
   * Copies that merge a product's batch axes are worth this many calls, and one more for every so
   * many bytes copied: a call costs some microseconds, and so does a copy of that size.
   */
  private static final int CALLS = 16;

  private static final long BYTES_PER_CALL = 4L << 20;

  private final Gpu gpu;
  private final Copies copies;
  private final Epilogue epilogue;
  private Blas blas;

  Products(Gpu gpu) {
    this.gpu = gpu;
    copies = new Copies(gpu);
    epilogue = new Epilogue(gpu);
  }

  void matmul(View c, View a, View b) {
    if (c.size() == 0) {
      return;
    }
    if (a.layout().dim(a.layout().rank() - 1) == 0) {
      copies.fill(c, 0);
    } else if (c.dtype() == a.dtype() && c.dtype() == b.dtype() && Blas.takes(c.dtype())) {
      staged(c, a, b);
    } else {
      any(c, a, b);
    }
  }

  /** With copies of the operands that cuBLAS cannot take. */
  private void staged(View c, View a, View b) {
    Product p = new Product(c, a, b);
    boolean merge = p.calls() > CALLS + (bytes(c) + bytes(a) + bytes(b)) / BYTES_PER_CALL;
    try (Staging staging = new Staging(gpu, copies)) {
      View left = copied(merge, p.fits(Product.A), a) ? staging.copy(a) : a;
      View right = copied(merge, p.fits(Product.B), b) ? staging.copy(b) : b;
      View out = copied(merge, p.fits(Product.C), c) ? staging.blank(c.dtype(), c.shape()) : c;
      if (left == a && right == b && out == c) {
        call(p, c, a, b);
        return;
      }
      call(new Product(out, left, right), out, left, right);
      if (out != c) {
        copies.copy(c, out);
      }
    }
  }

  /** What a copy of a view would take, 0 for one that needs none. */
  private static long bytes(View v) {
    return v.layout().isContiguous() ? 0 : v.size() * v.dtype().bytes();
  }

  private static boolean copied(boolean merge, boolean fits, View v) {
    return !fits || merge && !v.layout().isContiguous();
  }

  private void call(Product p, View c, View a, View b) {
    gpu.lock().lock();
    try {
      if (blas == null) {
        blas = new Blas(gpu);
      }
      p.each(
          (g, swapped, atC, atA, atB) -> {
            Blas.Operand left = i -> Staging.pointer(a, atA + i);
            Blas.Operand right = i -> Staging.pointer(b, atB + i);
            blas.gemm(
                c.dtype(),
                g,
                i -> Staging.pointer(c, atC + i),
                swapped ? right : left,
                swapped ? left : right);
          });
    } finally {
      gpu.lock().unlock();
    }
  }

  private void any(View c, View a, View b) {
    int r = c.layout().rank();
    Shape shape = c.shape();
    Layout column = a.layout().slice(r - 1, 0, 1, 1).expand(shape);
    Layout row = b.layout().slice(r - 2, 0, 1, 1).expand(shape);
    Strided.each(
        s ->
            gpu.launch("matmul", "matmul_any")
                .strided(s)
                .i64(s.address(0))
                .i32(c.dtype().ordinal())
                .i64(s.address(1))
                .i32(a.dtype().ordinal())
                .i64(s.address(2))
                .i32(b.dtype().ordinal())
                .i32(a.layout().dim(r - 1))
                .i64(a.layout().stride(r - 1))
                .i64(b.layout().stride(r - 2))
                .over(s.size()),
        c,
        a.with(column),
        b.with(row));
  }

  /** F32, F16 and BF16 of one type; the rest is left to the composite form. */
  boolean linear(View y, View x, View w, View b, boolean relu) {
    DType t = y.dtype();
    boolean ends = b != null || relu;
    if (t != x.dtype() || t != w.dtype() || !Blas.takes(t) || ends && !epilogue.takes(y, b)) {
      return false;
    }
    matmul(y, x, w.with(w.layout().permute(1, 0)));
    if (ends) {
      epilogue.run(y, b, relu);
    }
    return true;
  }
}
