package org.jacana.linalg;

import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.Backends;
import org.jacana.backend.Lapack;

/**
 * Linear algebra under torch.linalg's names, on F32 or F64, batched over leading axes and
 * differentiable to every order unless said otherwise. Beside it stand {@link Projections}, {@link
 * QuadraticForm}, {@link LowRank}, {@link Covariance}, {@link Pca}, {@link Toeplitz}, {@link Csr},
 * and, for matrices known by their products alone, {@link LinearOperator}.
 *
 * <p>Decompositions run by LAPACK: OpenBLAS's where the optional artifact {@code
 * org.bytedeco:openblas} is present, else plain Java ({@link #library} says which); on devices
 * without one, matrices are copied to the host and results back. Results do not depend on the
 * number of threads. What LAPACK leaves open is fixed, so that results agree everywhere: of each
 * eigenvector of a symmetric matrix, and of each right singular vector, the largest component is
 * positive.
 *
 * <p>All methods throw {@link IllegalArgumentException} for wrong shapes and types, for matrices
 * without rows or columns and, where a decomposition is needed, for NaN and infinities; singular,
 * asymmetric and indefinite matrices are named in the message where a method cannot take them. A
 * batch of no matrices gives one of no results.
 *
 * <p>Derivatives of eigenvectors and singular vectors are infinite where values are equal; the
 * parts that belong to equal values are left out there, which is exact for functions that do not
 * tell such vectors apart, to first order.
 */
public final class Linalg {
  private Linalg() {}

  /** Which library decomposes matrices on the CPU, and why not OpenBLAS if it does not. */
  public static String library() {
    Lapack lapack = Backends.of(Device.CPU).lapack();
    return lapack.description();
  }

  // ---- products ----

  /** The products of vectors, [..., n] and [..., n] to [...]; leading axes broadcast. */
  public static Tensor vecdot(Tensor x, Tensor y) {
    return Products.vecdot(x, y);
  }

  /** All products of elements: [..., n] and [..., m] to [..., n, m]. */
  public static Tensor outer(Tensor x, Tensor y) {
    return Products.outer(x, y);
  }

  /** [..., m, n] times [..., n]. */
  public static Tensor matvec(Tensor a, Tensor x) {
    return Products.matvec(a, x);
  }

  /** The Kronecker product; axes are aligned at the last. */
  public static Tensor kron(Tensor a, Tensor b) {
    return Products.kron(a, b);
  }

  /** A to the n-th power, of the inverse for negative n, the identity for 0. */
  public static Tensor matrixPower(Tensor a, int n) {
    return Products.power(a, n);
  }

  // ---- numbers ----

  /** The sums of main diagonals, [..., m, n] to [...]. */
  public static Tensor trace(Tensor a) {
    return Products.trace(a);
  }

  /**
   * Determinants [..., n, n] to [...]. At a singular matrix the gradient is right, the second
   * derivative throws {@link IllegalStateException}.
   */
  public static Tensor det(Tensor a) {
    return Determinant.det(a);
  }

  /** Sign and logarithm of determinants, without overflow; -inf for a singular matrix. */
  public static SlogDet slogdet(Tensor a) {
    return Determinant.slogdet(a);
  }

  /** How many singular values exceed max(m, n) epsilon times the largest, I32; no gradient. */
  public static Tensor matrixRank(Tensor a) {
    return MatrixNorms.rank(a, Double.NaN);
  }

  /** How many singular values exceed {@code rcond} times the largest, I32; no gradient. */
  public static Tensor matrixRank(Tensor a, double rcond) {
    return MatrixNorms.rank(a, rcond);
  }

  /**
   * (sum |x|^p)^(1/p) over axes, none meaning all: 1, 2, infinity and others; see {@link
   * Tensor#norm(double, int[], boolean)}.
   */
  public static Tensor vectorNorm(Tensor x, double p, int... axes) {
    return MatrixNorms.vector(x, p, axes);
  }

  /** The Frobenius norm, [..., m, n] to [...]. */
  public static Tensor matrixNorm(Tensor a) {
    return MatrixNorms.frobenius(a);
  }

  /**
   * Norms of matrices: 1 the largest column sum of sizes, infinity the largest row sum, 2 the
   * largest singular value (spectral norm); -1, -infinity and -2 the smallest of these.
   */
  public static Tensor matrixNorm(Tensor a, double p) {
    return MatrixNorms.norm(a, p);
  }

  /** The sum of singular values. */
  public static Tensor nuclearNorm(Tensor a) {
    return MatrixNorms.nuclear(a);
  }

  /** The largest singular value over the smallest; infinite for a singular matrix. */
  public static Tensor cond(Tensor a) {
    return MatrixNorms.cond(a, 2);
  }

  /** The condition number |A| |A^-1| in a norm of {@link #matrixNorm(Tensor, double)}. */
  public static Tensor cond(Tensor a, double p) {
    return MatrixNorms.cond(a, p);
  }

  // ---- decompositions ----

  /** LU with partial pivoting; the gradient needs U (its square part) to be invertible. */
  public static Lu lu(Tensor a) {
    return Lu.of(a);
  }

  /** Reduced QR: Q [..., m, k], R [..., k, n], k = min(m, n); LAPACK's signs. */
  public static Qr qr(Tensor a) {
    return Qr.of(a, false);
  }

  /** Full QR: Q [..., m, m], R [..., m, n]; no gradient for m &gt; n. */
  public static Qr qrComplete(Tensor a) {
    return Qr.of(a, true);
  }

  /** L, lower triangular, of A = L L^T for symmetric positive definite matrices. */
  public static Tensor cholesky(Tensor a) {
    return CholeskyOp.of(a);
  }

  /** Eigenvalues and vectors of symmetric matrices. */
  public static Eigh eigh(Tensor a) {
    return Eigh.of(a);
  }

  /** Eigenvalues of symmetric matrices, ascending. */
  public static Tensor eigvalsh(Tensor a) {
    return Eigh.values(a);
  }

  /**
   * Eigenvalues and vectors of general matrices. Derivatives are right for functions of the vectors
   * that depend on neither their length nor their phase.
   */
  public static Eig eig(Tensor a) {
    return Eig.of(a);
  }

  /** Eigenvalues of general matrices, in {@link Eig}'s order. */
  public static Complex eigvals(Tensor a) {
    return Eig.values(a);
  }

  /** The thin singular value decomposition. */
  public static Svd svd(Tensor a) {
    return Svd.of(a, false);
  }

  /** The singular value decomposition with square U and Vh; no gradient unless m = n. */
  public static Svd svdFull(Tensor a) {
    return Svd.of(a, true);
  }

  /** Singular values, descending. */
  public static Tensor svdvals(Tensor a) {
    return Svd.values(a);
  }

  /** The real Schur form; no gradient. */
  public static Schur schur(Tensor a) {
    return Schur.of(a);
  }

  // ---- systems ----

  /** Inverses of square matrices. */
  public static Tensor inv(Tensor a) {
    return Inverse.of(a);
  }

  /**
   * The solution of A X = B: A [..., n, n], B [..., n, k], or vectors [n] or [..., n]; leading axes
   * broadcast.
   */
  public static Tensor solve(Tensor a, Tensor b) {
    return Solving.solve(a, b);
  }

  /** The solution of A X = B of which one triangle of A is read. */
  public static Tensor solveTriangular(Tensor a, Tensor b, boolean upper) {
    return Solving.triangular(a, b, upper, false, false);
  }

  /**
   * The solution of A X = B, or of A^T X = B.
   *
   * @param unit whether the diagonal counts as ones
   */
  public static Tensor solveTriangular(
      Tensor a, Tensor b, boolean upper, boolean transposed, boolean unit) {
    return Solving.triangular(a, b, upper, transposed, unit);
  }

  /** The solution of L L^T X = B for a lower triangular L, such as {@link #cholesky} gives. */
  public static Tensor choleskySolve(Tensor l, Tensor b) {
    return Solving.choleskySolve(l, b);
  }

  /**
   * The X of smallest norm among those that make |A X - B| smallest: A [..., m, n] by QR, or where
   * its columns (rows, if wide) depend on each other to rounding, by {@link #pinv}.
   */
  public static Tensor lstsq(Tensor a, Tensor b) {
    return Solving.lstsq(a, b);
  }

  /** Moore and Penrose's inverse; its gradient takes the rank for constant. */
  public static Tensor pinv(Tensor a) {
    return Solving.pinv(a, Double.NaN);
  }

  /** As {@link #pinv}, where singular values up to rcond times the largest count as 0. */
  public static Tensor pinv(Tensor a, double rcond) {
    return Solving.pinv(a, rcond);
  }

  // ---- vectors ----

  /** x y / (|x| |y|) along the last axis; 0 where one of them is 0. */
  public static Tensor cosineSimilarity(Tensor x, Tensor y) {
    Check.real("linalg.cosineSimilarity", x, y);
    return Compose.on(x, () -> vecdot(normalize(x), normalize(y)));
  }

  /** x / |x| along the last axis; 0 stays 0. */
  public static Tensor normalize(Tensor x) {
    Check.real("linalg.normalize", x);
    return Scope.tidy(
        () -> {
          Tensor norm = x.norm(2, new int[] {x.shape().axis("linalg.normalize", -1)}, true);
          return x.mul(Compose.inverseOrZero(norm));
        });
  }
}
