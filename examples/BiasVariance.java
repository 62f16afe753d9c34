import java.util.Locale;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.linalg.Linalg;

/**
 * The error of polynomial fits to noisy samples of a sine, taken apart: over many data sets the
 * expected squared error is bias squared plus variance plus noise; the variance, averaged over the
 * points of the data, is exactly noise (degree + 1) / points.
 */
public class BiasVariance {
  private static final int POINTS = 25;
  private static final int SETS = 4000;
  private static final double NOISE = 0.3;

  public static void main(String[] args) {
    try (Scope scope = Scope.open()) {
      double[] at = new double[POINTS];
      for (int i = 0; i < POINTS; i++) {
        at[i] = -1 + 2.0 * i / (POINTS - 1);
      }
      Tensor x = Tensor.of(at);
      Tensor truth = x.mul(Math.PI).sin();
      Generator g = new Generator(4);
      Tensor data = truth.add(g.normal(DType.F64, SETS, POINTS).mul(NOISE));
      Tensor fresh = truth.add(g.normal(DType.F64, SETS, POINTS).mul(NOISE));
      System.out.println("degree   bias^2  variance (expected)    sum + noise   measured error");
      for (int degree : new int[] {0, 1, 3, 5, 9}) {
        try (Scope step = Scope.open()) {
          Tensor basis = x.unsqueeze(1).pow(Tensor.arange(degree + 1).to(DType.F64));
          Tensor q = Linalg.qr(basis).q();
          Tensor fits = data.matmul(q).matmul(q.transpose(0, 1));
          double bias = fits.mean(0).sub(truth).square().mean().item();
          double variance = fits.var(new int[] {0}, false, 1).mean().item();
          double error = fits.sub(fresh).square().mean().item();
          double expected = NOISE * NOISE * (degree + 1) / POINTS;
          double sum = bias + variance + NOISE * NOISE;
          System.out.printf(
              Locale.ROOT,
              "%6d   %.4f   %.5f (%.5f)        %.4f           %.4f%n",
              degree,
              bias,
              variance,
              expected,
              sum,
              error);
          if (Math.abs(variance - expected) > 0.1 * expected || Math.abs(sum - error) > 0.004) {
            throw new IllegalStateException("degree " + degree + ": the parts do not add up");
          }
        }
      }
    }
  }
}
