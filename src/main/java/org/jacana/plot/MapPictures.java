package org.jacana.plot;

import java.awt.image.BufferedImage;
import java.util.List;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** Images beside maps of where a network looks, such as {@link org.jacana.nn.GradCam}'s. */
public final class MapPictures {
  private static final int SIDE = 128;

  private MapPictures() {}

  /**
   * Each image, and the same with its map over it: bright where the map is large. A map may be
   * coarser than its image; it is enlarged smoothly. Each has a range of its own, from 0 to its
   * largest value.
   *
   * @param maps [N, h, w], not negative
   * @param captions one for each image
   * @throws IllegalArgumentException if the numbers of images, maps and captions differ
   */
  public static Picture overlay(
      String title, List<BufferedImage> images, Tensor maps, List<String> captions) {
    return draw(title, images, maps, captions, true);
  }

  /** Each image and beside it its map alone: for saliency, which is as fine as the image. */
  public static Picture beside(
      String title, List<BufferedImage> images, Tensor maps, List<String> captions) {
    return draw(title, images, maps, captions, false);
  }

  private static Picture draw(
      String title, List<BufferedImage> images, Tensor maps, List<String> captions, boolean over) {
    Shape s = maps.shape();
    if (s.rank() != 3 || s.dim(0) != images.size() || captions.size() != images.size()) {
      throw new IllegalArgumentException(
          "maps: needs a map [N, h, w] and a caption for each of "
              + images.size()
              + " images, got "
              + s
              + " and "
              + captions.size()
              + " captions");
    }
    ImageGrid grid = new ImageGrid(title).leastWidth(72);
    try (Scope scope = Scope.open(maps.device());
        Autograd.Mode off = Autograd.noGrad()) {
      for (int i = 0; i < images.size(); i++) {
        double[] map = maps.at(i).doubles();
        BufferedImage image = images.get(i);
        grid.add(pair(image, map, s.dim(1), s.dim(2), over), captions.get(i));
      }
    }
    return grid.picture();
  }

  /** The image, a white gap, and the map, each enlarged to about the same number of pixels. */
  private static BufferedImage pair(BufferedImage image, double[] map, int h, int w, boolean over) {
    int zoom = Math.max(1, SIDE / image.getWidth());
    int width = zoom * image.getWidth();
    int height = zoom * image.getHeight();
    int gap = 6;
    double most = 0;
    for (double v : map) {
      most = Math.max(most, v);
    }
    BufferedImage out = new BufferedImage(2 * width + gap, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < 2 * width + gap; x++) {
        int rgb = 0xffffff;
        if (x < width) {
          rgb = image.getRGB(x / zoom, y / zoom);
        } else if (x >= width + gap) {
          int px = x - width - gap;
          double v =
              over
                  ? smooth(map, h, w, (y + 0.5) / height, (px + 0.5) / width)
                  : map[y * h / height * w + px * w / width];
          double unit = most > 0 ? v / most : 0;
          int color = ColorMap.VIRIDIS.rgb(unit);
          rgb = over ? blend(image.getRGB(px / zoom, y / zoom), color, 0.6) : color;
        }
        out.setRGB(x, y, rgb);
      }
    }
    return out;
  }

  /** Between the centres of the four nearest values; (0, 0) and (1, 1) are the outer corners. */
  static double smooth(double[] map, int h, int w, double down, double across) {
    double y = Math.max(0, Math.min(h - 1, down * h - 0.5));
    double x = Math.max(0, Math.min(w - 1, across * w - 0.5));
    int i = Math.min((int) y, Math.max(0, h - 2));
    int j = Math.min((int) x, Math.max(0, w - 2));
    int below = Math.min(i + 1, h - 1);
    int right = Math.min(j + 1, w - 1);
    double s = y - i;
    double t = x - j;
    return (1 - s) * ((1 - t) * map[i * w + j] + t * map[i * w + right])
        + s * ((1 - t) * map[below * w + j] + t * map[below * w + right]);
  }

  private static int blend(int a, int b, double part) {
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      double v = (1 - part) * (a >> shift & 255) + part * (b >> shift & 255);
      rgb |= (int) Math.round(v) << shift;
    }
    return rgb;
  }
}
