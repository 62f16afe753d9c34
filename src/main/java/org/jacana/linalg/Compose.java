package org.jacana.linalg;

import java.util.Arrays;
import java.util.function.Supplier;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/** Runs compositions of operations, and words that most of them need. */
final class Compose {
  private Compose() {}

  /** Runs {@code f} in a scope of its own on x's device and returns its result, kept. */
  static Tensor on(Tensor x, Supplier<Tensor> f) {
    try (Scope s = Scope.open(x.device())) {
      return s.keep(f.get());
    }
  }

  /** As {@link #on}, for several results. */
  static Tensor[] all(Tensor x, Supplier<Tensor[]> f) {
    try (Scope s = Scope.open(x.device())) {
      Tensor[] out = f.get();
      for (Tensor t : out) {
        if (t != null) {
          s.keep(t);
        }
      }
      return out;
    }
  }

  /** The matrices' transposes. */
  static Tensor t(Tensor a) {
    return a.transpose(-1, -2);
  }

  /** The leading axes of matrices. */
  static int[] batch(Shape s) {
    return Arrays.copyOf(s.dims(), s.rank() - 2);
  }

  /** Leading axes with more behind them. */
  static int[] join(int[] batch, int... last) {
    int[] d = Arrays.copyOf(batch, batch.length + last.length);
    System.arraycopy(last, 0, d, batch.length, last.length);
    return d;
  }

  static long size(int... dims) {
    return Shape.of(dims).size();
  }

  /** 1 / x, and 0 where x is 0. */
  static Tensor inverseOrZero(Tensor x) {
    Tensor zero = x.eq(0);
    return Tensor.where(zero, x.zerosLike(), Tensor.where(zero, x.onesLike(), x).reciprocal());
  }

  /** (a + a^T) / 2. */
  static Tensor symmetric(Tensor a) {
    return a.add(t(a)).mul(0.5);
  }

  /** The distance of 1 to the next number of this type. */
  static double epsilon(DType type) {
    return type == DType.F64 ? Math.ulp(1.0) : Math.ulp(1f);
  }
}
