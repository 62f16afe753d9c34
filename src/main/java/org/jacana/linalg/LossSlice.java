package org.jacana.linalg;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * A loss along random directions through the present parameters, each filter of a direction as long
 * as the parameter's own (Li et al. 2018). Parameters are as before when a method returns or
 * throws.
 */
public final class LossSlice {
  private LossSlice() {}

  /**
   * A direction with the parameters' shapes: normal numbers, scaled so that each part along the
   * first axis (a filter, a unit) has the norm of the parameter's part. Vectors (biases and
   * normalisation) are left where they are, as the paper does.
   */
  public static List<Tensor> direction(List<Tensor> parameters, Generator generator) {
    new ParameterVector("lossSlice.direction", parameters);
    List<Tensor> out = new ArrayList<>();
    for (Tensor p : parameters) {
      out.add(Autograd.noGrad(() -> Compose.on(p, () -> part(p.detach(), generator))));
    }
    return out;
  }

  private static Tensor part(Tensor p, Generator generator) {
    if (p.rank() < 2) {
      return p.zerosLike();
    }
    int n = p.shape().dim(0);
    Tensor d = generator.normal(p.dtype(), p.shape().dims()).reshape(n, -1);
    Tensor scale = p.reshape(n, -1).norm(2, new int[] {1}, true);
    return Linalg.normalize(d).mul(scale).reshape(p.shape());
  }

  private static void fits(String op, List<Tensor> parameters, List<Tensor> direction) {
    boolean fits = direction.size() == parameters.size();
    for (int i = 0; fits && i < direction.size(); i++) {
      fits = direction.get(i).shape().equals(parameters.get(i).shape());
    }
    if (!fits) {
      throw new IllegalArgumentException(
          op + ": a direction must have one tensor of the same shape for each parameter");
    }
  }

  /** The loss at the parameters plus each multiple of a direction. */
  public static double[] line(
      Supplier<Tensor> loss, List<Tensor> parameters, List<Tensor> direction, double[] at) {
    new ParameterVector("lossSlice.line", parameters);
    fits("lossSlice.line", parameters, direction);
    double[] out = new double[at.length];
    try (Displacement here = new Displacement(parameters)) {
      for (int i = 0; i < at.length; i++) {
        here.move(List.of(direction), new double[] {at[i]});
        out[i] = here.value(loss);
      }
    }
    return out;
  }

  /** The loss at the parameters plus xs[i] times one direction plus ys[j] times another: [i][j]. */
  public static double[][] plane(
      Supplier<Tensor> loss,
      List<Tensor> parameters,
      List<Tensor> first,
      List<Tensor> second,
      double[] xs,
      double[] ys) {
    new ParameterVector("lossSlice.plane", parameters);
    fits("lossSlice.plane", parameters, first);
    fits("lossSlice.plane", parameters, second);
    double[][] out = new double[xs.length][ys.length];
    try (Displacement here = new Displacement(parameters)) {
      for (int i = 0; i < xs.length; i++) {
        for (int j = 0; j < ys.length; j++) {
          try (Scope s = Scope.open()) {
            here.move(List.of(first, second), new double[] {xs[i], ys[j]});
            out[i][j] = here.value(loss);
          }
        }
      }
    }
    return out;
  }
}
