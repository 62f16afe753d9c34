import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.optim.regression.Lasso;
import org.jacana.optim.regression.LinearModel;
import org.jacana.optim.regression.LinearRegression;
import org.jacana.optim.regression.Ridge;
import org.jacana.optim.regression.SparseFit;
import org.jacana.optim.regression.SparsePath;

/**
 * Three of ten columns make y. Along its path the lasso finds them, in the order of their weights;
 * least squares and ridge regression give every column a part.
 */
public class LassoPath {
  private static final double[] TRUE = {4, 0, 0, -2, 0, 0, 0, 1, 0, 0};

  public static void main(String[] args) {
    int n = 100;
    int p = TRUE.length;
    Random random = new Random(1);
    double[] x = new double[n * p];
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      y[i] = 3 + 0.5 * random.nextGaussian();
      for (int j = 0; j < p; j++) {
        x[i * p + j] = random.nextGaussian();
        y[i] += TRUE[j] * x[i * p + j];
      }
    }
    try (Scope scope = Scope.open()) {
      Tensor a = Tensor.of(x, n, p);
      Tensor b = Tensor.of(y);
      SparsePath path = Lasso.path(a, b, 12, 0.01);
      System.out.println("  alpha  non-zero  duality gap  coefficients");
      for (SparseFit fit : path.fits()) {
        System.out.printf(
            Locale.ROOT,
            "%7.4f  %8d  %11.1e  %s%n",
            fit.l1(),
            fit.model().nonZeros(),
            fit.dualityGap(),
            row(fit.model()));
      }
      System.out.println(
          "columns in the order they enter "
              + Arrays.toString(Arrays.copyOf(path.order(), 3))
              + ", known [0, 3, 7]");
      LinearRegression.Fit all = new LinearRegression().fit(a, b);
      System.out.println("least squares " + row(all.model()));
      System.out.println("ridge, 10     " + row(Ridge.of(10).fit(a, b)));
      System.out.println("true          " + row(new LinearModel(TRUE, 3)));
      System.out.printf(
          Locale.ROOT, "residual deviation %.3f, known 0.5%n", all.residualDeviation());
    }
  }

  private static String row(LinearModel m) {
    StringBuilder s = new StringBuilder();
    for (double v : m.coefficients()) {
      s.append(v == 0 ? "      0" : String.format(Locale.ROOT, "%7.3f", v));
    }
    return s + String.format(Locale.ROOT, "  intercept %.3f", m.intercept());
  }
}
