import java.util.Locale;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Transforms;
import org.jacana.linalg.ConjugateGradient;
import org.jacana.linalg.Eigh;
import org.jacana.linalg.Lanczos;
import org.jacana.linalg.Linalg;
import org.jacana.linalg.LinearOperator;
import org.jacana.linalg.Lu;
import org.jacana.linalg.Projections;
import org.jacana.linalg.QuadraticForm;
import org.jacana.linalg.Svd;

/** Decompositions and systems on textbook matrices, beside the values found by hand. */
public class LinearSystems {
  public static void main(String[] args) {
    System.out.println("decompositions by " + Linalg.library());
    try (Scope scope = Scope.open()) {
      Tensor a = Tensor.of(new double[] {2, 1, 1, 4, -6, 0, -2, 7, 2}, 3, 3);
      Tensor b = Tensor.of(new double[] {5, -2, 9});
      show("solution of A x = b", "1 1 2", Linalg.solve(a, b));
      show("determinant", "-16", Linalg.det(a));
      Lu lu = Linalg.lu(a);
      show("pivots of LU", "4 4 1", lu.u().diagonal());
      show(
          "gradient of log|det|: A^-T",
          "0.75 0.5 -1 -0.3125 -0.375 1 -0.375 -0.25 1",
          Transforms.grad(x -> Linalg.slogdet(x).logabsdet()).apply(a));

      Tensor spd = Tensor.of(new double[] {4, 12, -16, 12, 37, -43, -16, -43, 98}, 3, 3);
      show("Cholesky factor", "2 0 0 6 1 0 -8 5 3", Linalg.cholesky(spd));
      System.out.println("x^T A x is " + QuadraticForm.of(spd));

      // The line nearest to (1, 1), (2, 2), (3, 2): y = 2/3 + x/2.
      Tensor points = Tensor.of(new double[] {1, 1, 1, 2, 1, 3}, 3, 2);
      Tensor heights = Tensor.of(new double[] {1, 2, 2});
      show("least squares", "0.666667 0.5", Linalg.lstsq(points, heights));
      show(
          "projected heights",
          "1.166667 1.666667 2.166667",
          Projections.ontoSubspace(heights, points));

      Eigh e = Linalg.eigh(Tensor.of(new double[] {2, 1, 1, 2}, 2, 2));
      show("eigenvalues", "1 3", e.values());
      show("eigenvectors in columns", "0.707107 0.707107 -0.707107 0.707107", e.vectors());
      Svd svd = Linalg.svd(Tensor.of(new double[] {3, 0, 4, 5}, 2, 2));
      show("singular values", "6.708204 2.236068", svd.s());

      // Hilbert's matrix is nearly singular: of 5 rows, 476607 times more one way than another.
      Tensor i = Tensor.arange(5).to(DType.F64);
      Tensor hilbert = i.unsqueeze(0).add(i.unsqueeze(1)).add(1).reciprocal();
      show("condition of Hilbert's", "476607.250242", Linalg.cond(hilbert));

      // Without a matrix: second differences have the eigenvalues 2 - 2 cos(k pi / (n + 1)).
      int n = 100;
      LinearOperator chain =
          LinearOperator.of(
              n,
              DType.F64,
              x -> {
                Tensor wide = x.pad(0, 1, 1);
                return x.mul(2).sub(wide.slice(0, 0, n)).sub(wide.slice(0, 2, n + 2));
              });
      double[] ends = Lanczos.of(chain, n, new org.jacana.Generator(1)).values();
      show("smallest by Lanczos", number(2 - 2 * Math.cos(Math.PI / 101)), Tensor.of(ends).at(0));
      // A string under an even load hangs in a parabola: x_k = k (n + 1 - k) / 2.
      Tensor load = Tensor.ones(DType.F64, n);
      show(
          "middle by conjugate gradients",
          number(50 * 51 / 2.0),
          ConjugateGradient.solve(chain, load).x().at(49));
    }
  }

  static String number(double v) {
    String s = String.format(Locale.ROOT, "%.6f", v);
    return s.replaceAll("\\.?0+$", "").replaceAll("^-0$", "0");
  }

  static void show(String what, String expected, Tensor t) {
    StringBuilder values = new StringBuilder();
    for (double d : t.doubles()) {
      values.append(values.length() == 0 ? "" : " ").append(number(d));
    }
    System.out.printf("%-30s %s%n%-30s %s%n", what, values, "  expected", expected);
    if (!values.toString().equals(expected)) {
      throw new IllegalStateException(what + ": not as expected");
    }
  }
}
