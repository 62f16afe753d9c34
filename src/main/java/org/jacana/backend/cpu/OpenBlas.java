package org.jacana.backend.cpu;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jacana.DType;
import org.jacana.backend.Lapack;
import org.jacana.backend.View;
import org.jacana.backend.reference.HostMatrices;

/**
 * LAPACK by OpenBLAS: one thread for a matrix, the matrices of a batch side by side, so that bits
 * do not depend on the number of threads. Opened on first use.
 */
record OpenBlas(Workers workers) implements Lapack {
  /** Elements of small matrices that are worth handing to another thread. */
  private static final long GRAIN = 1 << 12;

  /** Loads once; a failure is a sentence. Names none of the binding's types. */
  private static final class Library {
    static final String REASON = load();

    private static String load() {
      if (!Native.available()) {
        return Native.reason();
      }
      try {
        LapackCalls.load();
        return null;
      } catch (Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
          cause = cause.getCause();
        }
        String text = String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason");
        return "OpenBLAS cannot be loaded ("
            + cause.getClass().getSimpleName()
            + ": "
            + text
            + "); add the artifact org.bytedeco:openblas, and the same with this platform's"
            + " classifier";
      }
    }
  }

  /** Whether OpenBLAS was loaded; loads it on the first call. */
  static boolean available() {
    return Library.REASON == null;
  }

  /** Why OpenBLAS is not available, in one sentence; null where it is. */
  static String reason() {
    return Library.REASON;
  }

  @Override
  public String description() {
    return "OpenBLAS";
  }

  private interface Call {
    int run(int i);
  }

  private int[] each(String name, View a, Call call) {
    int b = a.layout().dim(0);
    int[] info = new int[b];
    long grain = Math.max(1, GRAIN / (a.size() / b));
    workers.ranges(
        b,
        grain,
        (from, to) -> {
          for (long i = from; i < to; i++) {
            int code = call.run((int) i);
            if (code < -1000) {
              throw new OutOfMemoryError(name + ": no memory for LAPACK's workspace");
            }
            if (code < 0) {
              throw new IllegalStateException(name + ": argument " + -code + " is wrong");
            }
            info[(int) i] = code;
          }
        });
    return info;
  }

  private static boolean wide(View v) {
    return v.dtype() == DType.F64;
  }

  private static long at(View v, int i) {
    return v == null
        ? 0
        : Operands.address(v) + i * (v.size() / v.layout().dim(0)) * v.dtype().bytes();
  }

  private static int rows(View a) {
    return a.layout().dim(2);
  }

  private static int columns(View a) {
    return a.layout().dim(1);
  }

  private static byte flag(boolean on, char yes, char no) {
    return (byte) (on ? yes : no);
  }

  @Override
  public int[] getrf(View a, View pivots) {
    return each(
        "getrf", a, i -> LapackCalls.getrf(wide(a), rows(a), columns(a), at(a, i), at(pivots, i)));
  }

  @Override
  public void getrs(boolean transposed, View lu, View pivots, View b) {
    byte t = flag(transposed, 'T', 'N');
    each(
        "getrs",
        lu,
        i ->
            LapackCalls.getrs(
                wide(lu), t, rows(lu), columns(b), at(lu, i), at(pivots, i), at(b, i)));
  }

  @Override
  public int[] getri(View lu, View pivots) {
    return each("getri", lu, i -> LapackCalls.getri(wide(lu), rows(lu), at(lu, i), at(pivots, i)));
  }

  @Override
  public int[] potrf(View a) {
    int n = rows(a);
    long size = a.dtype().bytes();
    return each(
        "potrf",
        a,
        i -> {
          int code = LapackCalls.potrf(wide(a), n, at(a, i));
          workers.ranges(
              n,
              COLUMNS,
              (from, to) -> {
                for (long c = from; c < to; c++) {
                  Native.zero(at(a, i) + c * n * size, c * size);
                }
              });
          return code;
        });
  }

  @Override
  public void geqrf(View a, View q, View r) {
    int m = rows(a);
    int n = columns(a);
    int k = Math.min(m, n);
    int c = columns(q);
    long size = a.dtype().bytes();
    each(
        "geqrf",
        a,
        i -> {
          long from = at(a, i);
          long tau = Native.allocate(k * size);
          try {
            int code = LapackCalls.geqrf(wide(a), m, n, from, tau);
            long to = at(r, i);
            for (int j = 0; j < n; j++) {
              int above = Math.min(j + 1, c);
              Native.copy(to + j * c * size, from + (long) j * m * size, above * size);
              Native.zero(to + (j * c + above) * size, (c - above) * size);
            }
            Native.copy(at(q, i), from, (long) m * k * size);
            return code != 0 ? code : LapackCalls.orgqr(wide(a), m, c, k, at(q, i), tau);
          } finally {
            Native.free(tau);
          }
        });
  }

  @Override
  public int[] syevd(View a, View w, boolean vectors) {
    byte job = flag(vectors, 'V', 'N');
    return each("syevd", a, i -> LapackCalls.syevd(wide(a), job, rows(a), at(a, i), at(w, i)));
  }

  @Override
  public int[] gesdd(View a, View s, View u, View vt) {
    int m = rows(a);
    int n = columns(a);
    byte job = u == null ? (byte) 'N' : flag(columns(u) == m && rows(vt) == n, 'A', 'S');
    int ldv = vt == null ? n : rows(vt);
    return each(
        "gesdd",
        a,
        i -> LapackCalls.gesdd(wide(a), job, m, n, at(a, i), at(s, i), at(u, i), at(vt, i), ldv));
  }

  @Override
  public int[] geev(View a, View re, View im, View v) {
    byte job = flag(v != null, 'V', 'N');
    return each(
        "geev",
        a,
        i -> LapackCalls.geev(wide(a), job, rows(a), at(a, i), at(re, i), at(im, i), at(v, i)));
  }

  @Override
  public int[] gees(View a, View re, View im, View q) {
    return each(
        "gees",
        a,
        i -> LapackCalls.gees(wide(a), rows(a), at(a, i), at(re, i), at(im, i), at(q, i)));
  }

  @Override
  public int[] trtrs(boolean upper, boolean transposed, boolean unit, View a, View b) {
    byte uplo = flag(upper, 'U', 'L');
    byte t = flag(transposed, 'T', 'N');
    byte diagonal = flag(unit, 'U', 'N');
    return each(
        "trtrs",
        a,
        i ->
            LapackCalls.trtrs(wide(a), uplo, t, diagonal, rows(a), columns(b), at(a, i), at(b, i)));
  }

  @Override
  public void triangles(View lu, View l, View u) {
    int m = rows(lu);
    int k = columns(l);
    long size = lu.dtype().bytes();
    int n = columns(lu);
    workers.ranges(
        (long) lu.layout().dim(0) * n,
        COLUMNS,
        (from, to) -> {
          for (long j = from; j < to; j++) {
            int i = (int) (j / n);
            int c = (int) (j % n);
            int above = Math.min(c + 1, k);
            long column = at(lu, i) + (long) c * m * size;
            long up = at(u, i) + (long) c * k * size;
            Native.copy(up, column, above * size);
            Native.zero(up + above * size, (k - above) * size);
            if (c < k) {
              long low = at(l, i) + (long) c * m * size;
              Native.zero(low, c * size);
              Native.copy(low + c * size, column + c * size, (m - c) * size);
              LapackCalls.set(wide(lu), low + c * size, 1);
            }
          }
        });
  }

  /** Columns of a piece. */
  private static final int COLUMNS = 64;

  /** Elements of a piece of a scan. */
  private static final int PIECE = 1 << 16;

  @Override
  public long notFinite(View a) {
    AtomicBoolean finite = new AtomicBoolean(true);
    long from = at(a, 0);
    workers.ranges(
        a.size(),
        PIECE,
        (low, high) -> {
          // A sum of sizes is finite if they all are, unless it overflows.
          double sum =
              LapackCalls.asum(wide(a), (int) (high - low), from + low * a.dtype().bytes());
          if (!Double.isFinite(sum)) {
            finite.set(false);
          }
        });
    return finite.get() ? -1 : HostMatrices.notFinite(a);
  }

  @Override
  public long notSymmetric(View a, double tolerance) {
    double[] limits = new double[a.layout().dim(0)];
    int n = rows(a) * columns(a);
    int pieces = (n + PIECE - 1) / PIECE;
    for (int i = 0; i < limits.length; i++) {
      double[] largest = new double[pieces];
      long from = at(a, i);
      workers.run(
          pieces,
          p -> {
            int low = p * PIECE;
            int count = Math.min(PIECE, n - low);
            largest[p] = LapackCalls.largest(wide(a), count, from + (long) low * a.dtype().bytes());
          });
      limits[i] = tolerance * Arrays.stream(largest).max().orElse(0);
    }
    return HostMatrices.notSymmetric(workers, a, limits);
  }

  @Override
  public void signs(View v, View rows, int k) {
    HostMatrices.signs(v, rows, k);
  }
}
