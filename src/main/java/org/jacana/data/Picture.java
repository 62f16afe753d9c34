package org.jacana.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A picture from a PNG, JPEG, BMP or GIF file, as bytes; of an animation the first frame. Opacity
 * is ignored, 16-bit values keep their upper half.
 *
 * @param pixels [height, width, channels], unsigned bytes
 * @param height rows
 * @param width columns
 * @param channels 1 for brightness (ITU-R BT.601 luma), 3 for red, green, blue
 */
record Picture(byte[] pixels, int height, int width, int channels) {
  /** A small file may claim a picture that fills the memory. */
  private static final long MOST_PIXELS = Math.min(1 << 26, MemoryLimit.bytes() / 8);

  /**
   * Pixels that a byte of a file can hold at best, with room: PNG's deflate makes 1,032 bytes of
   * one, which are eight pixels each where a pixel is a bit.
   */
  private static final long DENSEST = 10_000;

  private static final String FIX = "the file is damaged: get it again or take it away";

  /**
   * Reads a file.
   *
   * @throws FormatException if it is no picture, damaged or of more than 67 million pixels (fewer
   *     in a small heap)
   * @throws IOException if the system cannot read it
   */
  static Picture read(Path file, int channels) throws IOException {
    long size = Files.size(file);
    if (size > MemoryLimit.bytes()) {
      throw new FormatException(
          file.toString(), "at most " + MemoryLimit.bytes() + " bytes", size + " bytes", FIX);
    }
    return decode(file.toString(), Files.readAllBytes(file), channels);
  }

  /** As {@link #read}, from the file's bytes. */
  static Picture decode(String name, byte[] file, int channels) throws FormatException {
    if (PngChunks.isPng(file)) {
      String damage = PngChunks.damage(file);
      if (damage != null) {
        throw new FormatException(name, "a whole PNG file", damage, FIX);
      }
    }
    InputStream bytes = new ByteArrayInputStream(file);
    try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(bytes)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new FormatException(
            name,
            "a PNG, JPEG, BMP or GIF picture",
            file.length == 0 ? "an empty file" : "something else",
            "convert it or take it away");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        return of(decode(name, file.length, reader), channels);
      } finally {
        reader.dispose();
      }
    } catch (FormatException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Java's readers answer damage with exceptions of many kinds.
      FormatException damaged =
          new FormatException(
              name, "a picture that Java can decode", "damage (" + line(e) + ")", FIX);
      damaged.initCause(e);
      throw damaged;
    }
  }

  private static BufferedImage decode(String name, int bytes, ImageReader reader)
      throws IOException {
    long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
    if (pixels > bytes * DENSEST) {
      throw new FormatException(name, "data for its " + pixels + " pixels", bytes + " bytes", FIX);
    }
    if (pixels > MOST_PIXELS) {
      throw new FormatException(
          name, "at most " + MOST_PIXELS + " pixels", pixels + " pixels", "make it smaller");
    }
    String[] damage = {null};
    reader.addIIOReadWarningListener(
        (source, warning) -> damage[0] = damage(warning) ? warning : damage[0]);
    BufferedImage image = reader.read(0);
    if (damage[0] != null) {
      throw new FormatException(name, "a whole picture", "damage (" + damage[0] + ")", FIX);
    }
    return image;
  }

  /** Whether a reader's warning means that it made pixels up. */
  private static boolean damage(String warning) {
    String w = warning.toLowerCase(Locale.ROOT);
    return w.contains("truncated")
        || w.contains("premature")
        || w.contains("end of file")
        || (w.contains("corrupt") && !w.contains("extraneous bytes"));
  }

  private static String line(Exception e) {
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return text.lines().findFirst().orElse(e.getClass().getSimpleName());
  }

  private static Picture of(BufferedImage image, int channels) {
    int height = image.getHeight();
    int width = image.getWidth();
    byte[] out = new byte[height * width * channels];
    // getRGB would take grey samples for linear light and brighten them.
    boolean grey = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    int[] row = new int[width];
    int place = 0;
    for (int y = 0; y < height; y++) {
      if (grey) {
        samples(image, y, row);
      } else {
        image.getRGB(0, y, width, 1, row, 0, width);
      }
      for (int rgb : row) {
        if (channels == 1) {
          out[place++] = (byte) luma(rgb);
        } else {
          out[place++] = (byte) (rgb >> 16);
          out[place++] = (byte) (rgb >> 8);
          out[place++] = (byte) rgb;
        }
      }
    }
    return new Picture(out, height, width, channels);
  }

  /** A row of grey samples as 0xRRGGBB. */
  private static void samples(BufferedImage image, int y, int[] row) {
    Raster raster = image.getRaster();
    int bits = image.getSampleModel().getSampleSize(0);
    raster.getSamples(0, y, row.length, 1, 0, row);
    for (int x = 0; x < row.length; x++) {
      int v = bits >= 8 ? row[x] >> bits - 8 : row[x] * 255 / ((1 << bits) - 1);
      row[x] = (v & 255) * 0x010101;
    }
  }

  /** 0.299 red + 0.587 green + 0.114 blue in 16-bit fractions, rounded. */
  private static int luma(int rgb) {
    return (19595 * (rgb >> 16 & 255) + 38470 * (rgb >> 8 & 255) + 7471 * (rgb & 255) + 0x8000)
        >> 16;
  }

  /** This picture brought to a size, stretched or (to {@code cover} it) cut at its edges. */
  Picture resized(int toHeight, int toWidth, boolean cover) {
    if (height == toHeight && width == toWidth) {
      return this;
    }
    int h = toHeight;
    int w = toWidth;
    if (cover) {
      double scale = Math.max((double) toHeight / height, (double) toWidth / width);
      h = Math.max(toHeight, (int) Math.round(height * scale));
      w = Math.max(toWidth, (int) Math.round(width * scale));
    }
    float[] x = new float[pixels.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = pixels[i] & 255;
    }
    float[] narrow = new float[height * w * channels];
    new Resampling(width, w).apply(height, channels, x, narrow, 0);
    float[] scaled = new float[h * w * channels];
    new Resampling(height, h).apply(1, w * channels, narrow, scaled, 0);
    byte[] out = new byte[toHeight * toWidth * channels];
    int top = (h - toHeight) / 2;
    int left = (w - toWidth) / 2;
    int line = toWidth * channels;
    for (int y = 0; y < toHeight; y++) {
      int from = ((top + y) * w + left) * channels;
      for (int k = 0; k < line; k++) {
        out[y * line + k] = (byte) Math.max(0, Math.min(255, Math.round(scaled[from + k])));
      }
    }
    return new Picture(out, toHeight, toWidth, channels);
  }
}
