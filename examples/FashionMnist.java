import java.io.IOException;
import java.util.List;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.data.Batch;
import org.jacana.data.Datasets;
import org.jacana.data.ImageData;
import org.jacana.data.Loader;
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
        Loader loader = Loader.of(train).batch(batch).shuffle(1).dropLast(true).transform(scale);
        Scope state = Scope.open()) {
      List<Tensor> weights = model.parameters();
      List<Tensor> velocities = weights.stream().map(Tensor::zerosLike).toList();

      for (int epoch = 1; epoch <= epochs; epoch++) {
        for (Batch b : loader.epoch(epoch)) {
          if (b.number() == steps) {
            break;
          }
          try (Scope step = Scope.open()) {
            Tensor loss = Losses.crossEntropy(model.apply(b.x()), b.y());
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
            if (b.number() % 100 == 0) {
              System.out.printf("epoch %d  step %3d  loss %.4f%n", epoch, b.number(), loss.item());
            }
          }
        }
        System.out.printf("epoch %d  test accuracy %.4f%n", epoch, accuracy(model, test, scale));
      }
    }
  }

  private static double accuracy(Sequential model, ImageData images, Normalization scale) {
    double right = 0;
    model.eval();
    try (Loader loader = Loader.of(images).batch(250).transform(scale);
        var off = Autograd.noGrad()) {
      for (Batch b : loader.epoch(0)) {
        try (Scope scope = Scope.open()) {
          Tensor hits = model.apply(b.x()).argmax(1).eq(b.y());
          right += hits.to(DType.F32).sum().item();
        }
      }
    }
    model.train();
    return right / images.count();
  }
}
