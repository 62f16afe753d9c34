package org.jacana.prob;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;

/** Estimates of mutual information from samples of two numbers or vectors; no gradients. */
public final class MutualInformation {
  private MutualInformation() {}

  /**
   * From a table of counts of x and y [n] in equal bins between their extremes. Biased upwards by
   * about (bins - 1)^2 / (2 n) nats.
   */
  public static double binned(Tensor x, Tensor y, int bins, Information.Unit unit) {
    String op = "MutualInformation.binned";
    double[][] a = points(op, "x", x);
    double[][] b = points(op, "y", y);
    sameLength(op, a, b);
    if (bins < 1 || a[0].length != 1 || b[0].length != 1) {
      throw new IllegalArgumentException(
          op
              + ": needs numbers [n] and at least 1 bin, got "
              + x.shape()
              + ", "
              + y.shape()
              + " and "
              + bins);
    }
    int[] i = bin(a, bins);
    int[] j = bin(b, bins);
    double[] counts = new double[bins * bins];
    for (int s = 0; s < i.length; s++) {
      counts[i[s] * bins + j[s]]++;
    }
    try (Scope s = Scope.open()) {
      return Information.mutualInformation(Tensor.of(counts, bins, bins), unit).item();
    }
  }

  private static int[] bin(double[][] x, int bins) {
    double low = Arrays.stream(x).mapToDouble(v -> v[0]).min().getAsDouble();
    double high = Arrays.stream(x).mapToDouble(v -> v[0]).max().getAsDouble();
    double width = (high - low) / bins;
    return Arrays.stream(x)
        .mapToInt(v -> width > 0 ? Math.min(bins - 1, (int) ((v[0] - low) / width)) : 0)
        .toArray();
  }

  /**
   * By distances to the k-th neighbour: the first estimator of Kraskov et al. (2004, equation 8),
   * with the largest difference as distance. It costs n^2 d operations. Equal samples in x or y
   * break its assumption of a density; add a little noise to rounded data.
   *
   * @param x [n] or [n, d]
   * @param y [n] or [n, e]
   * @param k neighbours, less than n; 3 is usual
   */
  public static double ksg(Tensor x, Tensor y, int k, Information.Unit unit) {
    String op = "MutualInformation.ksg";
    double[][] a = points(op, "x", x);
    double[][] b = points(op, "y", y);
    sameLength(op, a, b);
    int n = a.length;
    if (k < 1 || k >= n) {
      throw new IllegalArgumentException(
          op + ": k must be in 1.." + (n - 1) + " for " + n + " samples, got " + k);
    }
    double sum = 0;
    double[] dx = new double[n];
    double[] dy = new double[n];
    double[] both = new double[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        dx[j] = distance(a[i], a[j]);
        dy[j] = distance(b[i], b[j]);
        both[j] = Math.max(dx[j], dy[j]);
      }
      both[i] = Double.POSITIVE_INFINITY;
      Arrays.sort(both);
      double reach = both[k - 1];
      // The sample itself counts, as the 1 that the formula adds.
      int nx = 0;
      int ny = 0;
      for (int j = 0; j < n; j++) {
        nx += j == i || dx[j] < reach ? 1 : 0;
        ny += j == i || dy[j] < reach ? 1 : 0;
      }
      sum += digamma(nx) + digamma(ny);
    }
    return unit.of(digamma(k) + digamma(n) - sum / n);
  }

  private static double digamma(double v) {
    return org.jacana.op.Gamma.polygamma(0, v);
  }

  private static double distance(double[] p, double[] q) {
    double d = 0;
    for (int i = 0; i < p.length; i++) {
      d = Math.max(d, Math.abs(p[i] - q[i]));
    }
    return d;
  }

  private static double[][] points(String op, String name, Tensor t) {
    if (t.rank() < 1 || t.rank() > 2 || t.size() == 0) {
      throw new IllegalArgumentException(
          op + ": " + name + " needs samples [n] or [n, d], got " + t.shape());
    }
    int n = t.shape().dim(0);
    double[] flat;
    try (Scope s = Scope.open(t.device())) {
      flat = Params.finite(op, name, t.detach().to(DType.F64)).doubles();
    }
    int d = flat.length / n;
    double[][] rows = new double[n][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * d, (i + 1) * d));
    return rows;
  }

  private static void sameLength(String op, double[][] a, double[][] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(
          op + ": x and y need as many samples, got " + a.length + " and " + b.length);
    }
  }
}
