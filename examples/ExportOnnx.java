import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.data.Batch;
import org.jacana.data.Digits;
import org.jacana.data.ImageData;
import org.jacana.data.ImageSplit;
import org.jacana.data.Loader;
import org.jacana.data.Normalization;
import org.jacana.io.onnx.GraphModule;
import org.jacana.io.onnx.Onnx;
import org.jacana.io.onnx.OnnxModel;
import org.jacana.nn.Activation;
import org.jacana.nn.BatchNorm;
import org.jacana.nn.Conv2d;
import org.jacana.nn.Flatten;
import org.jacana.nn.Linear;
import org.jacana.nn.Losses;
import org.jacana.nn.MaxPool2d;
import org.jacana.nn.Module;
import org.jacana.nn.Sequential;
import org.jacana.optim.Adam;

/**
 * Trains a small network on handwritten digits, writes it as an ONNX file that any ONNX program
 * runs, reads the file again, compares the two and trains the one that was read on.
 */
public class ExportOnnx {
  public static void main(String[] args) throws IOException {
    int epochs = List.of(args).contains("--short") ? 1 : 5;
    ImageSplit digits = Digits.load();
    Normalization scale = Normalization.of(digits.train());
    Generator random = new Generator(1);
    Path file = Files.createTempDirectory("onnx").resolve("digits.onnx");

    try (Sequential model =
        new Sequential(
            new Conv2d(1, 16, 3, 1, 1, true, random),
            new BatchNorm(16),
            Activation.relu(),
            new MaxPool2d(2),
            new Flatten(),
            new Linear(4 * 4 * 16, 10, random))) {
      train(model, digits.train(), scale, epochs);
      Onnx.export(model, Shape.of(8, 8, 1))
          .names("pixels", "logits")
          .metadata("dataset", "digits")
          .write(file);
      OnnxModel read = Onnx.read(file);
      System.out.printf(
          "wrote %,d bytes; read %s with %s%n", Files.size(file), read, read.metadata());
      System.out.println("  in  " + read.inputs().get(0));
      System.out.println("  out " + read.outputs().get(0));

      // The file's images are [N, C, H, W]; this module takes ours, [N, H, W, C].
      try (GraphModule again = read.imageModule()) {
        System.out.printf(
            "largest difference of a logit  %.1e  (exact: 0)%n",
            difference(model, again, digits.test(), scale));
        System.out.printf("accuracy of the model  %.4f%n", accuracy(model, digits.test(), scale));
        System.out.printf("accuracy of the file   %.4f%n", accuracy(again, digits.test(), scale));
        train(again, digits.train(), scale, epochs);
        System.out.printf("trained on             %.4f%n", accuracy(again, digits.test(), scale));
      }
    } finally {
      Files.deleteIfExists(file);
      Files.delete(file.getParent());
    }
  }

  static void train(Module model, ImageData images, Normalization scale, int epochs) {
    model.train();
    try (Adam adam = Adam.of(model.parameters()).learningRate(0.002);
        Loader loader = Loader.of(images).batch(32).shuffle(1).transform(scale)) {
      for (int epoch = 1; epoch <= epochs; epoch++) {
        for (Batch b : loader.epoch(epoch)) {
          try (Scope step = Scope.open()) {
            Losses.crossEntropy(model.apply(b.x()), b.y()).backward();
            adam.step();
            adam.zeroGrad();
          }
        }
      }
    }
    model.eval();
  }

  static double difference(Module a, Module b, ImageData test, Normalization scale) {
    try (Scope scope = Scope.open();
        var off = Autograd.noGrad()) {
      Tensor x = test.tensor(scale);
      return a.apply(x).sub(b.apply(x)).abs().max().item();
    }
  }

  static double accuracy(Module model, ImageData test, Normalization scale) {
    try (Scope scope = Scope.open();
        var off = Autograd.noGrad()) {
      Tensor right = model.apply(test.tensor(scale)).argmax(1).eq(Tensor.of(test.labels()));
      return right.to(DType.F32).mean().item();
    }
  }
}
