package org.jacana.optim.minimize;

import java.util.ArrayList;
import java.util.List;

/** The state of one minimisation: where it is, what it has cost, and whether it is over. */
final class Run {
  final Objective f;
  final Prox prox;
  final Limits limits;
  private final boolean recording;
  private final List<double[]> path = new ArrayList<>();
  private final List<Double> values = new ArrayList<>();
  double[] x;

  /** The value of f, plus the non-smooth term's. */
  double value;

  double[] gradient = {};
  double norm;
  int iterations;

  Run(Objective f, Prox prox, Limits limits, boolean recording, double[] x) {
    this.f = f;
    this.prox = prox;
    this.limits = limits;
    this.recording = recording;
    this.x = x;
  }

  /** Takes the start's value and gradient; a reason if it is the minimum already. */
  StopReason start(double value, double[] gradient, double norm) {
    this.value = value;
    this.gradient = gradient;
    this.norm = norm;
    record();
    return norm <= limits.gradient() ? StopReason.GRADIENT : null;
  }

  private void record() {
    values.add(value);
    if (recording) {
      path.add(x.clone());
    }
  }

  /** Moves to a point by a method that looks at the gradient's largest component. */
  StopReason moveTo(double[] x, double value, double[] gradient) {
    return moveTo(x, value, gradient, Vectors.largest(gradient));
  }

  /** Counts an iteration that ends at a point; the reason to stop there, or null. */
  StopReason moveTo(double[] to, double newValue, double[] newGradient, double newNorm) {
    iterations++;
    if (!Double.isFinite(newValue) || !Vectors.finite(newGradient) || !Double.isFinite(newNorm)) {
      return StopReason.NOT_FINITE;
    }
    double step = Vectors.largest(Vectors.minus(to, x));
    double change = Math.abs(newValue - value);
    x = to;
    value = newValue;
    gradient = newGradient;
    norm = newNorm;
    record();
    if (norm <= limits.gradient()) {
      return StopReason.GRADIENT;
    }
    if (limits.step() > 0 && step <= limits.step() * Math.max(1, Vectors.largest(x))) {
      return StopReason.STEP;
    }
    if (limits.value() > 0 && change <= limits.value() * Math.max(1, Math.abs(value))) {
      return StopReason.VALUE;
    }
    return spent();
  }

  /** Counts an iteration that stayed where it was. */
  StopReason stayed() {
    iterations++;
    record();
    return spent();
  }

  /** Counts an iteration of a method with a test of its own. */
  StopReason visit(double[] to, double newValue, double newNorm) {
    iterations++;
    x = to;
    value = newValue;
    norm = newNorm;
    record();
    return spent();
  }

  private StopReason spent() {
    if (iterations >= limits.iterations()) {
      return StopReason.ITERATIONS;
    }
    return f.functions() >= limits.evaluations() ? StopReason.EVALUATIONS : null;
  }

  Minimum result(StopReason reason) {
    Trajectory trajectory =
        new Trajectory(
            path.toArray(new double[0][]),
            values.stream().mapToDouble(Double::doubleValue).toArray());
    return new Minimum(
        x, value, gradient, norm, iterations, f.counts(), reason, trajectory, f.shape, f.dtype);
  }
}
