package org.jacana.plot;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * A finished picture. The same content gives the same bytes on the same machine.
 *
 * @param image opaque or transparent pixels
 * @param density pixels for each unit of display width, at least 1; charts have 2, to be sharp
 */
public record Picture(BufferedImage image, int density) {

  /**
   * Checks the density.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public Picture {
    if (density < 1) {
      throw new IllegalArgumentException("picture: density must be at least 1, got " + density);
    }
  }

  /** Pixels from left to right. */
  public int width() {
    return image.getWidth();
  }

  /** Pixels from top to bottom. */
  public int height() {
    return image.getHeight();
  }

  /** The width at which it is meant to be seen, in CSS pixels. */
  public int displayWidth() {
    return image.getWidth() / density;
  }

  /** The picture as a PNG file's bytes. */
  public byte[] png() {
    try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
      // A cache file would need a writable temporary folder for nothing.
      ImageIO.setUseCache(false);
      if (!ImageIO.write(image, "png", out)) {
        throw new IllegalStateException("picture: this Java has no writer of PNG files");
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes a PNG file, making its folder where it is missing.
   *
   * @return the file
   * @throws IOException if it cannot be written
   */
  public Path save(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    return Files.write(file, png());
  }
}
