package org.jacana.optim.minimize;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.linalg.Linalg;

/**
 * Least squares, the minimum of sum r(x)^2, by Levenberg and Marquardt's method: steps p that
 * minimise |J p + r|^2 + damping |D p|^2, D the largest norms of J's columns so far (Moré 1978),
 * solved by QR without forming J^T J; the damping follows Nielsen (1999).
 *
 * <pre>{@code
 * LeastSquaresFit fit =
 *     LeastSquares.of(b -> model(b, x).sub(y)).from(500, 1e-4); // b, its standard errors
 * }</pre>
 *
 * <p>For functions of a module's parameters, without Jacobians, see {@code
 * org.jacana.optim.GaussNewton}.
 */
public final class LeastSquares {
  private final UnaryOperator<Tensor> residuals;
  private UnaryOperator<Tensor> jacobian;
  private double gradientTolerance = 1e-10;
  private double stepTolerance = 1e-12;
  private int iterations = 1000;
  private boolean recording;

  private LeastSquares(UnaryOperator<Tensor> residuals) {
    this.residuals = residuals;
  }

  /** Residuals of any shape from a tensor of x0's shape; they may depend on anything else too. */
  public static LeastSquares of(UnaryOperator<Tensor> residuals) {
    return new LeastSquares(residuals);
  }

  /** The Jacobian, of m n elements, instead of Autograd's. */
  public LeastSquares jacobian(UnaryOperator<Tensor> jacobian) {
    this.jacobian = jacobian;
    return this;
  }

  /** Stops where the cosine between the residuals and each column of J is at most this; 1e-10. */
  public LeastSquares gradientTolerance(double cosine) {
    gradientTolerance = Minimize.notNegative("gradient tolerance", cosine);
    return this;
  }

  /** Stops where a step is at most this part of |D x|; 1e-12. */
  public LeastSquares stepTolerance(double tolerance) {
    stepTolerance = Minimize.notNegative("step tolerance", tolerance);
    return this;
  }

  /** The most steps, rejected ones included; 1000. */
  public LeastSquares maxIterations(int iterations) {
    this.iterations = Minimize.positive("iterations", iterations);
    return this;
  }

  /** Keeps every point, for charts. */
  public LeastSquares recordPath() {
    recording = true;
    return this;
  }

  /** {@link #from(Tensor)} for a vector of doubles on the standard device. */
  public LeastSquaresFit from(double... x0) {
    try (Tensor start = Scope.release(Tensor.of(x0, x0.length))) {
      return from(start);
    }
  }

  /**
   * Runs.
   *
   * @param x0 the start, F64 or F32, of any shape; it is not changed
   * @throws IllegalArgumentException if x0 is empty or not finite, or the residuals or their
   *     derivatives are not finite there
   */
  public LeastSquaresFit from(Tensor x0) {
    double[] x = Minimize.start("leastSquares", x0);
    return new Search(new Residuals("leastSquares", residuals, jacobian, x0), x).run();
  }

  /** One run. */
  private final class Search {
    private final Residuals f;
    private double[] x;
    private double[] r;
    private double[][] j;
    private double[] d;
    private double[] g;
    private final List<double[]> path = new ArrayList<>();
    private final List<Double> values = new ArrayList<>();

    Search(Residuals f, double[] x) {
      this.f = f;
      this.x = x;
      r = f.at(x);
      d = new double[x.length];
      linearise();
      boolean finite = Vectors.finite(r) && Vectors.finite(g);
      if (!finite) {
        throw new IllegalArgumentException(
            "leastSquares: the residuals or their derivatives are not finite at the start; start"
                + " from another point");
      }
      keep();
    }

    private void linearise() {
      j = f.jacobian(x, r.length);
      g = Dense.transposed(j, r, x.length);
      for (int k = 0; k < d.length; k++) {
        d[k] = Math.max(d[k], column(k));
      }
    }

    private double column(int k) {
      double s = 0;
      for (double[] row : j) {
        s += row[k] * row[k];
      }
      return Math.sqrt(s);
    }

    private void keep() {
      values.add(Vectors.dot(r, r));
      if (recording) {
        path.add(x.clone());
      }
    }

    /** The largest cosine between the residuals and a column. */
    private double cosine() {
      double norm = Vectors.norm(r);
      double most = 0;
      for (int k = 0; k < g.length; k++) {
        double c = column(k);
        most = c == 0 || norm == 0 ? most : Math.max(most, Math.abs(g[k]) / c / norm);
      }
      return most;
    }

    private double[] step(double damping) {
      int m = r.length;
      int n = x.length;
      double[][] a = new double[m + n][n];
      double[] b = new double[m + n];
      for (int i = 0; i < m; i++) {
        for (int k = 0; k < n; k++) {
          a[i][k] = j[i][k] / scale(k);
        }
        b[i] = -r[i];
      }
      for (int k = 0; k < n; k++) {
        a[m + k][k] = Math.sqrt(damping);
      }
      double[] p;
      try (Scope scope = Scope.open(Device.CPU)) {
        p = Linalg.lstsq(Dense.tensor(a), Tensor.of(b)).doubles();
      }
      for (int k = 0; k < n; k++) {
        p[k] /= scale(k);
      }
      return p;
    }

    private double scale(int k) {
      return d[k] == 0 ? 1 : d[k];
    }

    private double scaledNorm(double[] v) {
      double s = 0;
      for (int k = 0; k < v.length; k++) {
        s += v[k] * v[k] * scale(k) * scale(k);
      }
      return Math.sqrt(s);
    }

    LeastSquaresFit run() {
      double epsilon = f.dtype == DType.F64 ? Math.ulp(1.0) : Math.ulp(1f);
      double stepLimit = Math.max(stepTolerance, 4 * epsilon);
      double damping = 1e-3;
      double growth = 2;
      int n = 0;
      StopReason reason = cosine() <= gradientTolerance ? StopReason.GRADIENT : null;
      while (reason == null) {
        double[] p = step(damping);
        double[] to = Vectors.along(x, 1, p);
        if (f.dtype == DType.F32) {
          for (int k = 0; k < to.length; k++) {
            to[k] = (float) to[k];
          }
        }
        double[] next = f.at(to);
        double before = Vectors.dot(r, r);
        double[] jp = Dense.times(j, p);
        double length = scaledNorm(p);
        double promised = Vectors.dot(jp, jp) + 2 * damping * length * length;
        double gain = (before - Vectors.dot(next, next)) / promised;
        boolean small = length <= stepLimit * scaledNorm(x);
        boolean rounding = promised <= 8 * epsilon * before;
        if ((gain > 0 || rounding) && Vectors.finite(next)) {
          double angle = cosine();
          x = to;
          r = next;
          linearise();
          keep();
          if (rounding && cosine() >= angle / 2) {
            reason = StopReason.VALUE;
          }
          gain = rounding ? 1 : gain;
          damping *= Math.max(1.0 / 3, 1 - Math.pow(2 * gain - 1, 3));
          growth = 2;
          if (!Vectors.finite(g)) {
            reason = StopReason.NOT_FINITE;
          } else if (reason == null && cosine() <= gradientTolerance) {
            reason = StopReason.GRADIENT;
          }
        } else {
          damping *= growth;
          growth *= 2;
        }
        n++;
        if (reason == null && small) {
          reason = Vectors.finite(next) ? StopReason.STEP : StopReason.NOT_FINITE;
        } else if (reason == null && n == iterations) {
          reason = StopReason.ITERATIONS;
        }
      }
      Trajectory trajectory =
          new Trajectory(
              path.toArray(new double[0][]),
              values.stream().mapToDouble(Double::doubleValue).toArray());
      Evaluations counts = new Evaluations(f.values, f.jacobians, 0, 0);
      return new LeastSquaresFit(
          x, Vectors.dot(r, r), r, j, n, counts, reason, trajectory, f.shape, f.dtype);
    }
  }
}
