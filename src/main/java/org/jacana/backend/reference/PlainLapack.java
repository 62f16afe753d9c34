package org.jacana.backend.reference;

import java.util.Arrays;
import org.jacana.backend.Lapack;
import org.jacana.backend.View;

/**
 * LAPACK's decompositions in plain Java, in double and rounded once: the oracle of the native ones,
 * and what runs where those cannot be loaded. Meant for matrices of up to a few hundred rows.
 */
public record PlainLapack(String description) implements Lapack {
  /** A matrix of m rows and n columns by columns. */
  record Matrix(double[] a, int m, int n) {
    Matrix(int m, int n) {
      this(new double[m * n], m, n);
    }

    double get(int r, int c) {
      return a[c * m + r];
    }

    void set(int r, int c, double v) {
      a[c * m + r] = v;
    }

    Matrix transposed() {
      Matrix t = new Matrix(n, m);
      for (int c = 0; c < n; c++) {
        for (int r = 0; r < m; r++) {
          t.set(c, r, get(r, c));
        }
      }
      return t;
    }
  }

  private static double[] get(View v, int i) {
    int n = Math.toIntExact(v.size() / v.layout().dim(0));
    double[] a = new double[n];
    new Cursor(v).get((long) i * n, n, a);
    return a;
  }

  private static void put(View v, int i, double[] a) {
    new Cursor(v).put((long) i * a.length, a.length, a);
  }

  private static Matrix matrix(View v, int i) {
    return new Matrix(get(v, i), v.layout().dim(2), v.layout().dim(1));
  }

  private static int[] ints(View v, int i) {
    double[] d = get(v, i);
    int[] out = new int[d.length];
    for (int k = 0; k < d.length; k++) {
      out[k] = (int) d[k];
    }
    return out;
  }

  @Override
  public int[] getrf(View a, View pivots) {
    int[] info = new int[a.layout().dim(0)];
    for (int i = 0; i < info.length; i++) {
      Matrix x = matrix(a, i);
      int[] p = new int[Math.min(x.m(), x.n())];
      info[i] = PlainLu.getrf(x, p);
      put(a, i, x.a());
      double[] d = new double[p.length];
      for (int k = 0; k < p.length; k++) {
        d[k] = p[k];
      }
      put(pivots, i, d);
    }
    return info;
  }

  @Override
  public void getrs(boolean transposed, View lu, View pivots, View b) {
    for (int i = 0; i < lu.layout().dim(0); i++) {
      Matrix x = matrix(b, i);
      PlainLu.getrs(transposed, matrix(lu, i), ints(pivots, i), x);
      put(b, i, x.a());
    }
  }

  @Override
  public int[] getri(View lu, View pivots) {
    int[] info = new int[lu.layout().dim(0)];
    for (int i = 0; i < info.length; i++) {
      Matrix x = matrix(lu, i);
      info[i] = PlainLu.singular(x);
      if (info[i] == 0) {
        Matrix inverse = new Matrix(x.n(), x.n());
        for (int k = 0; k < x.n(); k++) {
          inverse.set(k, k, 1);
        }
        PlainLu.getrs(false, x, ints(pivots, i), inverse);
        put(lu, i, inverse.a());
      }
    }
    return info;
  }

  @Override
  public int[] potrf(View a) {
    int[] info = new int[a.layout().dim(0)];
    for (int i = 0; i < info.length; i++) {
      Matrix x = matrix(a, i);
      info[i] = PlainLu.potrf(x);
      for (int c = 1; c < x.n(); c++) {
        Arrays.fill(x.a(), c * x.n(), c * x.n() + c, 0);
      }
      put(a, i, x.a());
    }
    return info;
  }

  @Override
  public void geqrf(View a, View q, View r) {
    for (int i = 0; i < a.layout().dim(0); i++) {
      Matrix x = matrix(a, i);
      Matrix basis = new Matrix(x.m(), q.layout().dim(1));
      PlainQr.geqrf(x, basis);
      put(q, i, basis.a());
      Matrix upper = new Matrix(basis.n(), x.n());
      for (int c = 0; c < x.n(); c++) {
        for (int k = 0; k <= Math.min(c, basis.n() - 1); k++) {
          upper.set(k, c, x.get(k, c));
        }
      }
      put(r, i, upper.a());
    }
  }

  @Override
  public int[] syevd(View a, View w, boolean vectors) {
    int[] info = new int[a.layout().dim(0)];
    for (int i = 0; i < info.length; i++) {
      Matrix x = matrix(a, i);
      double[] values = new double[x.n()];
      info[i] = PlainSymmetric.syevd(x, values);
      put(a, i, x.a());
      put(w, i, values);
    }
    return info;
  }

  @Override
  public int[] gesdd(View a, View s, View u, View vt) {
    int[] info = new int[a.layout().dim(0)];
    for (int i = 0; i < info.length; i++) {
      Matrix x = matrix(a, i);
      PlainSvd svd =
          PlainSvd.of(x, u == null ? 0 : u.layout().dim(1), vt == null ? 0 : vt.layout().dim(2));
      info[i] = svd.info();
      put(s, i, svd.s());
      if (u != null) {
        put(u, i, svd.u().a());
        put(vt, i, svd.v().transposed().a());
      }
    }
    return info;
  }

  @Override
  public int[] geev(View a, View re, View im, View v) {
    int[] info = new int[a.layout().dim(0)];
    for (int i = 0; i < info.length; i++) {
      Matrix t = matrix(a, i);
      PlainSchur schur = new PlainSchur(t);
      info[i] = schur.run();
      put(re, i, schur.re);
      put(im, i, schur.im);
      if (v != null) {
        put(v, i, PlainEigenvectors.of(schur).a());
      }
    }
    return info;
  }

  @Override
  public int[] gees(View a, View re, View im, View q) {
    int[] info = new int[a.layout().dim(0)];
    for (int i = 0; i < info.length; i++) {
      PlainSchur schur = new PlainSchur(matrix(a, i));
      info[i] = schur.run();
      put(a, i, schur.t.a());
      put(re, i, schur.re);
      put(im, i, schur.im);
      put(q, i, schur.q.a());
    }
    return info;
  }

  @Override
  public int[] trtrs(boolean upper, boolean transposed, boolean unit, View a, View b) {
    int[] info = new int[a.layout().dim(0)];
    for (int i = 0; i < info.length; i++) {
      Matrix t = matrix(a, i);
      info[i] = unit ? 0 : PlainLu.singular(t);
      if (info[i] == 0) {
        Matrix x = matrix(b, i);
        PlainLu.trtrs(upper, transposed, unit, t, x);
        put(b, i, x.a());
      }
    }
    return info;
  }

  @Override
  public void triangles(View lu, View l, View u) {
    HostMatrices.triangles(lu, l, u);
  }

  @Override
  public long notFinite(View a) {
    return HostMatrices.notFinite(a);
  }

  @Override
  public long notSymmetric(View a, double tolerance) {
    double[] limits = new double[a.layout().dim(0)];
    for (int i = 0; i < limits.length; i++) {
      for (double e : get(a, i)) {
        limits[i] = Math.max(limits[i], tolerance * Math.abs(e));
      }
    }
    return HostMatrices.notSymmetric(Loops.SERIAL, a, limits);
  }

  @Override
  public void signs(View v, View rows, int k) {
    HostMatrices.signs(v, rows, k);
  }
}
