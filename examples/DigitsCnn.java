import java.util.List;
import org.jacana.DType;
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
import org.jacana.nn.Activation;
import org.jacana.nn.Conv2d;
import org.jacana.nn.Flatten;
import org.jacana.nn.Linear;
import org.jacana.nn.Losses;
import org.jacana.nn.MaxPool2d;
import org.jacana.nn.Sequential;
import org.jacana.optim.Adam;

/** A convolutional network on the 8x8 handwritten digits that come with Jacana. */
public class DigitsCnn {
  public static void main(String[] args) {
    int epochs = List.of(args).contains("--short") ? 1 : 15;
    ImageSplit digits = Digits.load();
    Normalization scale = Normalization.of(digits.train());
    Generator random = new Generator(1);

    try (Sequential model =
            new Sequential(
                new Conv2d(1, 16, 3, 1, 1, true, random),
                Activation.relu(),
                new Conv2d(16, 32, 3, 1, 1, true, random),
                Activation.relu(),
                new MaxPool2d(2),
                new Flatten(),
                new Linear(4 * 4 * 32, 64, random),
                Activation.relu(),
                new Linear(64, 10, random));
        Adam adam = Adam.of(model.parameters()).learningRate(0.002);
        Loader loader = Loader.of(digits.train()).batch(32).shuffle(1).transform(scale)) {

      for (int epoch = 1; epoch <= epochs; epoch++) {
        double loss = 0;
        for (Batch b : loader.epoch(epoch)) {
          try (Scope step = Scope.open()) {
            Tensor l = Losses.crossEntropy(model.apply(b.x()), b.y());
            l.backward();
            adam.step();
            adam.zeroGrad();
            loss += l.item();
          }
        }
        System.out.printf(
            "epoch %2d  loss %.4f  test accuracy %.4f%n",
            epoch, loss / loader.batches(), accuracy(model, digits.test(), scale));
      }
    }
  }

  static double accuracy(Sequential model, ImageData test, Normalization scale) {
    model.eval();
    try (Scope scope = Scope.open();
        var off = Autograd.noGrad()) {
      Tensor right = model.apply(test.tensor(scale)).argmax(1).eq(Tensor.of(test.labels()));
      return right.to(DType.F32).mean().item();
    } finally {
      model.train();
    }
  }
}
