package org.jacana.plot;

import java.awt.Color;
import java.awt.Graphics2D;
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

  /**
   * This picture with another one below it, both at the left, on white.
   *
   * @throws IllegalArgumentException if their densities differ
   */
  public Picture above(Picture below) {
    if (below.density != density) {
      throw new IllegalArgumentException(
          "picture: one of density " + density + " cannot be above one of " + below.density);
    }
    BufferedImage both =
        new BufferedImage(
            Math.max(width(), below.width()),
            height() + below.height(),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D g = both.createGraphics();
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, both.getWidth(), both.getHeight());
    g.drawImage(image, 0, 0, null);
    g.drawImage(below.image, 0, height(), null);
    g.dispose();
    return new Picture(both, density);
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
