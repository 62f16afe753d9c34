import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.data.Batch;
import org.jacana.data.Datasets;
import org.jacana.data.ImageData;
import org.jacana.data.Loader;
import org.jacana.data.Normalization;
import org.jacana.linalg.Estimate;
import org.jacana.linalg.GradientNoise;
import org.jacana.linalg.Hutchinson;
import org.jacana.linalg.Lanczos;
import org.jacana.linalg.LinearOperator;
import org.jacana.linalg.LossSlice;
import org.jacana.linalg.PowerIteration;
import org.jacana.linalg.Sharpness;
import org.jacana.linalg.SpectralDensity;
import org.jacana.nn.Losses;
import org.jacana.nn.Models;
import org.jacana.nn.Sequential;
import org.jacana.optim.Adam;

/**
 * The curvature of LeNet's loss on Fashion-MNIST (in short, on the digits): the Hessian's largest
 * eigenvalues, its trace and spectrum, sharpness, gradient noise and a slice, quantities that can
 * be found in two ways side by side.
 */
public class LossGeometry {
  public static void main(String[] args) throws IOException {
    boolean quick = List.of(args).contains("--short");
    ImageData data = Datasets.load(quick ? "digits" : "fashion-mnist", null).split().train();
    Normalization scale = Normalization.of(data);
    int examples = quick ? 64 : 512;
    int steps = quick ? 5 : 30;
    try (Scope scope = Scope.open();
        Sequential model =
            Models.lenet(data.height(), data.width(), data.channels(), 10, new Generator(1))) {
      train(model, data, scale, quick ? 20 : 300);
      List<Tensor> weights = model.parameters();
      Batch batch = new Endless(data, scale, examples, 7).next();
      Tensor x = batch.x();
      Tensor y = batch.y();
      Supplier<Tensor> loss = () -> Losses.crossEntropy(model.apply(x), y);
      LinearOperator hessian = LinearOperator.hessian(loss, weights);
      double here = noGrad(loss);
      System.out.printf("%,d parameters, loss %.5f%n", hessian.size(), here);

      double[] top = Lanczos.largest(hessian, 3, steps, new Generator(2));
      System.out.println("largest eigenvalues " + Arrays.toString(top));
      PowerIteration power = PowerIteration.of(hessian, steps, 1e-3, new Generator(3));
      System.out.printf(
          "by power iteration  %.5f (residual %.2g)%n", power.value(), power.residual());

      Estimate trace = Hutchinson.trace(hessian, quick ? 4 : 10, new Generator(4));
      System.out.printf("trace %.3f +- %.3f%n", trace.mean(), trace.standardError());
      SpectralDensity density = SpectralDensity.of(hessian, quick ? 1 : 2, steps, new Generator(5));
      System.out.printf("trace by the spectrum %.3f%n", density.sum(v -> v));
      System.out.printf(
          "eigenvalues below a hundredth of the largest: %.4f of all%n",
          density.cumulative(0.01 * top[0]));

      System.out.printf("rise within 0.05: %.5f%n", Sharpness.sam(loss, weights, 0.05));
      int size = quick ? 32 : 128;
      Endless parts = new Endless(data, scale, size, 8);
      GradientNoise noise =
          GradientNoise.of(
              i -> {
                Batch b = parts.next();
                return Losses.crossEntropy(model.apply(b.x()), b.y());
              },
              weights,
              quick ? 4 : 16,
              size);
      System.out.printf("gradient noise scale: %.0f examples%n", noise.scale());

      List<Tensor> direction = LossSlice.direction(weights, new Generator(6));
      double[] at = {-1, -0.5, -0.02, 0, 0.02, 0.5, 1};
      double[] slice = LossSlice.line(loss, weights, direction, at);
      System.out.println("along a random direction " + Arrays.toString(slice));
      double slope = 0;
      List<Tensor> gradient = Autograd.grad(loss.get(), weights);
      for (int i = 0; i < weights.size(); i++) {
        slope += gradient.get(i).mul(direction.get(i)).sum().item();
      }
      double difference = (slice[4] - slice[2]) / 0.04;
      System.out.printf("slope along it %.4f, by differences %.4f%n", slope, difference);
    }
  }

  private static double noGrad(Supplier<Tensor> loss) {
    try (Scope s = Scope.open()) {
      return loss.get().item();
    }
  }

  private static void train(Sequential model, ImageData data, Normalization scale, int steps) {
    Endless batches = new Endless(data, scale, 64, 1);
    try (Adam adam = Adam.of(model.parameters()).learningRate(0.001)) {
      for (int i = 0; i < steps; i++) {
        try (Scope step = Scope.open()) {
          Batch b = batches.next();
          Losses.crossEntropy(model.apply(b.x()), b.y()).backward();
          adam.step();
          adam.zeroGrad();
        }
      }
    }
  }

  /** Shuffled batches without end. */
  private static final class Endless {
    private final Loader loader;
    private int epoch;

    Endless(ImageData data, Normalization scale, int size, long seed) {
      loader = Loader.of(data).batch(size).shuffle(seed).dropLast(true).transform(scale).workers(0);
    }

    Batch next() {
      Batch b = loader.next();
      return b != null ? b : loader.start(++epoch).next();
    }
  }
}
