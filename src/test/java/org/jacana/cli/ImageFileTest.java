package org.jacana.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.jacana.data.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFileTest {
  @TempDir Path folder;

  private Path png(int type, int w, int h, int... argb) throws IOException {
    BufferedImage image = new BufferedImage(w, h, type);
    for (int i = 0; i < argb.length; i++) {
      image.setRGB(i % w, i / w, argb[i]);
    }
    Path file = folder.resolve("a.png");
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  private static byte[] bytes(int... values) {
    byte[] b = new byte[values.length];
    for (int i = 0; i < b.length; i++) {
      b[i] = (byte) values[i];
    }
    return b;
  }

  @Test
  void coloursInterleave() throws IOException {
    Path file = png(BufferedImage.TYPE_INT_RGB, 2, 1, 0xff0a141e, 0xff28323c);
    assertArrayEquals(bytes(10, 20, 30, 40, 50, 60), ImageFile.read(file, 1, 2, 3));
  }

  @Test
  void brightnessIsLuma() throws IOException {
    Path file = png(BufferedImage.TYPE_INT_RGB, 3, 1, 0xffff0000, 0xff00ff00, 0xff0000ff);
    assertArrayEquals(bytes(76, 150, 29), ImageFile.read(file, 1, 3, 1));
  }

  @Test
  void greySamplesStayAsTheyAre() throws IOException {
    BufferedImage image = new BufferedImage(256, 1, BufferedImage.TYPE_BYTE_GRAY);
    for (int v = 0; v < 256; v++) {
      image.getRaster().setSample(v, 0, 0, v);
    }
    Path file = folder.resolve("grey.png");
    ImageIO.write(image, "png", file.toFile());
    byte[] out = ImageFile.read(file, 1, 256, 1);
    for (int v = 0; v < 256; v++) {
      assertEquals(v, out[v] & 255);
    }
    assertArrayEquals(bytes(7, 7, 7), Arrays.copyOfRange(ImageFile.read(file, 1, 256, 3), 21, 24));
  }

  @Test
  void transparencyIsBlack() throws IOException {
    Path file = png(BufferedImage.TYPE_INT_ARGB, 2, 1, 0x00ffffff, 0xffffffff);
    assertArrayEquals(bytes(0, 255), ImageFile.read(file, 1, 2, 1));
  }

  @Test
  void shrinkingAveragesAreas() throws IOException {
    Path file = png(BufferedImage.TYPE_INT_RGB, 3, 1, 0xff000000, 0xff3c3c3c, 0xff787878);
    assertArrayEquals(bytes(20, 100), ImageFile.read(file, 1, 2, 1));
    assertArrayEquals(bytes(60), ImageFile.read(file, 1, 1, 1));
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("a.txt"), "text");
    assertTrue(
        assertThrows(FormatException.class, () -> ImageFile.read(text, 8, 8, 1))
            .getMessage()
            .contains("expected PNG, JPEG, GIF or BMP"));
    byte[] png = Files.readAllBytes(png(BufferedImage.TYPE_INT_RGB, 40, 40, 1, 2, 3));
    Path cut = Files.write(folder.resolve("cut.png"), Arrays.copyOf(png, 45));
    assertThrows(FormatException.class, () -> ImageFile.read(cut, 8, 8, 1));
    Path none = folder.resolve("none.png");
    assertThrows(IOException.class, () -> ImageFile.read(none, 8, 8, 1));
  }
}
