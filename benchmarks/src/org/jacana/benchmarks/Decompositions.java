package org.jacana.benchmarks;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgesdd;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dgeqrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dgesv;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dgetrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dgetri;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dorgqr;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevd;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.linalg.Linalg;

/**
 * Decompositions of float64 matrices in Jacana and by LAPACKE called directly on a copy of the same
 * memory, taking turns: {@code benchmarks/run decompositions [N]}. Prints the
 * median times and the median of the rounds' ratios.
 */
public final class Decompositions {
  private static final int ROUNDS = 15;

  private final int n;
  private final DoublePointer general;
  private final DoublePointer positive;
  private final DoublePointer a;
  private final DoublePointer b;
  private final DoublePointer c;
  private final DoublePointer d;
  private final IntPointer pivots;

  private Decompositions(int n) {
    this.n = n;
    general = new DoublePointer((long) n * n);
    positive = new DoublePointer((long) n * n);
    a = new DoublePointer((long) n * n);
    b = new DoublePointer((long) n * n);
    c = new DoublePointer((long) n * n);
    d = new DoublePointer(n);
    pivots = new IntPointer(n);
  }

  private void copy(DoublePointer from) {
    DoublePointer.memcpy(a, from, 8L * n * n);
  }

  private static void check(int info) {
    if (info != 0) {
      throw new IllegalStateException("LAPACK answered " + info);
    }
  }

  public static void main(String[] args) {
    int n = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
    Decompositions it = new Decompositions(n);
    try (Scope scope = Scope.open(Device.CPU)) {
      Tensor g = new Generator(1).normal(DType.F64, n, n);
      Tensor p = g.matmul(g.transpose(0, 1)).add(Tensor.eye(n).to(DType.F64));
      Tensor rhs = new Generator(2).normal(DType.F64, n, 1);
      it.general.put(g.doubles(), 0, n * n);
      it.positive.put(p.doubles(), 0, n * n);
      System.out.println(
          "n = " + n + ", float64, " + Linalg.library() + ", one thread for a matrix");
      System.out.printf("%-10s %10s %10s %7s%n", "", "Jacana ms", "LAPACK ms", "ratio");
      Map<String, Runnable[]> works = new LinkedHashMap<>();
      works.put("lu", two(() -> Linalg.lu(g), it::lu));
      works.put("cholesky", two(() -> Linalg.cholesky(p), it::cholesky));
      works.put("solve", two(() -> Linalg.solve(g, rhs), it::solve));
      works.put("inv", two(() -> Linalg.inv(g), it::inv));
      works.put("det", two(() -> Linalg.det(g), it::lu));
      works.put("qr", two(() -> Linalg.qr(g), it::qr));
      works.put("eigh", two(() -> Linalg.eigh(p), it::eigh));
      works.put("svd", two(() -> Linalg.svd(g), it::svd));
      works.forEach((name, pair) -> compare(name, pair));
    }
  }

  private static Runnable[] two(Runnable ours, Runnable theirs) {
    return new Runnable[] {ours, theirs};
  }

  private static void compare(String name, Runnable[] pair) {
    double[] ours = new double[ROUNDS];
    double[] theirs = new double[ROUNDS];
    double[] ratios = new double[ROUNDS];
    for (int i = -2; i < ROUNDS; i++) {
      long t = System.nanoTime();
      try (Scope scope = Scope.open()) {
        pair[0].run();
      }
      double mine = (System.nanoTime() - t) / 1e6;
      t = System.nanoTime();
      pair[1].run();
      double other = (System.nanoTime() - t) / 1e6;
      if (i >= 0) {
        ours[i] = mine;
        theirs[i] = other;
        ratios[i] = mine / other;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%-10s %10.1f %10.1f %7.2f%n",
        name,
        median(ours),
        median(theirs),
        median(ratios));
  }

  private static double median(double[] v) {
    double[] s = v.clone();
    Arrays.sort(s);
    return s[s.length / 2];
  }

  private void lu() {
    copy(general);
    check(LAPACKE_dgetrf(LAPACK_COL_MAJOR, n, n, a, n, pivots));
  }

  private void cholesky() {
    copy(positive);
    check(LAPACKE_dpotrf(LAPACK_COL_MAJOR, (byte) 'L', n, a, n));
  }

  private void solve() {
    copy(general);
    check(LAPACKE_dgesv(LAPACK_COL_MAJOR, n, 1, a, n, pivots, d, n));
  }

  private void inv() {
    lu();
    check(LAPACKE_dgetri(LAPACK_COL_MAJOR, n, a, n, pivots));
  }

  private void qr() {
    copy(general);
    check(LAPACKE_dgeqrf(LAPACK_COL_MAJOR, n, n, a, n, d));
    check(LAPACKE_dorgqr(LAPACK_COL_MAJOR, n, n, n, a, n, d));
  }

  private void eigh() {
    copy(positive);
    check(LAPACKE_dsyevd(LAPACK_COL_MAJOR, (byte) 'V', (byte) 'L', n, a, n, d));
  }

  private void svd() {
    copy(general);
    check(LAPACKE_dgesdd(LAPACK_COL_MAJOR, (byte) 'S', n, n, a, n, d, b, n, c, n));
  }
}
