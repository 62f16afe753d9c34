import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.data.Batch;
import org.jacana.data.ColorJitter;
import org.jacana.data.HorizontalFlip;
import org.jacana.data.ImageFolder;
import org.jacana.data.Loader;
import org.jacana.data.Normalization;
import org.jacana.data.RandomCrop;
import org.jacana.data.RandomRotation;
import org.jacana.data.Split;
import org.jacana.nn.Activation;
import org.jacana.nn.Conv2d;
import org.jacana.nn.Flatten;
import org.jacana.nn.Linear;
import org.jacana.nn.Losses;
import org.jacana.nn.MaxPool2d;
import org.jacana.nn.Module;
import org.jacana.nn.Sequential;
import org.jacana.optim.Adam;

/**
 * Trains a small network on a folder of pictures, one subfolder a class, with augmentation and a
 * loop written by hand. Give your own folder as the argument; without one, circles, squares and
 * triangles are drawn into a folder of their own.
 */
public class ImageFolderTraining {
  private static final int SIDE = 24;

  public static void main(String[] args) throws IOException {
    boolean brief = List.of(args).contains("--short");
    Path given = args.length > 0 && !brief ? Path.of(args[0]) : null;
    Path folder = given != null ? given : draw(brief ? 40 : 150);
    try {
      train(folder, brief ? 3 : 12);
    } finally {
      if (given == null) {
        delete(folder);
      }
    }
  }

  private static void train(Path folder, int epochs) throws IOException {
    ImageFolder pictures = ImageFolder.of(folder).size(SIDE, SIDE).open();
    Split split = Split.stratified(pictures, 0.25, 1);
    Normalization scale = Normalization.of(split.train());
    System.out.println(pictures + ", " + split.validation().count() + " held out");

    Generator random = new Generator(1);
    try (Sequential model = model(pictures.target().classes(), random);
        Adam adam = Adam.of(model.parameters()).learningRate(0.003);
        Loader train =
            Loader.of(split.train())
                .batch(32)
                .shuffle(1)
                .workers(2)
                .transform(
                    new ColorJitter(0.2, 0.2, 0.2, 0.1),
                    scale,
                    new RandomRotation(15),
                    new RandomCrop(2),
                    new HorizontalFlip());
        Loader validation = Loader.of(split.validation()).batch(64).transform(scale)) {

      for (int epoch = 0; epoch < epochs; epoch++) {
        double loss = 0;
        for (Batch b : train.epoch(epoch)) {
          try (Scope step = Scope.open()) {
            Tensor l = Losses.crossEntropy(model.apply(b.x()), b.y());
            l.backward();
            adam.step();
            adam.zeroGrad();
            loss += l.item();
          }
        }
        System.out.printf(
            "epoch %2d  loss %.4f  validation accuracy %.3f%n",
            epoch + 1, loss / train.batches(), accuracy(model, validation));
      }
      System.out.printf("chance would be %.3f%n", 1.0 / pictures.target().classes());
    }
  }

  private static Sequential model(int classes, Generator random) {
    return new Sequential(
        new Conv2d(3, 16, 3, 1, 1, true, random),
        Activation.relu(),
        new MaxPool2d(2),
        new Conv2d(16, 32, 3, 1, 1, true, random),
        Activation.relu(),
        new MaxPool2d(2),
        new Flatten(),
        new Linear(SIDE / 4 * (SIDE / 4) * 32, classes, random));
  }

  private static double accuracy(Module model, Loader loader) {
    model.eval();
    double right = 0;
    try (var off = Autograd.noGrad()) {
      for (Batch b : loader.epoch(0)) {
        try (Scope scope = Scope.open()) {
          right += model.apply(b.x()).argmax(1).eq(b.y()).to(DType.F32).sum().item();
        }
      }
    }
    model.train();
    return right / loader.examples();
  }

  /** Draws shapes of random place, size and colours into a new folder. */
  private static Path draw(int each) throws IOException {
    Path folder = Files.createTempDirectory("jacana-shapes");
    SplittableRandom random = new SplittableRandom(7);
    for (String shape : List.of("circle", "square", "triangle")) {
      Files.createDirectories(folder.resolve(shape));
      for (int i = 0; i < each; i++) {
        Path file = folder.resolve(shape).resolve(String.format("%03d.png", i));
        ImageIO.write(picture(shape, random), "png", file.toFile());
      }
    }
    return folder;
  }

  private static BufferedImage picture(String shape, SplittableRandom random) {
    int side = 32;
    double radius = random.nextDouble(6, 11);
    double row = random.nextDouble(radius, side - radius);
    double column = random.nextDouble(radius, side - radius);
    int ground = random.nextInt(0x60) * 0x010101;
    int colour = 0x808080 + (random.nextInt(0x1000000) & 0x7f7f7f);
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double dy = (y - row) / radius;
        double dx = (x - column) / radius;
        boolean inside =
            switch (shape) {
              case "circle" -> dx * dx + dy * dy < 1;
              case "square" -> Math.max(Math.abs(dx), Math.abs(dy)) < 0.85;
              default -> dy < 0.9 && Math.abs(dx) < (dy + 1) / 1.9;
            };
        image.setRGB(x, y, inside ? colour : ground + (random.nextInt(0x20) * 0x010101));
      }
    }
    return image;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path p : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    }
  }
}
