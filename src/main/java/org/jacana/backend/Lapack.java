package org.jacana.backend;

/**
 * Decompositions of batches of dense matrices under LAPACK's names. A view [b, n, m], F32 or F64
 * and contiguous, holds b matrices of m rows and n columns column by column, as Fortran does; views
 * of vectors are [b, k], pivots are I32. All extents are at least 1, elements are finite, and views
 * of one call have one element type. What a method overwrites or fills is said by "becomes".
 *
 * <p>Methods that can fail numerically return one number for each matrix, 0 for success.
 *
 * @see <a href="https://www.netlib.org/lapack/lug/">LAPACK Users' Guide</a>
 */
public interface Lapack {
  /** The library, or why there is none. */
  String description();

  /**
   * A = P L U with partial pivoting: a becomes L (unit diagonal, not stored) and U; row i was
   * exchanged with row pivots[i] - 1, in order of i.
   *
   * @return the position, from 1, of the first exact zero on U's diagonal
   */
  int[] getrf(View a, View pivots);

  /** b becomes the solution of A X = B (or A^T X = B) from {@link #getrf}'s results. */
  void getrs(boolean transposed, View lu, View pivots, View b);

  /**
   * lu becomes the inverse, from {@link #getrf}'s results.
   *
   * @return the position, from 1, of the first exact zero on U's diagonal
   */
  int[] getri(View lu, View pivots);

  /**
   * A = L L^T: a, of which the lower triangle is read, becomes L, with zeros above the diagonal.
   *
   * @return the order of the first leading minor that is not positive
   */
  int[] potrf(View a);

  /**
   * A = Q R by Householder reflections: q [b, c, m] becomes c orthonormal columns and r [b, n, c]
   * upper triangular, for min(m, n) &lt;= c &lt;= m; a is overwritten.
   */
  void geqrf(View a, View q, View r);

  /**
   * A = V diag(w) V^T, of which the lower triangle of a is read: w becomes the eigenvalues in
   * ascending order, a the vectors (or rubble, without vectors).
   *
   * @return what is not 0 where the iteration did not converge
   */
  int[] syevd(View a, View w, boolean vectors);

  /**
   * A = U diag(s) V^T: s becomes the singular values in descending order; u [b, c, m] and vt [b, n,
   * r] the first c left vectors and first r right ones as rows, all (c = m, r = n) or min(m, n) of
   * both; both may be null. a is overwritten.
   *
   * @return what is not 0 where the iteration did not converge
   */
  int[] gesdd(View a, View s, View u, View vt);

  /**
   * A v = lambda v: re and im become the eigenvalues, pairs of complex ones side by side with the
   * positive imaginary part first; v, unless null, the right vectors: a real one in its column, of
   * a pair the real part in the first and the imaginary part, of the first, in the second column. a
   * is overwritten.
   *
   * @return what is not 0 where the iteration did not converge
   */
  int[] geev(View a, View re, View im, View v);

  /**
   * A = Q T Q^T, the real Schur form: a becomes T, with blocks of two rows for complex pairs, q the
   * vectors, re and im the eigenvalues in T's order.
   *
   * @return what is not 0 where the iteration did not converge
   */
  int[] gees(View a, View re, View im, View q);

  /**
   * b becomes the solution of A X = B (or A^T X = B), of which one triangle of a is read, without
   * the diagonal when {@code unit}.
   *
   * @return the position, from 1, of the first exact zero on the diagonal
   */
  int[] trtrs(boolean upper, boolean transposed, boolean unit, View a, View b);

  /** Cuts what {@link #getrf} made of [b, n, m] up: l becomes [b, k, m], u [b, n, k]. */
  void triangles(View lu, View l, View u);

  /** The row-major position of the first NaN or infinity, or -1. */
  long notFinite(View a);

  /**
   * The row-major position of the first element of square matrices that differs from its mirror
   * image by more than {@code tolerance} times the matrix's largest magnitude, or -1.
   */
  long notSymmetric(View a, double tolerance);

  /**
   * Fixes signs: in v [b, c, n] the largest element of each of the first k vectors of n becomes
   * positive (of those within 1e-5 of it the first counts), and where one changes, so does the
   * column of rows [b, m, r], unless null.
   */
  void signs(View v, View rows, int k);
}
