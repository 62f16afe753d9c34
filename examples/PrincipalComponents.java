import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.data.Digits;
import org.jacana.data.ImageData;
import org.jacana.data.ImageSplit;
import org.jacana.linalg.Pca;

/**
 * The principal components of 1,797 handwritten digits of 8x8 pixels, seen as images as eigenfaces
 * are (Turk and Pentland 1991), beside the published parts of the variance.
 */
public class PrincipalComponents {
  public static void main(String[] args) {
    ImageSplit digits = Digits.load();
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.concat(0, pixels(digits.train()), pixels(digits.test()));
      Pca pca = Pca.fit(x);
      double[] ratio = pca.explainedVarianceRatio().doubles();
      // As scikit-learn's documentation of the same data has them.
      double[] expected = {0.14890594, 0.13618771, 0.11794594};
      for (int i = 0; i < expected.length; i++) {
        System.out.printf("component %d explains %.8f   expected %.8f%n", i, ratio[i], expected[i]);
        if (Math.abs(ratio[i] - expected[i]) > 1e-8) {
          throw new IllegalStateException("component " + i + ": not as expected");
        }
      }
      int needed = 0;
      for (double sum = 0; sum < 0.95; needed++) {
        sum += ratio[needed];
      }
      System.out.println("for 95 percent of the variance " + needed + "   expected 29");

      Tensor first = x.slice(0, 0, 1);
      for (int k : new int[] {4, 16, 64}) {
        Pca some = Pca.fit(x, k);
        Tensor back = some.inverseTransform(some.transform(first));
        System.out.printf("%nthe first digit from %d numbers%n", k);
        draw(back.reshape(8, 8), 0, 16);
      }
      System.out.printf("%nthe first component%n");
      draw(pca.components().at(0).reshape(8, 8), -0.4, 0.4);
    }
  }

  private static Tensor pixels(ImageData data) {
    // The file's values 0 to 16 were scaled to bytes.
    int n = data.count();
    return Tensor.of(data.pixels(), n, data.imageSize()).to(DType.F64).mul(16 / 255.0).round();
  }

  private static void draw(Tensor image, double low, double high) {
    String shades = " .:-=+*#%@";
    for (int y = 0; y < 8; y++) {
      StringBuilder row = new StringBuilder();
      for (double v : image.at(y).doubles()) {
        int shade = (int) Math.round((v - low) / (high - low) * 9);
        row.append(shades.charAt(Math.max(0, Math.min(9, shade)))).append(' ');
      }
      System.out.println(row);
    }
  }
}
