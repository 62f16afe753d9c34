package org.jacana.backend.cuda;

import org.jacana.DType;
import org.jacana.backend.BinaryKernel;
import org.jacana.backend.UnaryKernel;
import org.jacana.backend.View;

/** Pointwise functions of one, two and three arguments: cuda/{unary,binary}_*.cu, cuda/where.cu. */
final class Pointwise {
  private final Gpu gpu;
  private final Functions unary;
  private final Functions binary;

  Pointwise(Gpu gpu) {
    this.gpu = gpu;
    this.unary = new Functions(gpu, "unary");
    this.binary = new Functions(gpu, "binary");
  }

  /**
   * @throws UnsupportedOperationException if there is no kernel for the function
   */
  void unary(UnaryKernel f, double p, double q, View out, View x) {
    Strided.each(s -> unary(f.kernel(), p, q, s, out.dtype(), x.dtype()), out, x);
  }

  private void unary(String f, double p, double q, Strided s, DType to, DType from) {
    if (to == DType.I32 && f.equals("square")) {
      // In int, which wraps around; a double cannot hold every square.
      gpu.launch("unary_double", "square_i32")
          .strided(s)
          .i64(s.address(0))
          .i64(s.address(1))
          .i32(from.ordinal())
          .over(s.size());
      return;
    }
    Functions.Form form = unary.form(f, to, from, from);
    boolean fours = form != Functions.Form.DOUBLE && Fours.fit(s, to, from);
    if (form == Functions.Form.F32 || form == Functions.Form.TEST) {
      if (s.dense()) {
        unary
            .launch(f, form)
            .i64(s.size())
            .i64(s.address(0))
            .i64(s.address(1))
            .f32((float) p)
            .f32((float) q)
            .i32(fours ? 1 : 0)
            .over(Fours.threads(s, fours));
        return;
      }
      form = Functions.Form.FLOAT;
    }
    Launch k =
        unary
            .launch(f, form)
            .strided(s)
            .i64(s.address(0))
            .i32(to.ordinal())
            .i64(s.address(1))
            .i32(from.ordinal());
    if (form == Functions.Form.FLOAT) {
      k.f32((float) p).f32((float) q).i32(fours ? 1 : 0).over(Fours.threads(s, fours));
    } else {
      k.f64(p).f64(q).over(s.size());
    }
  }

  /**
   * @throws UnsupportedOperationException if there is no kernel for the function
   */
  void binary(BinaryKernel f, View out, View a, View b) {
    Strided.each(s -> binary(f.kernel(), s, out.dtype(), a.dtype(), b.dtype()), out, a, b);
  }

  private void binary(String f, Strided s, DType to, DType a, DType b) {
    if (to == DType.I32 && f.equals("mul")) {
      gpu.launch("binary_double", "mul_i32")
          .strided(s)
          .i64(s.address(0))
          .i64(s.address(1))
          .i32(a.ordinal())
          .i64(s.address(2))
          .i32(b.ordinal())
          .over(s.size());
      return;
    }
    Functions.Form form = binary.form(f, to, a, b);
    boolean fours = form != Functions.Form.DOUBLE && Fours.fit(s, to, a, b);
    Launch k = binary.launch(f, form).strided(s).i64(s.address(0));
    switch (form) {
      case F32, TEST -> k.i64(s.address(1)).i64(s.address(2)).i32(fours ? 1 : 0);
      case FLOAT -> typed(k, s, to, a, b).i32(fours ? 1 : 0);
      case DOUBLE -> typed(k, s, to, a, b);
    }
    k.over(Fours.threads(s, fours));
  }

  private static Launch typed(Launch k, Strided s, DType to, DType a, DType b) {
    return k.i32(to.ordinal())
        .i64(s.address(1))
        .i32(a.ordinal())
        .i64(s.address(2))
        .i32(b.ordinal());
  }

  void where(View out, View mask, View a, View b) {
    DType t = out.dtype();
    boolean same = a.dtype() == t && b.dtype() == t && mask.dtype().bytes() == 1;
    Strided.each(
        s -> {
          if (same) {
            boolean fours = Fours.fit(s, t, mask.dtype(), t, t);
            gpu.launch("where", "where_" + t.bytes())
                .strided(s)
                .i64(s.address(0))
                .i64(s.address(1))
                .i64(s.address(2))
                .i64(s.address(3))
                .i32(fours ? 1 : 0)
                .over(Fours.threads(s, fours));
            return;
          }
          gpu.launch("where", "where_any")
              .strided(s)
              .i64(s.address(0))
              .i32(t.ordinal())
              .i64(s.address(1))
              .i32(mask.dtype().ordinal())
              .i64(s.address(2))
              .i32(a.dtype().ordinal())
              .i64(s.address(3))
              .i32(b.dtype().ordinal())
              .over(s.size());
        },
        out,
        mask,
        a,
        b);
  }
}
