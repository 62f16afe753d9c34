package org.jacana.linalg;

import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * Principal components of data [n, d], one observation in each row (Pearson 1901; Jolliffe 2002).
 * The tensors belong to the scope in which it was fitted.
 *
 * @param mean of the columns, [d]
 * @param components orthonormal rows [k, d] by descending variance; the largest element of each is
 *     positive
 * @param explainedVariance the variances along them, divisor n - 1, [k]
 * @param explainedVarianceRatio their parts of the whole variance, [k]
 */
public record Pca(
    Tensor mean, Tensor components, Tensor explainedVariance, Tensor explainedVarianceRatio) {
  /** All min(n, d) components. */
  public static Pca fit(Tensor x) {
    Covariance.data("pca", x, 2);
    return fit(x, Math.min(x.shape().dim(0), x.shape().dim(1)));
  }

  /**
   * The first k components: by the eigenvectors of the covariances where there are many more rows
   * than columns, else by the singular value decomposition of the centred data.
   */
  public static Pca fit(Tensor x, int k) {
    Covariance.data("pca", x, 2);
    int n = x.shape().dim(0);
    int d = x.shape().dim(1);
    if (k < 1 || k > Math.min(n, d)) {
      throw new IllegalArgumentException(
          "pca: the number of components must be 1 to "
              + Math.min(n, d)
              + " for data "
              + x.shape()
              + ", got "
              + k);
    }
    try (Scope scope = Scope.open(x.device());
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor mean = x.detach().mean(0);
      Tensor centred = x.detach().sub(mean);
      Tensor rows;
      Tensor variances;
      if (n >= 10 * d) {
        Tensor c = Compose.t(centred).matmul(centred).to(DType.F64).mul(1.0 / (n - 1));
        Eigh e = Linalg.eigh(Compose.symmetric(c));
        variances = e.values().flip(0).maximum(0);
        rows = Compose.t(e.vectors()).flip(0);
      } else {
        Svd svd = Linalg.svd(centred);
        variances = svd.s().square().to(DType.F64).mul(1.0 / (n - 1));
        rows = svd.vh();
      }
      Tensor ratio = variances.mul(Compose.inverseOrZero(variances.sum()));
      return new Pca(
          scope.keep(mean),
          scope.keep(rows.slice(0, 0, k).to(x.dtype()).copy()),
          scope.keep(variances.slice(0, 0, k).to(x.dtype()).copy()),
          scope.keep(ratio.slice(0, 0, k).to(x.dtype()).copy()));
    }
  }

  private void columns(String op, Tensor x, int d) {
    Check.real(op, x, mean);
    if (x.rank() < 1 || x.shape().dim(-1) != d) {
      throw new IllegalArgumentException(
          op + ": needs [..., " + d + "] as fitted, got " + x.shape());
    }
  }

  /** Coordinates along the components: [..., d] to [..., k]. Differentiable. */
  public Tensor transform(Tensor x) {
    columns("pca.transform", x, mean.shape().dim(0));
    return Compose.on(x, () -> x.sub(mean).matmul(Compose.t(components)));
  }

  /** Coordinates divided by their standard deviations, so that all variances are 1. */
  public Tensor whiten(Tensor x) {
    return Compose.on(x, () -> transform(x).mul(Compose.inverseOrZero(explainedVariance.sqrt())));
  }

  /** The points with these coordinates: [..., k] to [..., d]. */
  public Tensor inverseTransform(Tensor z) {
    columns("pca.inverseTransform", z, components.shape().dim(0));
    return Compose.on(z, () -> z.matmul(components).add(mean));
  }

  /** The points with these whitened coordinates. */
  public Tensor unwhiten(Tensor z) {
    columns("pca.unwhiten", z, components.shape().dim(0));
    return Compose.on(z, () -> inverseTransform(z.mul(explainedVariance.sqrt())));
  }
}
