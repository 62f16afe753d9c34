package org.jacana.io;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jacana.DType;
import org.jacana.Tensor;

/** Images as PNG, in memory. */
final class Png {
  private Png() {}

  /**
   * The image of a tensor.
   *
   * @param image [height, width, 1, 3 or 4]: U8, or floats of which 0 is black and 1 full
   */
  static BufferedImage image(String tag, Tensor image) {
    int[] d = image.shape().dims();
    boolean channels = d.length == 3 && (d[2] == 1 || d[2] == 3 || d[2] == 4);
    boolean type = image.dtype() == DType.U8 || image.dtype().isFloat();
    if (!channels || !type || image.size() == 0) {
      throw new IllegalArgumentException(
          "addImage: "
              + tag
              + " must be [height, width, 1, 3 or 4] of U8 or floats from 0 to 1, got "
              + image.dtype()
              + " "
              + image.shape());
    }
    double[] values = image.detach().doubles();
    double scale = image.dtype() == DType.U8 ? 1 : 255;
    int c = d[2];
    int kind =
        c == 1
            ? BufferedImage.TYPE_BYTE_GRAY
            : c == 3 ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_INT_ARGB;
    BufferedImage out = new BufferedImage(d[1], d[0], kind);
    int[] pixel = new int[c];
    for (int i = 0; i < d[0] * d[1]; i++) {
      for (int k = 0; k < c; k++) {
        pixel[k] = (int) Math.round(Math.min(255, Math.max(0, values[i * c + k] * scale)));
      }
      out.getRaster().setPixel(i % d[1], i / d[1], pixel);
    }
    return out;
  }

  static byte[] bytes(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // The default stream would make a temporary file.
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", out)) {
        throw new IllegalArgumentException("addImage: no PNG writer for " + image);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
