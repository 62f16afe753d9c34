package org.jacana.linalg;

import java.util.List;
import java.util.function.IntFunction;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * How much gradients of batches scatter: the simple noise scale tr(Sigma) / |G|^2 of McCandlish et
 * al. (2018), appendix A.1, the batch size beyond which larger batches help little.
 *
 * @param squaredGradient |G|^2 of the true gradient, without bias; negative where noise hides it
 * @param trace of the covariance of one example's gradient, without bias
 */
public record GradientNoise(double squaredGradient, double trace) {
  /** trace / squaredGradient, in examples; negative where there were too few batches. */
  public double scale() {
    return trace / squaredGradient;
  }

  /**
   * From the gradients of several batches, drawn independently, of one size.
   *
   * @param loss the mean loss of batch i by the present parameters, for i from 0
   * @param batches at least 2
   * @param batchSize examples in each
   */
  public static GradientNoise of(
      IntFunction<Tensor> loss, List<Tensor> parameters, int batches, int batchSize) {
    if (batches < 2 || batchSize < 1) {
      throw new IllegalArgumentException(
          "gradientNoise: needs at least 2 batches of at least 1 example, got "
              + batches
              + " of "
              + batchSize);
    }
    ParameterVector all = new ParameterVector("gradientNoise", parameters);
    try (Scope scope = Scope.open(parameters.get(0).device())) {
      Tensor sum = Tensor.zeros(all.dtype(), all.size());
      double small = 0;
      for (int i = 0; i < batches; i++) {
        try (Scope step = Scope.open()) {
          Tensor y = loss.apply(i);
          Tensor g = all.join(Autograd.grad(y, null, parameters, false, false, true));
          sum.assign(sum.add(g));
          small += g.square().sum().item() / batches;
        }
      }
      double big = sum.mul(1.0 / batches).square().sum().item();
      Vectors.requireFinite("gradientNoise", small, big);
      // E |mean of n|^2 = |G|^2 + trace / n, for n of one batch and of all.
      double n = batchSize;
      double m = n * batches;
      return new GradientNoise((m * big - n * small) / (m - n), (small - big) / (1 / n - 1 / m));
    }
  }
}
