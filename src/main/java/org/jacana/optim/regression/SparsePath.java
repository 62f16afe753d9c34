package org.jacana.optim.regression;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Lasso fits from the sparsest on.
 *
 * @param alphas falling
 * @param fits one for each
 */
public record SparsePath(double[] alphas, List<SparseFit> fits) {
  /** Coefficient j at every alpha, for charts. */
  public double[] coefficient(int j) {
    return fits.stream().mapToDouble(f -> f.coefficients()[j]).toArray();
  }

  /** The columns in the order in which they enter, those that never do left out. */
  public int[] order() {
    LinkedHashSet<Integer> seen = new LinkedHashSet<>();
    for (SparseFit f : fits) {
      double[] b = f.coefficients();
      IntStream.range(0, b.length)
          .filter(j -> b[j] != 0)
          .boxed()
          .sorted(Comparator.comparingDouble(j -> -Math.abs(b[j])))
          .forEach(seen::add);
    }
    return seen.stream().mapToInt(Integer::intValue).toArray();
  }
}
