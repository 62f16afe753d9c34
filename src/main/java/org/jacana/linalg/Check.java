package org.jacana.linalg;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;

/** The rules for arguments, and the sentences when they are broken. */
final class Check {
  private Check() {}

  /** F32 or F64. */
  static void real(String op, Tensor... xs) {
    for (int i = 0; i < xs.length; i++) {
      if (xs[i] == null) {
        throw new IllegalArgumentException(op + ": input " + i + " is null");
      }
      xs[i].requireOpen(op, i);
      if (xs[i].dtype() != DType.F32 && xs[i].dtype() != DType.F64) {
        throw new IllegalArgumentException(
            op + ": needs F32 or F64, got " + xs[i].dtype() + "; cast with to(DType.F32)");
      }
      if (xs[i].dtype() != xs[0].dtype()) {
        throw new IllegalArgumentException(
            op
                + ": needs one element type, got "
                + xs[0].dtype()
                + " and "
                + xs[i].dtype()
                + "; cast one with to(...)");
      }
    }
  }

  /** Matrices [..., m, n] with at least one element each. */
  static void matrices(String op, Tensor a) {
    real(op, a);
    if (a.rank() < 2) {
      throw new IllegalArgumentException(op + ": needs matrices [..., m, n], got " + a.shape());
    }
    if (a.shape().dim(-1) == 0 || a.shape().dim(-2) == 0) {
      throw new IllegalArgumentException(
          op + ": needs matrices with at least one row and column, got " + a.shape());
    }
  }

  /** Square matrices; their number of rows. */
  static int square(String op, Tensor a) {
    matrices(op, a);
    if (a.shape().dim(-1) != a.shape().dim(-2)) {
      throw new IllegalArgumentException(
          op + ": needs square matrices [..., n, n], got " + a.shape());
    }
    return a.shape().dim(-1);
  }

  static void vector(String op, Tensor x) {
    real(op, x);
    if (x.rank() != 1 || x.size() == 0) {
      throw new IllegalArgumentException(
          op + ": needs a vector of at least one element, got " + x.shape());
    }
  }

  /** A single matrix [m, n]. */
  static void matrix(String op, Tensor a) {
    matrices(op, a);
    if (a.rank() != 2) {
      throw new IllegalArgumentException(op + ": needs one matrix [m, n], got " + a.shape());
    }
  }

  static void sameShape(String op, Tensor a, Tensor b) {
    real(op, a, b);
    if (!a.shape().equals(b.shape())) {
      throw new IllegalArgumentException(
          op + ": shapes must be equal, got " + a.shape() + " and " + b.shape());
    }
  }

  static int positive(String op, String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(op + ": " + what + " must be at least 1, got " + value);
    }
    return value;
  }

  /** "the matrix", or which one of a batch with these axes. */
  static String which(Shape matrices, long i) {
    if (matrices.rank() == 2) {
      return "the matrix";
    }
    if (matrices.rank() == 3) {
      return "matrix " + i + " of the batch";
    }
    int[] at = Compose.batch(matrices);
    for (int a = at.length - 1; a >= 0; a--) {
      int d = at[a];
      at[a] = (int) (i % d);
      i /= d;
    }
    return "matrix " + Arrays.toString(at) + " of the batch";
  }
}
