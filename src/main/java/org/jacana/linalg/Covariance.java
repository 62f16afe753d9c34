package org.jacana.linalg;

import org.jacana.Tensor;

/** Second moments of data [n, d] with an observation in each row; differentiable. */
public final class Covariance {
  private Covariance() {}

  static void data(String op, Tensor x, int least) {
    Check.matrices(op, x);
    if (x.rank() != 2 || x.shape().dim(0) < least) {
      throw new IllegalArgumentException(
          op
              + ": needs data [n, d] of at least "
              + least
              + " rows (one observation each), got "
              + x.shape());
    }
  }

  /** The sample's covariances [d, d], with divisor n - 1. */
  public static Tensor cov(Tensor x) {
    return cov(x, 1);
  }

  /** Covariances [d, d] with divisor n - correction; torch.cov takes the transposed data. */
  public static Tensor cov(Tensor x, int correction) {
    data("covariance.cov", x, Math.max(1, correction + 1));
    return Compose.on(
        x,
        () -> {
          Tensor centred = x.sub(x.mean(0));
          double n = x.shape().dim(0) - correction;
          return Compose.t(centred).matmul(centred).mul(1 / n);
        });
  }

  /** The covariances of the columns of x [n, d] with those of y [n, e], divisor n - 1: [d, e]. */
  public static Tensor cross(Tensor x, Tensor y) {
    data("covariance.cross", x, 2);
    data("covariance.cross", y, 2);
    if (x.shape().dim(0) != y.shape().dim(0)) {
      throw new IllegalArgumentException(
          "covariance.cross: needs as many rows in both, got " + x.shape() + " and " + y.shape());
    }
    return Compose.on(
        x,
        () ->
            Compose.t(x.sub(x.mean(0))).matmul(y.sub(y.mean(0))).mul(1.0 / (x.shape().dim(0) - 1)));
  }

  /** Pearson's correlations [d, d]; NaN for a column that is constant. */
  public static Tensor corrcoef(Tensor x) {
    data("covariance.corrcoef", x, 2);
    return Compose.on(
        x,
        () -> {
          Tensor c = cov(x);
          Tensor d = c.diagonal(0, 0, 1).sqrt();
          return c.div(d.unsqueeze(0)).div(d.unsqueeze(1));
        });
  }
}
