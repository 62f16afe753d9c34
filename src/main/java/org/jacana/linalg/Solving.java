package org.jacana.linalg;

import java.util.Arrays;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.CustomOp;

/** Linear systems, least squares and the pseudo-inverse. */
final class Solving {
  private Solving() {}

  /** PyTorch's rule for a right side of vectors: one axis, or A's axes without the last. */
  private static boolean isVector(Tensor a, Tensor b) {
    return b.rank() == 1
        || b.rank() == a.rank() - 1 && b.shape().equals(a.shape().without(a.rank() - 1));
  }

  private interface Rule {
    Tensor apply(Tensor a, Tensor b);
  }

  /** Applies a rule to matrices with equal leading axes. */
  private static Tensor broadcast(String op, Tensor a, Tensor b, Rule rule) {
    Check.real(op, a, b);
    boolean vector = isVector(a, b);
    if (!vector && b.rank() < 2) {
      throw new IllegalArgumentException(
          op + ": the right side needs one axis or more, got " + b.shape() + " for " + a.shape());
    }
    return Compose.on(
        a,
        () -> {
          Tensor right = vector ? b.unsqueeze(-1) : b;
          if (right.shape().dim(-2) != a.shape().dim(-2)) {
            throw new IllegalArgumentException(
                op
                    + ": the right side must have as many rows as the matrix, got "
                    + b.shape()
                    + " for "
                    + a.shape());
          }
          Shape lead =
              Shape.broadcast(
                  op + " (batch axes)",
                  Shape.of(Compose.batch(a.shape())),
                  Shape.of(Compose.batch(right.shape())));
          Tensor x = rule.apply(lead(a, lead), lead(right, lead));
          return vector ? x.squeeze(-1) : x;
        });
  }

  private static Tensor lead(Tensor a, Shape lead) {
    int[] dims = Compose.join(lead.dims(), a.shape().dim(-2), a.shape().dim(-1));
    return Arrays.equals(dims, a.shape().dims()) ? a : a.expand(dims);
  }

  static Tensor solve(Tensor a, Tensor b) {
    Check.square("linalg.solve", a);
    return broadcast("linalg.solve", a, b, (p, q) -> empty(q) ? q.copy() : SolveOp.of(p, q));
  }

  static Tensor triangular(Tensor a, Tensor b, boolean upper, boolean transposed, boolean unit) {
    Check.square("linalg.solveTriangular", a);
    return broadcast(
        "linalg.solveTriangular",
        a,
        b,
        (p, q) -> empty(q) ? q.copy() : TriangularOp.of(p, q, upper, transposed, unit));
  }

  private static boolean empty(Tensor t) {
    return t.size() == 0;
  }

  static Tensor choleskySolve(Tensor l, Tensor b) {
    Check.square("linalg.choleskySolve", l);
    return broadcast(
        "linalg.choleskySolve",
        l,
        b,
        (p, q) ->
            empty(q)
                ? q.copy()
                : TriangularOp.of(
                    p, TriangularOp.of(p, q, false, false, false), false, true, false));
  }

  static Tensor lstsq(Tensor a, Tensor b) {
    Check.matrices("linalg.lstsq", a);
    return broadcast("linalg.lstsq", a, b, Solving::leastSquares);
  }

  private static Tensor leastSquares(Tensor a, Tensor b) {
    boolean tall = a.shape().dim(-2) >= a.shape().dim(-1);
    Qr qr = Qr.of(tall ? a : Compose.t(a), false);
    Tensor d = Autograd.noGrad(() -> qr.r().detach().diagonal(0, -2, -1).abs());
    int widest = Math.max(a.shape().dim(-2), a.shape().dim(-1));
    if (d.size() > 0) {
      Tensor limit = d.max(new int[] {-1}, true).mul(widest * Compose.epsilon(a.dtype()));
      if (d.le(limit).any().item() != 0) {
        return pinv(a, Double.NaN).matmul(b);
      }
    }
    return tall
        ? TriangularOp.of(qr.r(), Compose.t(qr.q()).matmul(b), true, false, false)
        : qr.q().matmul(TriangularOp.of(qr.r(), b, true, true, false));
  }

  /** Singular values up to {@code rcond} times the largest count as 0; NaN for the usual limit. */
  static Tensor pinv(Tensor a, double rcond) {
    Check.matrices("linalg.pinv", a);
    double limit =
        rcond == rcond
            ? rcond
            : Math.max(a.shape().dim(-2), a.shape().dim(-1)) * Compose.epsilon(a.dtype());
    return CustomOp.of("linalg.pinv", x -> pseudoInverse(x[0], limit))
        .gradient((x, y, g) -> new Tensor[] {pinvGradient(x[0], y, g)})
        .apply(a);
  }

  private static Tensor pseudoInverse(Tensor a, double rcond) {
    Svd svd = Svd.of(a, false);
    Tensor s = svd.s();
    Tensor small = s.le(s.slice(-1, 0, 1).mul(rcond));
    Tensor inverse = Compose.inverseOrZero(s.maskedFill(small, 0)).unsqueeze(-1);
    return Compose.t(svd.vh()).matmul(inverse.mul(Compose.t(svd.u())));
  }

  /** Golub and Pereyra (1973), equation 4.12, for matrices of constant rank. */
  private static Tensor pinvGradient(Tensor a, Tensor p, Tensor g) {
    return Compose.on(
        a,
        () -> {
          Tensor pt = Compose.t(p);
          Tensor gt = Compose.t(g);
          Tensor ppt = p.matmul(pt);
          Tensor ptp = pt.matmul(p);
          Tensor main = pt.matmul(g).matmul(pt).neg();
          // From P P^T dA^T (I - A P) and (I - P A) dA^T P^T P.
          Tensor left = gt.sub(a.matmul(p.matmul(gt))).matmul(ppt);
          Tensor right = ptp.matmul(gt.sub(gt.matmul(p).matmul(a)));
          return main.add(left).add(right);
        });
  }
}
