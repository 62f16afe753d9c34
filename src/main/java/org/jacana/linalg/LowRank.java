package org.jacana.linalg;

import org.jacana.Generator;
import org.jacana.Tensor;

/** The matrices of small rank nearest to a matrix, exactly and by random projections. */
public final class LowRank {
  private LowRank() {}

  private static int rank(String op, Tensor a, int k) {
    int most = Math.min(a.shape().dim(-2), a.shape().dim(-1));
    if (k < 1 || k > most) {
      throw new IllegalArgumentException(
          op + ": the rank must be 1 to " + most + " for " + a.shape() + ", got " + k);
    }
    return k;
  }

  private static Svd cut(Tensor u, Tensor s, Tensor vh, int k) {
    return new Svd(u.slice(-1, 0, k), s.slice(-1, 0, k), vh.slice(-2, 0, k));
  }

  private static Svd kept(Tensor[] parts) {
    return new Svd(parts[0], parts[1], parts[2]);
  }

  /** The k largest singular values and their vectors. */
  public static Svd truncatedSvd(Tensor a, int k) {
    Check.matrices("lowRank.truncatedSvd", a);
    rank("lowRank.truncatedSvd", a, k);
    return kept(
        Compose.all(
            a,
            () -> {
              Svd svd = Svd.of(a, false);
              Svd cut = cut(svd.u(), svd.s(), svd.vh(), k);
              return new Tensor[] {cut.u(), cut.s(), cut.vh()};
            }));
  }

  /**
   * The matrix of rank k nearest to A, in the spectral norm (at a distance of s[k]) and the
   * Frobenius norm (the root of the other s^2's sum): Eckart and Young (1936).
   */
  public static Tensor approximate(Tensor a, int k) {
    Check.matrices("lowRank.approximate", a);
    rank("lowRank.approximate", a, k);
    return Compose.on(a, () -> multiply(truncatedSvd(a, k)));
  }

  /** U diag(s) Vh. */
  public static Tensor multiply(Svd svd) {
    return Compose.on(svd.u(), () -> svd.u().mul(svd.s().unsqueeze(-2)).matmul(svd.vh()));
  }

  /** {@link #randomizedSvd(Tensor, int, int, int, Generator)} with 10 more and 2 iterations. */
  public static Svd randomizedSvd(Tensor a, int k, Generator generator) {
    return randomizedSvd(a, k, 10, 2, generator);
  }

  /**
   * About the k largest singular values and vectors, from a basis of A times random vectors (Halko,
   * Martinsson and Tropp 2011, algorithms 4.4 and 5.1).
   *
   * @param oversampling how many random vectors more than k
   * @param iterations of A A^T in between, each sharpening the decay of singular values
   */
  public static Svd randomizedSvd(
      Tensor a, int k, int oversampling, int iterations, Generator generator) {
    Check.matrices("lowRank.randomizedSvd", a);
    rank("lowRank.randomizedSvd", a, k);
    if (oversampling < 0 || iterations < 0) {
      throw new IllegalArgumentException(
          "lowRank.randomizedSvd: oversampling and iterations must not be negative, got "
              + oversampling
              + " and "
              + iterations);
    }
    int most = Math.min(a.shape().dim(-2), a.shape().dim(-1));
    int width = Math.min(most, k + oversampling);
    return kept(
        Compose.all(
            a,
            () -> {
              Tensor at = Compose.t(a);
              Tensor random = generator.normal(a.dtype(), a.shape().dim(-1), width);
              Tensor q = Qr.of(a.matmul(random), false).q();
              for (int i = 0; i < iterations; i++) {
                Tensor p = Qr.of(at.matmul(q), false).q();
                q = Qr.of(a.matmul(p), false).q();
              }
              Svd small = Svd.of(Compose.t(q).matmul(a), false);
              Svd cut = cut(q.matmul(small.u()), small.s(), small.vh(), k);
              return new Tensor[] {cut.u(), cut.s(), cut.vh()};
            }));
  }
}
