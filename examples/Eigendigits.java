import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.data.Digits;
import org.jacana.data.ImageData;
import org.jacana.linalg.Pca;
import org.jacana.plot.Chart;
import org.jacana.plot.ColorMap;
import org.jacana.plot.FeaturePictures;
import org.jacana.plot.ImageGrid;
import org.jacana.plot.Picture;
import org.jacana.plot.Pixels;

/**
 * The principal components of handwritten digits as pictures, in the manner of eigenfaces (Turk and
 * Pentland 1991): the components, the variance that they explain, digits from a few of them, and
 * all digits in the plane of the first two. The first argument that is not an option names the
 * folder of the pictures; without one nothing is written.
 */
public class Eigendigits {
  public static void main(String[] args) throws IOException {
    String name = List.of(args).stream().filter(a -> !a.startsWith("-")).findFirst().orElse(null);
    Path folder = name == null ? null : Path.of(name);
    ImageData train = Digits.load().train();
    try (Scope scope = Scope.open()) {
      Tensor x =
          Tensor.of(train.pixels(), train.count(), train.imageSize()).to(DType.F64).mul(1 / 255.0);
      Pca pca = Pca.fit(x);
      save(folder, "components", FeaturePictures.components("Eigendigits", pca, 8, 8, 23));

      double[] ratio = pca.explainedVarianceRatio().doubles();
      double[] count = new double[ratio.length];
      double[] sum = new double[ratio.length];
      for (int k = 0; k < ratio.length; k++) {
        count[k] = k + 1;
        sum[k] = 100 * ratio[k] + (k == 0 ? 0 : sum[k - 1]);
      }
      save(
          folder,
          "variance",
          new Chart("Explained variance", "components", "explained (%)")
              .line("explained", count, sum)
              .wholeX()
              .yRange(0, 101)
              .picture());
      System.out.printf(
          "all components explain %.10f percent   expected 100%n", sum[sum.length - 1]);

      ImageGrid grid = new ImageGrid("Digits from k components").columns(8);
      Tensor some = x.slice(0, 0, 8);
      for (int k : new int[] {1, 4, 16, 64}) {
        Pca few = Pca.fit(x, k);
        Tensor back = few.inverseTransform(few.transform(some));
        double error = back.sub(some).square().mean().sqrt().item();
        System.out.printf("%2d components: root mean square error %.4f%n", k, error);
        for (int i = 0; i < 8; i++) {
          grid.add(Pixels.of(back.at(i).reshape(8, 8), 0, 1, ColorMap.GREY), "k = " + k);
        }
        if (k == 64 && error > 1e-12) {
          throw new IllegalStateException("all components must give the digits back");
        }
      }
      save(folder, "reconstructions", grid.picture());
      save(folder, "plane", plane(train, pca.transform(x)));
    }
  }

  private static Picture plane(ImageData data, Tensor z) {
    double[] all = z.slice(1, 0, 2).doubles();
    Chart chart = new Chart("Digits 0, 1, 3, 4 and 6", "first component", "second component");
    for (int digit : new int[] {0, 1, 3, 4, 6}) {
      int n = data.classCounts()[digit];
      double[] x = new double[n];
      double[] y = new double[n];
      for (int i = 0, at = 0; i < data.count(); i++) {
        if (data.labels()[i] == digit) {
          x[at] = all[2 * i];
          y[at++] = all[2 * i + 1];
        }
      }
      chart.points(Integer.toString(digit), x, y);
    }
    return chart.size(720, 560).picture();
  }

  private static void save(Path folder, String name, Picture picture) throws IOException {
    if (folder != null) {
      System.out.println(picture.save(folder.resolve(name + ".png")));
    }
  }
}
