package org.jacana.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import javax.imageio.ImageIO;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.data.ImageData;
import org.jacana.data.ImageFolder;
import org.jacana.nn.Module;
import org.jacana.train.Predictions;
import org.jacana.train.SavedModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureFolderTest {
  @TempDir static Path folder;
  private static Path pictures;

  /** Bars that lie or stand, somewhere in pictures of two sizes. */
  @BeforeAll
  static void draw() throws IOException {
    pictures = folder.resolve("pictures");
    Random random = new Random(1);
    for (String name : new String[] {"lying", "standing"}) {
      Path of = Files.createDirectories(pictures.resolve(name));
      for (int i = 0; i < 40; i++) {
        int side = i % 2 == 0 ? 24 : 36;
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setColor(new Color(random.nextInt(0x1000000) | 0x808080));
        int at = side / 6 + random.nextInt(side / 2);
        if (name.equals("lying")) {
          g.fillRect(2, at, side - 4, side / 6);
        } else {
          g.fillRect(at, 2, side / 6, side - 4);
        }
        g.dispose();
        ImageIO.write(image, "png", of.resolve(i + ".png").toFile());
      }
    }
  }

  @Test
  void trainsEvaluatesPredictsAndVerifies() throws IOException {
    Path run = folder.resolve("run");
    String[] train = {
      "train",
      "image-folder",
      "--data",
      pictures.toString(),
      "--image-size",
      "16",
      "--grey",
      "--model",
      "mlp",
      "--epochs",
      "30",
      "--batch",
      "16",
      "--lr",
      "0.02",
      "--augment",
      "crop,jitter,cutout",
      "--out",
      run.toString()
    };
    Cli trained = Cli.done(train);
    assertTrue(
        trained.out().contains("64 train and 16 test images [16, 16, 1], 2 classes"),
        trained.out());
    String eval = Cli.done("eval", run.toString()).out();
    String accuracy = eval.replaceAll("(?s).*accuracy ([0-9.]+).*", "$1");
    assertTrue(Double.parseDouble(accuracy) > 0.9, eval);
    Path one = pictures.resolve("lying/0.png");
    String seen = Cli.done("predict", run.toString(), one.toString()).out();
    assertTrue(seen.contains("0.png: lying"), seen);
    assertTrue(Cli.done("verify", run.toString()).out().contains("same"));
    predictsWhatTheFolderHolds(run);
  }

  /**
   * A wide picture is cut at its sides in training, and must be when a prediction is asked: the
   * standing bar in its middle remains, which the lying ones outweigh in the whole picture.
   */
  private void predictsWhatTheFolderHolds(Path run) throws IOException {
    BufferedImage wide = new BufferedImage(80, 20, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = wide.createGraphics();
    g.setColor(Color.WHITE);
    g.fillRect(0, 8, 28, 4);
    g.fillRect(52, 8, 28, 4);
    g.fillRect(38, 2, 3, 16);
    g.dispose();
    Path both = folder.resolve("wide");
    for (String name : new String[] {"lying", "standing"}) {
      Files.createDirectories(both.resolve(name));
      ImageIO.write(wide, "png", both.resolve(name).resolve("w.png").toFile());
    }
    SavedModel saved = SavedModel.read(run);
    double[] p;
    try (Scope scope = Scope.open(Device.CPU);
        Module net = saved.build()) {
      ImageData data = ImageFolder.of(both).size(16, 16).grey().open().load();
      p = Predictions.of(net, data, saved.scale())[0];
    }
    String out = Cli.done("predict", run.toString(), both.resolve("lying/w.png").toString()).out();
    assertTrue(out.contains("w.png: standing"), out);
    for (int k = 0; k < 2; k++) {
      String expected =
          String.format(Locale.ROOT, "%s %.1f %%", saved.classNames().get(k), 100 * p[k]);
      assertTrue(out.contains(expected), expected + " is not in " + out);
    }
  }

  @Test
  void takesTrainAndTestFolders() throws IOException {
    Path both = folder.resolve("both");
    for (String part : new String[] {"train", "val"}) {
      for (String name : new String[] {"lying", "standing"}) {
        Path to = Files.createDirectories(both.resolve(part).resolve(name));
        for (int i = part.equals("train") ? 0 : 20; i < (part.equals("train") ? 20 : 24); i++) {
          Files.copy(pictures.resolve(name).resolve(i + ".png"), to.resolve(i + ".png"));
        }
      }
    }
    Cli run =
        Cli.done(
            "train",
            "image-folder",
            "--data",
            both.toString(),
            "--image-size",
            "12x10",
            "--epochs",
            "1",
            "--model",
            "mlp",
            "--batch",
            "8");
    assertTrue(run.out().contains("40 train and 8 test images [12, 10, 3]"), run.out());
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    assertEquals(2, Cli.run("train", "image-folder").code());
    assertEquals(2, Cli.run("train", "digits", "--grey").code());
    assertEquals(2, Cli.run("train", "image-folder", "--data", "x", "--image-size", "0").code());
    String none = Cli.fails(1, "train", "image-folder", "--data", folder.resolve("no").toString());
    assertTrue(none.contains("no"), none);
    String sizes = Cli.fails(1, "train", "image-folder", "--data", pictures.toString());
    assertTrue(sizes.contains(".png"), sizes);
  }
}
