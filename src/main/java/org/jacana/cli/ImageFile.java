package org.jacana.cli;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.jacana.data.FormatException;

/** Reads picture files as bytes of a model's input size. */
final class ImageFile {
  /** A small file may claim a picture that fills the memory. */
  private static final long MAX_PIXELS = 50_000_000;

  private ImageFile() {}

  /**
   * Reads a picture, stretched to height x width by averaging over areas.
   *
   * @param channels 1 for brightness, 3 for red, green, blue
   * @return [height, width, channels]
   * @throws IOException if the file is missing or no picture
   */
  static byte[] read(Path file, int height, int width, int channels) throws IOException {
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          file + ": pictures have 1 or 3 channels but the model asks for " + channels);
    }
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.toString(), null, "no such file");
    }
    BufferedImage image = decode(file);
    byte[] out = new byte[height * width * channels];
    for (int c = 0; c < channels; c++) {
      float[] plane = new float[image.getWidth() * image.getHeight()];
      fill(plane, image, channels == 1 ? -1 : 16 - 8 * c);
      resize(plane, image.getHeight(), image.getWidth(), out, height, width, channels, c);
    }
    return out;
  }

  private static BufferedImage decode(Path file) throws IOException {
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new FormatException(
            file.toString(), "PNG, JPEG, GIF or BMP", "something else", "convert the picture");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MAX_PIXELS) {
          throw new FormatException(
              file.toString(), "at most " + MAX_PIXELS + " pixels", "" + pixels, "shrink it");
        }
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    } catch (FormatException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new FormatException(
          file.toString(),
          "a picture that Java can decode",
          "damage (" + Sentence.firstLine(e.getMessage()) + ")",
          "save or convert it again");
    }
  }

  /** The colour at bit {@code shift} of 0xRRGGBB, or brightness for -1; times opacity. */
  private static void fill(float[] plane, BufferedImage image, int shift) {
    int w = image.getWidth();
    boolean grey =
        image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
            && image.getSampleModel().getSampleSize(0) == 8;
    Raster raster = image.getRaster();
    boolean alpha = image.getColorModel().hasAlpha();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < w; x++) {
        float value;
        if (grey) {
          // getRGB would take the samples for linear light and brighten them.
          value = raster.getSample(x, y, 0);
          value *= alpha ? raster.getSample(x, y, 1) / 255f : 1;
        } else {
          int rgb = image.getRGB(x, y);
          value = shift >= 0 ? rgb >> shift & 255 : brightness(rgb);
          value *= alpha ? (rgb >>> 24) / 255f : 1;
        }
        plane[y * w + x] = value;
      }
    }
  }

  /** ITU-R BT.601 luma. */
  private static float brightness(int rgb) {
    return 0.299f * (rgb >> 16 & 255) + 0.587f * (rgb >> 8 & 255) + 0.114f * (rgb & 255);
  }

  private static void resize(
      float[] in, int inH, int inW, byte[] out, int outH, int outW, int channels, int channel) {
    for (int y = 0; y < outH; y++) {
      double top = (double) y * inH / outH;
      double bottom = (double) (y + 1) * inH / outH;
      for (int x = 0; x < outW; x++) {
        double left = (double) x * inW / outW;
        double right = (double) (x + 1) * inW / outW;
        double sum = 0;
        for (int i = (int) top; i < Math.min(inH, Math.ceil(bottom)); i++) {
          double high = Math.min(bottom, i + 1) - Math.max(top, i);
          for (int j = (int) left; j < Math.min(inW, Math.ceil(right)); j++) {
            sum += in[i * inW + j] * high * (Math.min(right, j + 1) - Math.max(left, j));
          }
        }
        long value = Math.round(sum / ((bottom - top) * (right - left)));
        out[(y * outW + x) * channels + channel] = (byte) Math.max(0, Math.min(255, value));
      }
    }
  }
}
