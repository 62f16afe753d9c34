package org.jacana.linalg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.jacana.Tensor;

/** The table of linear algebra's functions: what each is asked is in LinalgCasesTest. */
final class LinalgCases {
  /** A function of float64 inputs; {@code order} derivatives are checked. */
  record Case(String name, Function<Tensor[], Tensor> f, int order, Input... inputs) {
    @Override
    public String toString() {
      return name;
    }
  }

  record Input(double[] values, int... shape) {
    Tensor tensor() {
      return Tensor.of(values, shape);
    }
  }

  private final List<Case> cases = new ArrayList<>();
  private final Random random = new Random(7);

  private Input normal(int... shape) {
    int n = 1;
    for (int d : shape) {
      n *= d;
    }
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      v[i] = random.nextGaussian();
    }
    return new Input(v, shape);
  }

  /** Square matrices far from singular, as their triangles are. */
  private Input dominant(int batch, int n) {
    Input a = normal(batch, n, n);
    for (int i = 0; i < batch * n; i++) {
      a.values()[i * n + i % n] += 3;
    }
    return a;
  }

  private void add(String name, Function<Tensor[], Tensor> f, Input... inputs) {
    cases.add(new Case(name, f, 2, inputs));
  }

  private void constant(String name, Function<Tensor[], Tensor> f, Input... inputs) {
    cases.add(new Case(name, f, 0, inputs));
  }

  private static Tensor symmetric(Tensor a) {
    return a.add(a.transpose(-1, -2)).mul(0.5);
  }

  private static Tensor positive(Tensor a) {
    int n = a.shape().dim(-1);
    return a.matmul(a.transpose(-1, -2)).add(Tensor.eye(a.dtype(), n));
  }

  static List<Case> all() {
    LinalgCases c = new LinalgCases();
    c.products();
    c.numbers();
    c.decompositions();
    c.systems();
    return c.cases;
  }

  private void products() {
    add("vecdot", x -> Linalg.vecdot(x[0], x[1]), normal(2, 3), normal(3));
    add("outer", x -> Linalg.outer(x[0], x[1]), normal(2, 3), normal(2, 2));
    add("matvec", x -> Linalg.matvec(x[0], x[1]), normal(2, 3, 2), normal(2, 2));
    add("kron", x -> Linalg.kron(x[0], x[1]), normal(2, 3), normal(3, 2));
    add("kron of a vector", x -> Linalg.kron(x[0], x[1]), normal(2, 3), normal(2));
    add("matrixPower", x -> Linalg.matrixPower(x[0], 3), normal(2, 2, 2));
    add("matrixPower -2", x -> Linalg.matrixPower(x[0], -2), normal(2, 2));
    constant("matrixPower 0", x -> Linalg.matrixPower(x[0], 0), normal(2, 2));
    add("cosineSimilarity", x -> Linalg.cosineSimilarity(x[0], x[1]), normal(2, 3), normal(3));
    add("normalize", x -> Linalg.normalize(x[0]), normal(2, 3));
  }

  private void numbers() {
    add("trace", x -> Linalg.trace(x[0]), normal(2, 3, 2));
    add("det", x -> Linalg.det(x[0]), normal(2, 3, 3));
    add("det 1", x -> Linalg.det(x[0]), normal(1, 1));
    add("slogdet", x -> Linalg.slogdet(x[0]).logabsdet(), normal(2, 3, 3));
    constant("slogdet sign", x -> Linalg.slogdet(x[0]).sign(), normal(3, 3, 3));
    constant("matrixRank", x -> Linalg.matrixRank(x[0]), normal(2, 3, 4));
    constant("matrixRank by a limit", x -> Linalg.matrixRank(x[0], 0.4), normal(3, 3, 4));
    add("vectorNorm 3", x -> Linalg.vectorNorm(x[0], 3, -1), normal(2, 3));
    add("matrixNorm", x -> Linalg.matrixNorm(x[0]), normal(2, 3, 2));
    for (double p : new double[] {1, 2, Double.POSITIVE_INFINITY}) {
      add("matrixNorm " + p, x -> Linalg.matrixNorm(x[0], p), normal(2, 3, 2));
      add("matrixNorm -" + p, x -> Linalg.matrixNorm(x[0], -p), normal(2, 3, 2));
    }
    add("nuclearNorm", x -> Linalg.nuclearNorm(x[0]), normal(2, 3, 2));
    add("cond", x -> Linalg.cond(x[0]), normal(2, 3, 2));
    add("cond 1", x -> Linalg.cond(x[0], 1), normal(2, 2));
  }

  private void decompositions() {
    for (int[] s : new int[][] {{2, 3, 3}, {4, 2}, {2, 4}, {1, 3}, {3, 1}}) {
      String name = " " + Arrays.toString(s);
      add("lu l" + name, x -> Linalg.lu(x[0]).l(), normal(s));
      add("lu u" + name, x -> Linalg.lu(x[0]).u(), normal(s));
      constant("lu p" + name, x -> Linalg.lu(x[0]).p(), normal(s));
      add("qr q" + name, x -> Linalg.qr(x[0]).q(), normal(s));
      add("qr r" + name, x -> Linalg.qr(x[0]).r(), normal(s));
      add("svd u" + name, x -> Linalg.svd(x[0]).u(), normal(s));
      add("svd s" + name, x -> Linalg.svd(x[0]).s(), normal(s));
      add("svd vh" + name, x -> Linalg.svd(x[0]).vh(), normal(s));
      add("svdvals" + name, x -> Linalg.svdvals(x[0]), normal(s));
    }
    constant("qrComplete q", x -> projector(Linalg.qrComplete(x[0]).q(), 2), normal(4, 2));
    constant("qrComplete r", x -> Linalg.qrComplete(x[0]).r(), normal(2, 4, 2));
    add("qrComplete wide", x -> Linalg.qrComplete(x[0]).r(), normal(2, 3));
    add("svdFull square", x -> Linalg.svdFull(x[0]).u(), normal(3, 3));
    constant("svdFull s", x -> Linalg.svdFull(x[0]).s(), normal(2, 4, 2));
    constant("svdFull u", x -> projector(Linalg.svdFull(x[0]).u(), 2), normal(4, 2));
    add("cholesky", x -> Linalg.cholesky(positive(x[0])), normal(2, 3, 3));
    add("eigh values", x -> Linalg.eigh(symmetric(x[0])).values(), normal(2, 3, 3));
    add("eigh vectors", x -> Linalg.eigh(symmetric(x[0])).vectors(), normal(2, 3, 3));
    add("eigvalsh", x -> Linalg.eigvalsh(symmetric(x[0])), normal(2, 3, 3));
    add("eig real", x -> Linalg.eig(x[0]).real(), normal(2, 4, 4));
    add("eig imag", x -> Linalg.eig(x[0]).imag(), normal(2, 4, 4));
    add(
        "eig sizes of components",
        x -> {
          Eig e = Linalg.eig(x[0]);
          return e.vectorsReal().square().add(e.vectorsImag().square());
        },
        normal(3, 3, 3));
    add("eigvals real", x -> Linalg.eigvals(x[0]).real(), normal(2, 3, 3));
    add("eigvals imag", x -> Linalg.eigvals(x[0]).imag(), normal(2, 3, 3));
    constant(
        "schur",
        x -> {
          Schur s = Linalg.schur(x[0]);
          return s.q().matmul(s.t()).matmul(s.q().transpose(-1, -2));
        },
        normal(2, 5, 5));
  }

  /** Onto the columns from {@code k} on, which themselves are arbitrary. */
  private static Tensor projector(Tensor q, int k) {
    Tensor rest = q.slice(-1, k, q.shape().dim(-1));
    return rest.matmul(rest.transpose(-1, -2));
  }

  private void systems() {
    add("inv", x -> Linalg.inv(x[0]), normal(2, 3, 3));
    add("solve", x -> Linalg.solve(x[0], x[1]), normal(2, 3, 3), normal(3, 2));
    add("solve a vector", x -> Linalg.solve(x[0], x[1]), normal(2, 3, 3), normal(2, 3));
    for (int i = 0; i < 8; i++) {
      boolean upper = (i & 1) > 0;
      boolean transposed = (i & 2) > 0;
      boolean unit = (i & 4) > 0;
      add(
          "solveTriangular " + i,
          x -> Linalg.solveTriangular(x[0], x[1], upper, transposed, unit),
          dominant(2, 3),
          normal(2, 3, 2));
    }
    add(
        "solveTriangular short",
        x -> Linalg.solveTriangular(x[0], x[1], true),
        dominant(1, 3),
        normal(3));
    add("choleskySolve", x -> Linalg.choleskySolve(x[0], x[1]), dominant(1, 2), normal(2, 1));
    add("lstsq tall", x -> Linalg.lstsq(x[0], x[1]), normal(2, 4, 2), normal(4, 2));
    add("lstsq wide", x -> Linalg.lstsq(x[0], x[1]), normal(2, 4), normal(2));
    add("pinv tall", x -> Linalg.pinv(x[0]), normal(2, 4, 2));
    add("pinv wide", x -> Linalg.pinv(x[0], 1e-8), normal(2, 3));
  }
}
