package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.jacana.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFolderTest {
  @TempDir Path folder;

  /** A picture of h x w whose pixels are 0xRRGGBB of {@code first} and counting. */
  private static BufferedImage picture(int type, int h, int w, int first) {
    BufferedImage image = new BufferedImage(w, h, type);
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        image.setRGB(x, y, 0xff000000 | first + (y * w + x) * 0x050301);
      }
    }
    return image;
  }

  private static byte[] encode(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      assertTrue(ImageIO.write(image, format, out), format);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private void put(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private void put(String name, int h, int w, int first) throws IOException {
    String format = name.substring(name.lastIndexOf('.') + 1);
    put(name, encode(picture(BufferedImage.TYPE_INT_RGB, h, w, first), format));
  }

  private static byte[] bytes(ByteImages images, int i) throws IOException {
    byte[] b = new byte[(int) images.inputShape().size()];
    images.bytes(i, b, 0);
    return b;
  }

  @Test
  void classesAreFoldersInOrder() throws IOException {
    put("dog/b.png", 2, 3, 0x102030);
    put("dog/a.PNG", encode(picture(BufferedImage.TYPE_INT_RGB, 2, 3, 0x203040), "png"));
    put("cat/deep/x.bmp", 2, 3, 0x304050);
    put("cat/.hidden.txt", new byte[3]);
    put(".git/config", new byte[3]);
    ImageFolder d = ImageFolder.of(folder).open();
    assertEquals(List.of("cat", "dog"), d.target().classNames());
    assertArrayEquals(new int[] {0, 1, 1}, d.labels());
    assertEquals(Shape.of(2, 3, 3), d.inputShape());
    assertTrue(d.example(1).endsWith("a.PNG"));
    byte[] first = bytes(d, 0);
    for (int k = 0; k < 6; k++) {
      int rgb = 0x304050 + k * 0x050301;
      assertEquals(rgb >> 16 & 255, first[3 * k] & 255);
      assertEquals(rgb >> 8 & 255, first[3 * k + 1] & 255);
      assertEquals(rgb & 255, first[3 * k + 2] & 255);
    }
    assertEquals(18, d.cachedBytes());
    ImageData all = d.load();
    assertEquals(54, d.cachedBytes());
    assertEquals(all.sha256(), ImageFolder.of(folder).cache(20).open().load().sha256());
    assertArrayEquals(Arrays.copyOfRange(all.pixels(), 18, 36), bytes(d, 1));
    try (Loader lazy =
            Loader.of(ImageFolder.of(folder).cache(0).open()).batch(3).shuffle(1).workers(2);
        Loader memory = Loader.of(all).batch(3).shuffle(1)) {
      for (int epoch = 0; epoch < 3; epoch++) {
        assertArrayEquals(
            memory.start(epoch).next().input().clone(), lazy.start(epoch).next().input());
      }
    }
  }

  @Test
  void coloursAndGreyAreExact() throws IOException {
    BufferedImage grey = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_GRAY);
    for (int x = 0; x < 4; x++) {
      grey.getRaster().setSample(x, 0, 0, 10 + 60 * x);
    }
    byte[] png = encode(grey, "png");
    assertArrayEquals(new byte[] {10, 70, (byte) 130, (byte) 190}, decode(png, 1));
    assertArrayEquals(new byte[] {10, 10, 10, 70, 70, 70}, Arrays.copyOf(decode(png, 3), 6));
    BufferedImage deep = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSample(0, 0, 0, 0xABCD);
    assertArrayEquals(new byte[] {(byte) 0xAB}, decode(encode(deep, "png"), 1));
    BufferedImage bits = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
    bits.setRGB(1, 0, 0xffffffff);
    assertArrayEquals(new byte[] {0, (byte) 255}, decode(encode(bits, "png"), 1));
    BufferedImage red = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    red.setRGB(0, 0, 0x80ff0000);
    assertArrayEquals(new byte[] {(byte) 255, 0, 0}, decode(encode(red, "png"), 3));
    // 0.299 * 255 = 76.2
    assertArrayEquals(new byte[] {76}, decode(encode(red, "png"), 1));
    byte[] gif = encode(picture(BufferedImage.TYPE_INT_RGB, 1, 1, 0xff8000), "gif");
    assertArrayEquals(new byte[] {(byte) 255, (byte) 128, 0}, decode(gif, 3));
    byte[] jpeg = encode(picture(BufferedImage.TYPE_INT_RGB, 8, 8, 0x808080), "jpg");
    assertEquals(0x80, decode(jpeg, 3)[0] & 255, 12);
  }

  private static byte[] decode(byte[] file, int channels) throws IOException {
    return Picture.decode("p", file, channels).pixels();
  }

  @Test
  void sizes() throws IOException {
    put("a/1.png", 4, 8, 0);
    put("a/2.png", 6, 3, 0);
    put("b/3.png", 4, 4, 0);
    String m =
        assertThrows(FormatException.class, () -> ImageFolder.of(folder).open().load())
            .getMessage();
    assertTrue(m.contains("2.png: expected a picture of 4x8"), m);
    ImageFolder d = ImageFolder.of(folder).grey().size(2, 2).open();
    assertEquals(Shape.of(2, 2, 1), d.inputShape());
    assertEquals(3, d.load().count());
    assertEquals(Shape.of(5, 7, 3), ImageFolder.of(folder).stretch(5, 7).open().inputShape());
    // Covering 2x2 takes the middle of a wide picture, stretching takes all of it.
    byte[] wide = new byte[16];
    Arrays.fill(wide, 2, 6, (byte) 200);
    Arrays.fill(wide, 10, 14, (byte) 200);
    Picture p = new Picture(wide, 2, 8, 1);
    byte[] bright = new byte[4];
    Arrays.fill(bright, (byte) 200);
    assertArrayEquals(bright, p.resized(2, 2, true).pixels());
    Picture stretched = p.resized(1, 4, false);
    assertTrue((stretched.pixels()[0] & 255) < 60 && (stretched.pixels()[1] & 255) > 140);
  }

  @Test
  void whatDoesNotBelongIsNamed() throws IOException {
    assertThrows(FileNotFoundException.class, () -> ImageFolder.of(folder.resolve("none")).open());
    assertThrows(FormatException.class, () -> ImageFolder.of(folder).open());
    Files.createDirectories(folder.resolve("a"));
    String m =
        assertThrows(FormatException.class, () -> ImageFolder.of(folder).open()).getMessage();
    assertTrue(m.contains("expected pictures, found none"), m);
    put("a/1.png", 2, 2, 0);
    put("a/notes.txt", new byte[4]);
    m = assertThrows(FormatException.class, () -> ImageFolder.of(folder).open()).getMessage();
    assertTrue(m.contains("notes.txt"), m);
    Files.delete(folder.resolve("a/notes.txt"));
    ImageFolder d = ImageFolder.of(folder).classNames(List.of("z", "a")).open();
    assertArrayEquals(new int[] {1}, d.labels());
    assertThrows(
        FormatException.class, () -> ImageFolder.of(folder).classNames(List.of("z")).open());
    put("a/2.png", new byte[] {1, 2, 3});
    put("a/3.png", Arrays.copyOf(Files.readAllBytes(folder.resolve("a/1.png")), 40));
    try (Loader loader = Loader.of(ImageFolder.of(folder).open()).batch(1).workers(2)) {
      loader.next();
      UncheckedIOException e = assertThrows(UncheckedIOException.class, loader::next);
      assertTrue(e.getMessage().contains("2.png: expected a PNG"), e.getMessage());
      assertTrue(e.getCause() instanceof FormatException);
      e = assertThrows(UncheckedIOException.class, loader::next);
      assertTrue(e.getMessage().contains("3.png: expected a whole PNG file"), e.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> ImageFolder.of(folder).size(0, 3));
    assertThrows(IllegalArgumentException.class, () -> ImageFolder.of(folder).cache(-1));
  }

  /** A file cut off anywhere is refused, or nothing but its tail was lost. */
  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "bmp", "gif"})
  void truncatedPicturesAreRefused(String format) throws IOException {
    byte[] whole = encode(picture(BufferedImage.TYPE_INT_RGB, 24, 24, 0x123456), format);
    byte[] pixels = decode(whole, 3);
    int accepted = 0;
    for (int n = 0; n < whole.length; n += 3) {
      try {
        byte[] got = decode(Arrays.copyOf(whole, n), 3);
        assertArrayEquals(pixels, got, format + " of " + n + " of " + whole.length + " bytes");
        accepted++;
      } catch (FormatException e) {
        assertTrue(e.getMessage().startsWith("p: expected "), e.getMessage());
      }
    }
    assertTrue(accepted <= 3, accepted + " cuts went unnoticed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "bmp", "gif"})
  void damagedPicturesAreFormatExceptionsOrPictures(String format) {
    byte[] valid = encode(picture(BufferedImage.TYPE_INT_RGB, 9, 11, 0x345678), format);
    SplittableRandom random = new SplittableRandom(5);
    int refused = 0;
    for (int i = 0; i < 1500; i++) {
      byte[] bytes = TestFiles.mutate(valid, random);
      try {
        Picture p = Picture.decode("p", bytes, 3);
        assertEquals((long) p.height() * p.width() * 3, p.pixels().length);
      } catch (FormatException e) {
        refused++;
      }
    }
    assertTrue(refused > 300, refused + " of 1500");
  }

  /** Damage that the checksums do not tell, because they were made anew. */
  @Test
  void aSmallFileCannotClaimAHugePicture() {
    byte[] gif = encode(picture(BufferedImage.TYPE_INT_RGB, 4, 4, 1), "gif");
    int image = 0;
    while (gif[image] != 0x2c) {
      image++;
    }
    for (int at : new int[] {6, 8, image + 5, image + 7}) {
      gif[at] = (byte) 8000;
      gif[at + 1] = (byte) (8000 >> 8);
    }
    FormatException e = assertThrows(FormatException.class, () -> Picture.decode("x", gif, 3));
    assertTrue(e.getMessage().contains("64000000 pixels"), e.getMessage());
  }

  @Test
  void pngsWithRightChecksumsAndWrongContent() {
    byte[] valid = encode(picture(BufferedImage.TYPE_INT_RGB, 9, 11, 0x345678), "png");
    SplittableRandom random = new SplittableRandom(6);
    int refused = 0;
    int accepted = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = valid.clone();
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        bytes[8 + random.nextInt(bytes.length - 8)] = (byte) random.nextInt(256);
      }
      sign(bytes);
      try {
        Picture p = Picture.decode("p", bytes, 3);
        assertEquals((long) p.height() * p.width() * 3, p.pixels().length);
        accepted++;
      } catch (FormatException e) {
        refused++;
      }
    }
    assertTrue(refused > 500 && accepted > 20, refused + " refused, " + accepted + " accepted");
  }

  private static void sign(byte[] png) {
    ByteBuffer b = ByteBuffer.wrap(png);
    int at = 8;
    while (at + 12 <= png.length) {
      int length = b.getInt(at);
      if (length < 0 || length > png.length - at - 12) {
        return;
      }
      CRC32 crc = new CRC32();
      crc.update(png, at + 4, 4 + length);
      b.putInt(at + 8 + length, (int) crc.getValue());
      at += 12 + length;
    }
  }
}
