import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.data.Batch;
import org.jacana.data.Digits;
import org.jacana.data.ImageData;
import org.jacana.data.ImageSplit;
import org.jacana.data.Loader;
import org.jacana.data.Normalization;
import org.jacana.linalg.LinearOperator;
import org.jacana.linalg.LossSlice;
import org.jacana.linalg.SpectralDensity;
import org.jacana.nn.Losses;
import org.jacana.nn.Models;
import org.jacana.nn.Sequential;
import org.jacana.optim.Adam;
import org.jacana.plot.LandscapeCharts;
import org.jacana.plot.Picture;
import org.jacana.plot.SpectrumChart;
import org.jacana.train.Trainer;

/**
 * The loss of two small networks on handwritten digits around where training ended, along random
 * directions whose filters are as long as the network's own (Li et al. 2018), and the spectrum of
 * the loss's Hessian, as pictures. The first argument that is not an option names their folder;
 * without one nothing is written.
 */
public class LossLandscape {
  public static void main(String[] args) throws IOException {
    boolean quick = List.of(args).contains("--short");
    String name = List.of(args).stream().filter(a -> !a.startsWith("-")).findFirst().orElse(null);
    Path folder = name == null ? null : Path.of(name);
    ImageSplit digits = Digits.load();
    Normalization scale = Normalization.of(digits.train());
    for (String kind : quick ? List.of("lenet") : List.of("mlp", "lenet")) {
      try (Scope scope = Scope.open();
          Sequential model = Models.byName(kind, 8, 8, 1, 10, new Generator(1))) {
        Supplier<Tensor> loss = loss(model, digits.train(), scale, quick ? 64 : 512);
        List<Tensor> weights = model.parameters();
        List<Tensor> first = LossSlice.direction(weights, new Generator(2));
        List<Tensor> second = LossSlice.direction(weights, new Generator(3));
        double[] at = grid(quick ? 9 : 61);
        double[] before = LossSlice.line(loss, weights, first, at);
        try (Adam adam = Adam.of(weights)) {
          new Trainer(quick ? 1 : 10, 32, 0.002).fit(model, adam, digits, scale);
        }
        // The directions follow the weights' lengths, which training has changed.
        List<Tensor> trained = LossSlice.direction(weights, new Generator(2));
        double[] after = LossSlice.line(loss, weights, trained, at);
        String[] names = {"before training", "after training"};
        save(
            folder,
            kind + "-slice",
            LandscapeCharts.slices(kind + " on digits", at, names, new double[][] {before, after}));

        double[] axis = grid(quick ? 5 : 25);
        double[][] plane = LossSlice.plane(loss, weights, trained, second, axis, axis);
        save(
            folder,
            kind + "-contour",
            LandscapeCharts.contour(kind + " on digits", axis, axis, plane));
        save(folder, kind + "-heat", LandscapeCharts.heat(kind + " on digits", axis, axis, plane));

        SpectralDensity density =
            SpectralDensity.of(
                LinearOperator.hessian(loss, weights), 1, quick ? 5 : 40, new Generator(4));
        save(
            folder,
            kind + "-spectrum",
            SpectrumChart.of("Hessian of " + kind + " on digits", density));
        double here = Autograd.noGrad(() -> loss.get().item());
        double centre = plane[axis.length / 2][axis.length / 2];
        System.out.printf(
            "%s: loss %.6f   in the middle of the plane %.6f, of the slice %.6f%n",
            kind, here, centre, after[at.length / 2]);
        if (Math.abs(centre - here) > 1e-5 || Math.abs(after[at.length / 2] - here) > 1e-5) {
          throw new IllegalStateException(kind + ": the slices do not pass through the weights");
        }
      }
    }
  }

  /** From -1 to 1, with 0 in the middle. */
  private static double[] grid(int n) {
    double[] out = new double[n];
    for (int i = 0; i < n; i++) {
      out[i] = (2.0 * i - (n - 1)) / (n - 1);
    }
    return out;
  }

  private static Supplier<Tensor> loss(
      Sequential model, ImageData data, Normalization scale, int count) {
    try (Loader loader = Loader.of(data).batch(count).shuffle(5).transform(scale)) {
      Batch b = loader.next();
      Tensor x = b.x();
      Tensor y = b.y();
      return () -> Losses.crossEntropy(model.apply(x), y);
    }
  }

  private static void save(Path folder, String name, Picture picture) throws IOException {
    if (folder != null) {
      Files.createDirectories(folder);
      System.out.println(picture.save(folder.resolve(name + ".png")));
    }
  }
}
