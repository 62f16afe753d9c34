package org.jacana.linalg;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * Lanczos's tridiagonal matrix of a symmetric operator, with every vector made orthogonal to all
 * before it twice (Golub and Van Loan, section 10.1). Fewer steps than asked for are taken where
 * the vectors reached span an invariant space.
 *
 * @param diagonal of the tridiagonal matrix T, [steps]
 * @param off beside the diagonal, [steps - 1]
 * @param basis orthonormal rows [steps, n] with basis A basis^T = T; in the caller's scope
 */
public record Lanczos(double[] diagonal, double[] off, Tensor basis) {
  /** From a random vector. */
  public static Lanczos of(LinearOperator a, int steps, Generator generator) {
    try (Scope scope = a.scope()) {
      Lanczos l = of(a, steps, generator.normal(a.dtype(), a.size()));
      scope.keep(l.basis);
      return l;
    }
  }

  /**
   * @param steps products with the operator, at most n are taken
   * @param start any vector [n] but 0
   */
  public static Lanczos of(LinearOperator a, int steps, Tensor start) {
    Check.positive("lanczos", "steps", steps);
    a.require(start);
    int m = Math.min(steps, a.size());
    double[] diagonal = new double[m];
    double[] off = new double[m];
    try (Scope scope = Scope.open(start.device());
        Autograd.Mode plain = Autograd.noGrad()) {
      Tensor basis = Tensor.zeros(a.dtype(), m, a.size());
      double norm = start.norm().item();
      Vectors.requireFinite("lanczos", norm);
      if (norm == 0) {
        throw new IllegalArgumentException("lanczos: the start must not be 0");
      }
      basis.select(0, 0).assign(start.detach().mul(1 / norm));
      double scale = 0;
      int done = 0;
      while (done < m) {
        try (Scope step = Scope.open()) {
          Tensor known = basis.slice(0, 0, done + 1);
          Tensor w = a.apply(basis.select(0, done));
          diagonal[done] = w.dot(basis.select(0, done)).item();
          for (int twice = 0; twice < 2; twice++) {
            w = w.sub(known.transpose(0, 1).matmul(known.matmul(w)));
          }
          double beta = w.norm().item();
          Vectors.requireFinite("lanczos", diagonal[done], beta);
          off[done] = beta;
          scale = Math.max(scale, Math.abs(diagonal[done]) + beta);
          done++;
          if (beta <= 10 * Compose.epsilon(a.dtype()) * scale) {
            break;
          }
          if (done < m) {
            basis.select(0, done).assign(w.mul(1 / beta));
          }
        }
      }
      Tensor found = scope.keep(done == m ? basis : basis.slice(0, 0, done).copy());
      return new Lanczos(Arrays.copyOf(diagonal, done), Arrays.copyOf(off, done - 1), found);
    }
  }

  /** T as a matrix, F64. */
  private Tensor matrix() {
    int m = diagonal.length;
    double[] t = new double[m * m];
    for (int i = 0; i < m; i++) {
      t[i * m + i] = diagonal[i];
      if (i + 1 < m) {
        t[i * m + i + 1] = off[i];
        t[(i + 1) * m + i] = off[i];
      }
    }
    return Tensor.of(t, m, m);
  }

  /** The Ritz values, ascending: those at both ends approach eigenvalues of the operator first. */
  public double[] values() {
    try (Scope s = Scope.open(basis.device())) {
      return Linalg.eigvalsh(matrix()).doubles();
    }
  }

  /** The Ritz vectors as columns [n, steps], in the order of {@link #values}. */
  public Tensor vectors() {
    return Compose.on(
        basis,
        () -> {
          Tensor y = Linalg.eigh(matrix()).vectors().to(basis.dtype());
          return basis.transpose(0, 1).matmul(y);
        });
  }

  /** The squared first components of T's eigenvectors: Gauss quadrature's weights. */
  double[] weights() {
    try (Scope s = Scope.open(basis.device())) {
      return Linalg.eigh(matrix()).vectors().select(0, 0).square().to(DType.F64).doubles();
    }
  }

  /** The k largest eigenvalues, descending, from {@code steps} products. */
  public static double[] largest(LinearOperator a, int k, int steps, Generator generator) {
    try (Scope s = a.scope()) {
      double[] values = of(a, steps, generator).values();
      double[] out = new double[Math.min(k, values.length)];
      for (int i = 0; i < out.length; i++) {
        out[i] = values[values.length - 1 - i];
      }
      return out;
    }
  }
}
