package org.jacana.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.data.Digits;
import org.jacana.data.ImageData;
import org.jacana.linalg.Pca;
import org.jacana.op.Resize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of images, filters, maps and mistakes. */
class PicturesTest {
  private static ImageData colored() {
    byte[] pixels = {(byte) 255, 0, 0, 0, (byte) 128, 0, 0, 0, 64, 1, 2, 3};
    return new ImageData("dots", pixels, new int[] {1}, 1, 2, 2, 3, List.of("no", "yes"));
  }

  @Test
  void aPictureIsAPngFile(@TempDir Path folder) throws IOException {
    Picture p = ImageGrid.of(Digits.load().test(), 3).picture();
    Path file = p.save(folder.resolve("deep/er/digits.png"));
    BufferedImage back = ImageIO.read(file.toFile());
    assertEquals(p.width(), back.getWidth());
    assertEquals(p.height(), back.getHeight());
    for (int x = 0; x < back.getWidth(); x++) {
      assertEquals(p.image().getRGB(x, 60), back.getRGB(x, 60));
    }
    assertArrayEquals(p.png(), Files.readAllBytes(file));
    assertArrayEquals(p.png(), ImageGrid.of(Digits.load().test(), 3).picture().png());
    assertTrue(ImageIO.read(new ByteArrayInputStream(p.png())) != null);
    assertThrows(IllegalArgumentException.class, () -> new Picture(p.image(), 0));
  }

  @Test
  void pixelsKeepTheirColours() {
    BufferedImage image = Pixels.of(colored(), 0);
    assertEquals(0xffff0000, image.getRGB(0, 0));
    assertEquals(0xff008000, image.getRGB(1, 0));
    assertEquals(0xff000040, image.getRGB(0, 1));
    assertEquals(0xff010203, image.getRGB(1, 1));
    ImageData digits = Digits.load().train();
    BufferedImage first = Pixels.of(digits, 0);
    for (int i = 0; i < 64; i++) {
      int grey = digits.pixels()[i] & 255;
      assertEquals(0xff000000 | grey * 0x010101, first.getRGB(i % 8, i / 8));
    }
    try (Scope scope = Scope.open()) {
      Tensor t = Tensor.of(new float[] {-1, 0, 1, Float.NaN}, 2, 2);
      BufferedImage map = Pixels.of(t, -1, 1, ColorMap.GREY);
      assertEquals(0xff000000, map.getRGB(0, 0));
      assertEquals(0xff808080, map.getRGB(1, 0));
      assertEquals(0xffffffff, map.getRGB(0, 1));
      assertEquals(0xffd0d0d0, map.getRGB(1, 1));
      Tensor c = Tensor.of(new float[] {0, 0.5f, 1, 2, -1, 0.2f}, 1, 2, 3);
      assertEquals(0xff0080ff, Pixels.color(c, 0, 1).getRGB(0, 0));
      assertEquals(0xffff0033, Pixels.color(c, 0, 1).getRGB(1, 0));
    }
    refused("pixels: image 1 is not in 0..0 of dots", () -> Pixels.of(colored(), 1));
  }

  @Test
  void aGridEnlargesEachPixelToTheSameSquare() {
    Picture p = Looks.sound(() -> new ImageGrid("").add(Pixels.of(colored(), 0)).picture());
    // 2 pixels to at least 64 units: 64 pixels each, after a border of 14 units.
    Looks.size(2 * (64 + 28), 2 * (64 + 28), p);
    for (int y = 0; y < 128; y++) {
      for (int x = 0; x < 128; x++) {
        int expected = Pixels.of(colored(), 0).getRGB(x / 64, y / 64) & 0xffffff;
        if (Looks.rgb(p, 28 + x, 28 + y) != expected) {
          assertEquals(expected, Looks.rgb(p, 28 + x, 28 + y), x + ", " + y);
        }
      }
    }
    Picture captions =
        Looks.sound(
            () ->
                new ImageGrid("Title")
                    .add(Pixels.of(colored(), 0), 0xff0000, "one", "two")
                    .add(Pixels.of(colored(), 0), "a caption that is much too long to be shown")
                    .columns(2)
                    .leastWidth(100)
                    .picture());
    assertTrue(Looks.count(captions, 0xff0000) > 100 * 100, "pixels and caption are red");
    assertTrue(Looks.dark(captions, 170, 145, 150, 16) > 20, "no caption");
    assertThrows(IllegalStateException.class, () -> new ImageGrid("none").picture());
    refused("imageGrid: columns must be at least 1, got 0", () -> new ImageGrid("none").columns(0));
  }

  @Test
  void confusionCountsAndCells() {
    double[][] c = ConfusionPicture.count(new int[] {0, 0, 1, 1, 1}, new int[] {0, 1, 1, 1, 0}, 2);
    assertArrayEquals(new double[] {1, 1}, c[0]);
    assertArrayEquals(new double[] {1, 2}, c[1]);
    List<String> names = List.of("a", "b");
    Picture p = Looks.sound(() -> ConfusionPicture.counts(c, names));
    assertTrue(Looks.count(p, ColorMap.BLUES.rgb(Math.sqrt(0.5))) > 2 * 60 * 60, "first row");
    assertTrue(Looks.count(p, ColorMap.BLUES.rgb(Math.sqrt(2 / 3.0))) > 60 * 60, "right ones");
    assertTrue(Looks.count(p, ColorMap.BLUES.rgb(Math.sqrt(1 / 3.0))) > 60 * 60, "wrong ones");
    Looks.sound(() -> ConfusionPicture.rates(c, names));
    Picture weighted = ConfusionPicture.counts(new double[][] {{1.25, 0.5}, {0, 3}}, names);
    assertTrue(!java.util.Arrays.equals(p.png(), weighted.png()));
    String[] longNames = new String[30];
    double[][] many = new double[30][30];
    for (int i = 0; i < 30; i++) {
      longNames[i] = "a very long name of class number " + i;
      many[i][(i * 7) % 30] = 1234567;
    }
    Looks.sound(() -> ConfusionPicture.counts(many, List.of(longNames)));
    Looks.sound(
        () ->
            ConfusionPicture.counts(new double[100][100], java.util.Collections.nCopies(100, "k")));
    refused("confusion: 2 rows for 1 class names", () -> ConfusionPicture.rates(c, List.of("a")));
    refused(
        "confusion: counts must be square, finite and not negative, got a row [1.0] for 2 classes",
        () -> ConfusionPicture.rates(new double[][] {{1}, {2}}, names));
    refused(
        "confusion: class 2 of example 0 is not in 0..1",
        () -> ConfusionPicture.count(new int[] {2}, new int[] {0}, 2));
  }

  @Test
  void theWorstMistakesComeFirst() {
    double[][] p = {{0.9, 0.1, 0}, {0.2, 0.7, 0.1}, {0.3, 0.3, 0.4}, {0.05, 0.9, 0.05}};
    List<Mistake> worst = Mistake.worst(new int[] {0, 2, 1, 0}, p, 5);
    assertEquals(
        List.of(
            new Mistake(3, 0, 1, 0.9, 0.05),
            new Mistake(1, 2, 1, 0.7, 0.1),
            new Mistake(2, 1, 2, 0.4, 0.3)),
        worst);
    assertEquals(1, Mistake.worst(new int[] {0, 2, 1, 0}, p, 1).size());
    Looks.sound(() -> Mistake.picture("Worst", Digits.load().test(), worst));
    refused(
        "mistakes: label 3 of example 0 is not one of its 3 classes",
        () -> Mistake.worst(new int[] {3, 0, 0, 0}, p, 1));
    refused(
        "mistakes: there is none to show",
        () -> Mistake.picture("Worst", Digits.load().test(), List.of()));
  }

  @Test
  void filtersActivationsAndComponentsAreDrawn() {
    try (Scope scope = Scope.open()) {
      float[] two = {-0.5f, 0, 0, 0.5f, 0, 0, 0, 0.25f};
      Tensor filters = Tensor.of(two, 2, 2, 2, 1);
      Picture p = Looks.sound(() -> FeaturePictures.filters("First layer", filters));
      // 2 pixels to at least 48 units: 48 pixels each; five of eight are zero.
      // Smooth edges of the title may have that grey too.
      assertEquals(5 * 48 * 48, Looks.count(p, 0xf7f7f7), 40);
      assertEquals(48 * 48, Looks.count(p, ColorMap.DIVERGING.rgb(0)));
      assertEquals(48 * 48, Looks.count(p, ColorMap.DIVERGING.rgb(1)));
      assertEquals(48 * 48, Looks.count(p, ColorMap.DIVERGING.rgb(0.75)));
      Tensor rgb = new Generator(1).normal(DType.F32, 3, 5, 5, 3);
      Looks.sound(() -> FeaturePictures.filters("Colours", rgb));
      Tensor maps = Tensor.of(new float[] {0, 4, 2, 4, 0, 4, 1, 4}, 1, 2, 2, 2);
      Picture a = Looks.sound(() -> FeaturePictures.activations("Maps", maps));
      // 2 pixels to at least 56 units: 56 pixels each.
      assertEquals(4 * 56 * 56, Looks.count(a, ColorMap.VIRIDIS.rgb(1)));
      assertEquals(2 * 56 * 56, Looks.count(a, ColorMap.VIRIDIS.rgb(0)));
      assertEquals(56 * 56, Looks.count(a, ColorMap.VIRIDIS.rgb(0.25)));
      Tensor zero = Tensor.zeros(3, 3, 1);
      Looks.sound(() -> FeaturePictures.activations("Dead", zero));
      ImageData d = Digits.load().test();
      Pca pca = Pca.fit(Tensor.of(d.pixels(), d.count(), 64).to(DType.F64), 5);
      Looks.sound(() -> FeaturePictures.components("Eigendigits", pca, 8, 8, 9));
      refused(
          "components: the data have 64 columns, not 8 x 9",
          () -> FeaturePictures.components("E", pca, 8, 9, 3));
      refused(
          "filters: the weight must be [filters, KH, KW, 1 or 3], got [2, 2, 2]; for one input"
              + " channel of a deeper layer give weight.slice(3, c, c + 1)",
          () -> FeaturePictures.filters("F", filters.reshape(2, 2, 2)));
      refused(
          "activations: the output must be [h, w, channels] of one image, got [2, 2, 2, 1]",
          () -> FeaturePictures.activations("F", filters));
    }
  }

  @Test
  void mapsAreEnlargedAsTheResizeOperationDoes() {
    try (Scope scope = Scope.open()) {
      Tensor map = new Generator(2).normal(DType.F64, 1, 3, 2, 1);
      double[] expected = Resize.bilinear(map, 12, 10, false).doubles();
      double[] coarse = map.doubles();
      for (int i = 0; i < 120; i++) {
        double y = (i / 10 + 0.5) / 12;
        double x = (i % 10 + 0.5) / 10;
        assertEquals(expected[i], MapPictures.smooth(coarse, 3, 2, y, x), 1e-12);
      }
      assertEquals(7, MapPictures.smooth(new double[] {7}, 1, 1, 0.3, 0.9));
    }
  }

  @Test
  void mapsLieOverAndBesideTheirImages() {
    try (Scope scope = Scope.open()) {
      BufferedImage black = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
      Tensor map = Tensor.of(new float[] {0, 0, 0, 3}, 1, 2, 2);
      List<BufferedImage> one = List.of(black);
      Picture p = Looks.sound(() -> MapPictures.beside("Map", one, map, List.of("c")));
      // 128 pixels for an image: three of four quarters are zero.
      assertEquals(3 * 64 * 64, Looks.count(p, ColorMap.VIRIDIS.rgb(0)));
      assertEquals(64 * 64, Looks.count(p, ColorMap.VIRIDIS.rgb(1)));
      Picture over = Looks.sound(() -> MapPictures.overlay("Map", one, map, List.of("c")));
      // Six tenths of yellow over black, in the outer quarter of a quarter.
      int r = (int) Math.round(0.6 * 0xfd);
      int g = (int) Math.round(0.6 * 0xe7);
      int b = (int) Math.round(0.6 * 0x25);
      assertEquals(32 * 32, Looks.count(over, r << 16 | g << 8 | b));
      refused(
          "maps: needs a map [N, h, w] and a caption for each of 1 images, got [1, 2, 2] and 0"
              + " captions",
          () -> MapPictures.overlay("Map", one, map, List.of()));
    }
  }

  private static void refused(String message, Runnable r) {
    var e = assertThrows(IllegalArgumentException.class, r::run);
    assertEquals(message, e.getMessage());
  }
}
