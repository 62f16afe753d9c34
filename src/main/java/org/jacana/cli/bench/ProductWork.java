package org.jacana.cli.bench;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Precision;
import org.jacana.Tensor;

/** Matrix products. */
final class ProductWork {
  private ProductWork() {}

  static List<Work> all(int[] sizes, List<Precision> precisions) {
    List<Work> all = new ArrayList<>();
    for (int n : sizes) {
      for (Precision p : precisions) {
        all.add(square(n, p));
      }
    }
    return all;
  }

  /** The product of two square matrices; operands are stored as the precision has them. */
  static Work square(int n, Precision p) {
    DType type = p.type();
    double most =
        switch (p) {
          case FP32 -> 2e-6;
          case TF32 -> 2e-3;
          case FP16 -> 2e-3;
          case BF16 -> 1e-2;
        };
    return new Work(
            "matmul " + n + " " + p,
            2.0 * n * n * n,
            3.0 * n * n * type.bytes(),
            () -> {
              Tensor a = new Generator(1).normal(DType.F32, n, n).to(type);
              Tensor b = new Generator(2).normal(DType.F32, n, n).to(type);
              float[] l = a.to(DType.F32).floats();
              float[] r = b.to(DType.F32).floats();
              // Sums of n products of normal numbers are about sqrt(n) large.
              return Work.Call.of(
                  () -> a.matmul(b),
                  y ->
                      Check.elements(
                          y.to(DType.F32), i -> cell(l, r, n, i), i -> 4 * Math.sqrt(n), most));
            })
        .at(p);
  }

  private static double cell(float[] a, float[] b, int n, int i) {
    double sum = 0;
    for (int k = 0; k < n; k++) {
      sum += (double) a[i / n * n + k] * b[k * n + i % n];
    }
    return sum;
  }
}
