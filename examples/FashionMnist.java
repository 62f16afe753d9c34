import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.data.Batches;
import org.jacana.data.Datasets;
import org.jacana.data.Located;
import org.jacana.data.Normalization;
import org.jacana.nn.Losses;
import org.jacana.nn.Models;
import org.jacana.nn.Sequential;

/** LeNet on Fashion-MNIST with a training loop, and an optimizer, written by hand. */
public class FashionMnist {
  public static void main(String[] args) throws IOException {
    boolean quick = List.of(args).contains("--short");
    int epochs = quick ? 1 : 3;
    int steps = quick ? 5 : Integer.MAX_VALUE;
    int batch = quick ? 32 : 128;
    System.out.println("device " + Device.choice());

    Located found = Datasets.load(quick ? "digits" : "fashion-mnist", null);
    var train = found.split().train();
    var test = found.split().test();
    Normalization scale = Normalization.of(train);
    System.out.println(train.name() + ": " + found.source());

    try (Sequential model =
            Models.lenet(train.height(), train.width(), train.channels(), 10, new Generator(1));
        Scope state = Scope.open()) {
      List<Tensor> weights = model.parameters();
      List<Tensor> velocities = weights.stream().map(Tensor::zerosLike).toList();
      Batches batches = Batches.shuffled(train, scale, batch, 1, true);
      float[] pixels = new float[batches.pixelCount()];
      int[] labels = new int[batch];

      for (int epoch = 1; epoch <= epochs; epoch++) {
        batches.start(epoch);
        for (int i = 0; i < steps && batches.next(pixels, labels) > 0; i++) {
          try (Scope step = Scope.open()) {
            Tensor x = Tensor.of(pixels, batch, train.height(), train.width(), train.channels());
            Tensor loss = Losses.crossEntropy(model.apply(x), Tensor.of(labels));
            List<Tensor> gradients = Autograd.grad(loss, weights);
            Autograd.noGrad(
                () -> {
                  for (int k = 0; k < weights.size(); k++) {
                    Tensor w = weights.get(k);
                    Tensor v = velocities.get(k);
                    v.assign(v.mul(0.9).add(gradients.get(k)));
                    w.assign(w.sub(v.mul(0.02)));
                  }
                });
            if (i % 100 == 0) {
              System.out.printf("epoch %d  step %3d  loss %.4f%n", epoch, i, loss.item());
            }
          }
        }
        System.out.printf("epoch %d  test accuracy %.4f%n", epoch, accuracy(model, test, scale));
      }
    }
  }

  private static double accuracy(
      Sequential model, org.jacana.data.ImageData images, Normalization scale) {
    Batches batches = Batches.sequential(images, scale, Math.min(250, images.count()));
    float[] pixels = new float[batches.pixelCount()];
    int[] labels = new int[batches.batchSize()];
    double right = 0;
    model.eval();
    batches.start(0);
    for (int n = batches.next(pixels, labels); n > 0; n = batches.next(pixels, labels)) {
      try (Scope scope = Scope.open();
          var off = Autograd.noGrad()) {
        Tensor x =
            Tensor.of(
                Arrays.copyOf(pixels, images.imageSize() * n),
                n,
                images.height(),
                images.width(),
                images.channels());
        Tensor hits = model.apply(x).argmax(1).eq(Tensor.of(Arrays.copyOf(labels, n)));
        right += hits.to(DType.F32).sum().item();
      }
    }
    model.train();
    return right / images.count();
  }
}
