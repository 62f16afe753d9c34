package org.jacana.optim.minimize;

import java.util.ArrayList;
import java.util.List;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.linalg.Linalg;
import org.jacana.linalg.Projections;

/**
 * Newton's method for equality constraints: the step to the minimum of the Lagrangian's quadratic
 * model on the linearised constraints, in two parts, along A^T and in A's null space, where the
 * Hessian is shifted until it is positive definite; lengths by backtracking on f + penalty |h|_1,
 * with a second-order correction (Nocedal and Wright 2006, sections 18.3 and 15.6).
 */
final class NewtonKkt {
  private final Lagrangian problem;
  private final double tolerance;
  private final int limit;
  private double penalty = 1;

  NewtonKkt(Lagrangian problem, double tolerance, int limit) {
    this.problem = problem;
    this.tolerance = tolerance;
    this.limit = limit;
  }

  /** A+ and an orthonormal basis of A's null space, as rows. */
  private record Split(double[][] inverse, double[][] basis) {
    static Split of(double[][] a, int n) {
      try (Scope scope = Scope.open(Device.CPU)) {
        Tensor t = Dense.tensor(a);
        Tensor z = Projections.nullSpace(t);
        double[][] basis = z.shape().dim(1) == 0 ? new double[0][n] : Dense.rows(z.transpose(0, 1));
        return new Split(Dense.rows(Linalg.pinv(t)), basis);
      }
    }

    /** Multipliers that leave the least of v + A^T lambda. */
    double[] multipliers(double[] v, int m) {
      return Vectors.scaled(-1, Dense.transposed(inverse, v, m));
    }
  }

  ConstrainedMinimum run(double[] start) {
    double[] x = start;
    List<double[]> path = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    int n = 0;
    while (true) {
      Objective.Point p = problem.f.at(x);
      double[] h = problem.h(x);
      double[][] a = problem.equalityJacobian(x, h.length);
      Split split = Split.of(a, x.length);
      double[] lambda = split.multipliers(p.gradient(), h.length);
      path.add(x);
      values.add(p.value());
      double[] rest = Vectors.along(p.gradient(), 1, Dense.transposed(a, lambda, x.length));
      double feasibility = Vectors.largest(h);
      StopReason reason = null;
      if (Lagrangian.holds(
          new Kkt(Vectors.largest(rest), feasibility, 0, 0), p.gradient(), tolerance)) {
        reason = StopReason.KKT;
      } else if (n == limit) {
        reason = StopReason.ITERATIONS;
      } else {
        double[] next = step(x, p, h, split, lambda);
        if (next == null) {
          reason = feasibility > tolerance ? StopReason.INFEASIBLE : StopReason.LINE_SEARCH;
        } else {
          x = next;
          n++;
        }
      }
      if (reason != null) {
        Trajectory t =
            new Trajectory(
                path.toArray(new double[0][]),
                values.stream().mapToDouble(Double::doubleValue).toArray());
        return problem.result(x, lambda, new double[0], n, reason, t);
      }
    }
  }

  /** The next point, or null. */
  private double[] step(double[] x, Objective.Point at, double[] h, Split split, double[] lambda) {
    double[][] w = problem.hessian(x, lambda);
    double[] range = Vectors.scaled(-1, Dense.times(split.inverse, h));
    double[] p = range;
    int free = split.basis.length;
    if (free > 0) {
      double[] slope = Vectors.along(at.gradient(), 1, Dense.times(w, range));
      double[][] reduced = new double[free][];
      for (int i = 0; i < free; i++) {
        reduced[i] = Dense.times(split.basis, Dense.times(w, split.basis[i]));
      }
      double[] down = Vectors.scaled(-1, Dense.times(split.basis, slope));
      double[] z = ModifiedCholesky.solve(reduced, down);
      if (z == null) {
        return null;
      }
      p = Vectors.along(range, 1, Dense.transposed(split.basis, z, x.length));
    }
    penalty = Math.max(penalty, 2 * Vectors.largest(lambda));
    return search(x, at, h, split, p, Vectors.dot(p, Dense.times(w, p)));
  }

  private static double sum(double[] h) {
    double s = 0;
    for (double v : h) {
      s += Math.abs(v);
    }
    return s;
  }

  private double[] search(
      double[] x, Objective.Point at, double[] h, Split split, double[] p, double bend) {
    double broken = sum(h);
    double along = Vectors.dot(at.gradient(), p);
    if (broken > 0) {
      penalty = Math.max(penalty, (along + Math.max(0, bend) / 2) / (0.5 * broken));
    }
    double slope = along - penalty * broken;
    double merit = at.value() + penalty * broken;
    double slack = problem.f.slack(merit);
    if (!Vectors.finite(p)) {
      return null;
    }
    double t = 1;
    for (int k = 0; k < 50; k++, t /= 2) {
      double[] to = problem.f.round(Vectors.along(x, t, p));
      if (lower(to, merit + 1e-4 * t * Math.min(0, slope) + slack)) {
        return same(x, to) ? null : to;
      }
      if (k == 0) {
        double[] there = problem.h(to);
        double[] corrected = Vectors.minus(to, Dense.times(split.inverse, there));
        corrected = problem.f.round(corrected);
        if (Vectors.finite(corrected) && lower(corrected, merit + 1e-4 * slope + slack)) {
          return corrected;
        }
      }
    }
    return null;
  }

  private static boolean same(double[] a, double[] b) {
    return Vectors.largest(Vectors.minus(a, b)) == 0;
  }

  private boolean lower(double[] x, double limit) {
    return problem.f.value(x) + penalty * sum(problem.h(x)) <= limit;
  }
}
