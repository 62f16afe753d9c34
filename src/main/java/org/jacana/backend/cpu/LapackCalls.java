package org.jacana.backend.cpu;

import static org.bytedeco.openblas.global.openblas.*;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.openblas.presets.openblas_nolapack;

/**
 * OpenBLAS's LAPACKE by native addresses, column-major, in double ({@code wide}) or float. One
 * thread each: the library's own threads would divide sums by their number.
 */
final class LapackCalls {
  private LapackCalls() {}

  /** Loads the library and bounds its threads. */
  static void load() {
    Loader.load(openblas.class);
    openblas_nolapack.blas_set_num_threads(1);
    if (openblas_nolapack.blas_get_num_threads() != 1) {
      throw new IllegalStateException("its threads cannot be bounded");
    }
    // Callers have checked; the library would read everything once more.
    LAPACKE_set_nancheck(0);
  }

  private static DoublePointer d(long address) {
    return address == 0 ? null : new DoublePointer(new Address(address));
  }

  private static FloatPointer f(long address) {
    return address == 0 ? null : new FloatPointer(new Address(address));
  }

  private static IntPointer i(long address) {
    return new IntPointer(new Address(address));
  }

  static int getrf(boolean wide, int m, int n, long a, long pivots) {
    return wide
        ? LAPACKE_dgetrf(LAPACK_COL_MAJOR, m, n, d(a), m, i(pivots))
        : LAPACKE_sgetrf(LAPACK_COL_MAJOR, m, n, f(a), m, i(pivots));
  }

  static int getrs(boolean wide, byte t, int n, int k, long lu, long pivots, long b) {
    return wide
        ? LAPACKE_dgetrs(LAPACK_COL_MAJOR, t, n, k, d(lu), n, i(pivots), d(b), n)
        : LAPACKE_sgetrs(LAPACK_COL_MAJOR, t, n, k, f(lu), n, i(pivots), f(b), n);
  }

  static int getri(boolean wide, int n, long lu, long pivots) {
    return wide
        ? LAPACKE_dgetri(LAPACK_COL_MAJOR, n, d(lu), n, i(pivots))
        : LAPACKE_sgetri(LAPACK_COL_MAJOR, n, f(lu), n, i(pivots));
  }

  static int potrf(boolean wide, int n, long a) {
    return wide
        ? LAPACKE_dpotrf(LAPACK_COL_MAJOR, (byte) 'L', n, d(a), n)
        : LAPACKE_spotrf(LAPACK_COL_MAJOR, (byte) 'L', n, f(a), n);
  }

  static int geqrf(boolean wide, int m, int n, long a, long tau) {
    return wide
        ? LAPACKE_dgeqrf(LAPACK_COL_MAJOR, m, n, d(a), m, d(tau))
        : LAPACKE_sgeqrf(LAPACK_COL_MAJOR, m, n, f(a), m, f(tau));
  }

  static int orgqr(boolean wide, int m, int n, int k, long a, long tau) {
    return wide
        ? LAPACKE_dorgqr(LAPACK_COL_MAJOR, m, n, k, d(a), m, d(tau))
        : LAPACKE_sorgqr(LAPACK_COL_MAJOR, m, n, k, f(a), m, f(tau));
  }

  static int syevd(boolean wide, byte job, int n, long a, long w) {
    return wide
        ? LAPACKE_dsyevd(LAPACK_COL_MAJOR, job, (byte) 'L', n, d(a), n, d(w))
        : LAPACKE_ssyevd(LAPACK_COL_MAJOR, job, (byte) 'L', n, f(a), n, f(w));
  }

  static int gesdd(boolean wide, byte job, int m, int n, long a, long s, long u, long vt, int ldv) {
    return wide
        ? LAPACKE_dgesdd(LAPACK_COL_MAJOR, job, m, n, d(a), m, d(s), d(u), m, d(vt), ldv)
        : LAPACKE_sgesdd(LAPACK_COL_MAJOR, job, m, n, f(a), m, f(s), f(u), m, f(vt), ldv);
  }

  static int geev(boolean wide, byte job, int n, long a, long re, long im, long v) {
    byte none = 'N';
    return wide
        ? LAPACKE_dgeev(LAPACK_COL_MAJOR, none, job, n, d(a), n, d(re), d(im), d(0), n, d(v), n)
        : LAPACKE_sgeev(LAPACK_COL_MAJOR, none, job, n, f(a), n, f(re), f(im), f(0), n, f(v), n);
  }

  static int gees(boolean wide, int n, long a, long re, long im, long q) {
    byte yes = 'V';
    byte none = 'N';
    LAPACK_D_SELECT2 anyWide = null;
    LAPACK_S_SELECT2 any = null;
    try (IntPointer selected = new IntPointer(1)) {
      return wide
          ? LAPACKE_dgees(
              LAPACK_COL_MAJOR, yes, none, anyWide, n, d(a), n, selected, d(re), d(im), d(q), n)
          : LAPACKE_sgees(
              LAPACK_COL_MAJOR, yes, none, any, n, f(a), n, selected, f(re), f(im), f(q), n);
    }
  }

  static int trtrs(boolean wide, byte uplo, byte t, byte unit, int n, int k, long a, long b) {
    return wide
        ? LAPACKE_dtrtrs(LAPACK_COL_MAJOR, uplo, t, unit, n, k, d(a), n, d(b), n)
        : LAPACKE_strtrs(LAPACK_COL_MAJOR, uplo, t, unit, n, k, f(a), n, f(b), n);
  }

  static double asum(boolean wide, int n, long x) {
    return wide ? cblas_dasum(n, d(x), 1) : cblas_sasum(n, f(x), 1);
  }

  /** The largest magnitude of finite elements. */
  static double largest(boolean wide, int n, long x) {
    long at = wide ? cblas_idamax(n, d(x), 1) : cblas_isamax(n, f(x), 1);
    return Math.abs(wide ? d(x).get(at) : f(x).get(at));
  }

  static void set(boolean wide, long address, double value) {
    if (wide) {
      d(address).put(value);
    } else {
      f(address).put((float) value);
    }
  }

  /** Row-major c = a b by strides of one of the last two axes 1 (see {@link MatmulShape}). */
  static void dgemm(MatmulShape s, long c, long a, long b) {
    boolean ta = s.aColumn() != 1;
    boolean tb = s.bColumn() != 1;
    cblas_dgemm(
        CblasRowMajor,
        ta ? CblasTrans : CblasNoTrans,
        tb ? CblasTrans : CblasNoTrans,
        s.m(),
        s.n(),
        s.k(),
        1,
        d(a),
        Math.toIntExact(ta ? s.aColumn() : s.aRow()),
        d(b),
        Math.toIntExact(tb ? s.bColumn() : s.bRow()),
        0,
        d(c),
        Math.toIntExact(s.cRow()));
  }
}
