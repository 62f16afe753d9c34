package org.jacana.optim.minimize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jacana.Scope;
import org.jacana.Tensor;

/**
 * Minimises the augmented Lagrangian, moves the multipliers to lambda + rho h and max(0, mu + rho
 * g), and raises rho where the constraints do not get better (Nocedal and Wright 2006, framework
 * 17.3); then tries to finish by {@link NewtonKkt} with the active constraints.
 */
final class AugmentedLagrangian {
  private static final double LARGEST = 1e8;

  /** How many rounds may pass without the constraints getting better. */
  private static final int PATIENCE = 5;

  private final Lagrangian problem;
  private final double tolerance;
  private final int limit;
  private final List<double[]> path = new ArrayList<>();
  private final List<Double> values = new ArrayList<>();
  private int iterations;

  AugmentedLagrangian(Lagrangian problem, double tolerance, int limit) {
    this.problem = problem;
    this.tolerance = tolerance;
    this.limit = limit;
  }

  private ConstrainedMinimum end(double[] x, double[] lambda, double[] mu, StopReason reason) {
    Trajectory t =
        new Trajectory(
            path.toArray(new double[0][]),
            values.stream().mapToDouble(Double::doubleValue).toArray());
    return problem.result(x, lambda, mu, iterations, reason, t);
  }

  ConstrainedMinimum run(double[] start) {
    double[] x = start;
    double[] lambda = new double[problem.h(x).length];
    double[] mu = new double[problem.g(x).length];
    double rho = 10;
    double loose = 1e-2;
    double before = Double.POSITIVE_INFINITY;
    int stuck = 0;
    path.add(x);
    values.add(problem.f.value(x));
    while (true) {
      double within = Math.max(loose, tolerance / 10);
      Minimum inner = inner(x, lambda, mu, rho, within);
      iterations++;
      if (inner.reason() == StopReason.NOT_FINITE) {
        return end(x, lambda, mu, StopReason.NOT_FINITE);
      }
      x = inner.x();
      double[] h = problem.h(x);
      double[] g = problem.g(x);
      lambda = Vectors.along(lambda, rho, h);
      double broken = Vectors.largest(h);
      for (int i = 0; i < mu.length; i++) {
        // Both a broken constraint and a slack one with a multiplier are wrong.
        broken = Math.max(broken, Math.abs(Math.max(g[i], -mu[i] / rho)));
        mu[i] = Math.max(0, mu[i] + rho * g[i]);
      }
      Objective.Point p = problem.f.at(x);
      path.add(x);
      values.add(p.value());
      Kkt kkt = problem.kkt(x, p.gradient(), lambda, mu);
      if (Lagrangian.holds(kkt, p.gradient(), tolerance)) {
        return end(x, lambda, mu, StopReason.KKT);
      }
      if (Lagrangian.holds(kkt, p.gradient(), 1e-3)) {
        ConstrainedMinimum finished = finish(x, lambda.length, mu, g);
        if (finished != null) {
          return finished;
        }
      }
      stuck = broken > 0.9 * before ? stuck + 1 : 0;
      if (iterations == limit || stuck == PATIENCE) {
        boolean feasible = kkt.feasibility() <= tolerance;
        return end(x, lambda, mu, feasible ? StopReason.ITERATIONS : StopReason.INFEASIBLE);
      }
      rho = broken > before / 4 ? Math.min(LARGEST, 10 * rho) : rho;
      before = Math.min(before, broken);
      loose /= 10;
    }
  }

  private Minimum inner(double[] x, double[] lambda, double[] mu, double rho, double within) {
    try (Tensor start = Scope.release(problem.f.tensorOf(x))) {
      Minimum m =
          Minimize.of(problem.augmented(lambda, mu.clone(), rho))
              .gradientTolerance(within)
              .maxIterations(2000)
              .from(start);
      problem.count(m.evaluations());
      return m;
    }
  }

  /** Newton's method with the active inequalities as equalities; null if that breaks another. */
  private ConstrainedMinimum finish(double[] x, int equalities, double[] mu, double[] g) {
    int[] active = IntStream.range(0, mu.length).filter(i -> mu[i] > 0 && mu[i] > -g[i]).toArray();
    Lagrangian reduced = problem.withActive(active);
    if (active.length + equalities == 0 || active.length + equalities > x.length) {
      return null;
    }
    ConstrainedMinimum m = new NewtonKkt(reduced, tolerance / 10, 30).run(x);
    problem.count(m.evaluations());
    double[] lambda = Arrays.copyOf(m.equality(), equalities);
    double[] all = new double[mu.length];
    for (int i = 0; i < active.length; i++) {
      all[active[i]] = m.equality()[equalities + i];
    }
    Objective.Point p = problem.f.at(m.x());
    Kkt kkt = problem.kkt(m.x(), p.gradient(), lambda, all);
    if (!Lagrangian.holds(kkt, p.gradient(), tolerance)) {
      return null;
    }
    iterations += m.iterations();
    for (int i = 1; i < m.trajectory().points().length; i++) {
      path.add(m.trajectory().points()[i]);
      values.add(m.trajectory().values()[i]);
    }
    return end(m.x(), lambda, all, StopReason.KKT);
  }
}
