package org.jacana.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.jacana.data.ImageData;

/** Small images side by side with a caption below each; their pixels stay sharp squares. */
public final class ImageGrid {
  private static final int PAD = 14;
  private static final int GAP = 12;
  private static final int LINE = 14;

  private record Tile(BufferedImage image, List<String> caption, int rgb) {}

  private final String title;
  private final List<Tile> tiles = new ArrayList<>();
  private int columns;
  private int least = 64;

  /** An empty grid; an empty title takes no room. */
  public ImageGrid(String title) {
    this.title = title;
  }

  /** The first images of a data set with their class names. */
  public static ImageGrid of(ImageData data, int count) {
    ImageGrid grid = new ImageGrid(data.name());
    for (int i = 0; i < Math.min(count, data.count()); i++) {
      grid.add(Pixels.of(data, i), data.classNames().get(data.labels()[i]));
    }
    return grid;
  }

  /** An image with lines of text below it. */
  public ImageGrid add(BufferedImage image, String... caption) {
    return add(image, 0x222222, caption);
  }

  /** An image with lines of coloured text, 0xRRGGBB, below it. */
  public ImageGrid add(BufferedImage image, int rgb, String... caption) {
    tiles.add(new Tile(image, List.of(caption), rgb));
    return this;
  }

  /** Images in a row; if it is not set, as many as make the grid about twice as wide as high. */
  public ImageGrid columns(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("imageGrid: columns must be at least 1, got " + count);
    }
    columns = count;
    return this;
  }

  /** Images are enlarged by a whole number to at least this width, in units of display; 64. */
  public ImageGrid leastWidth(int units) {
    if (units < 1 || units > 2000) {
      throw new IllegalArgumentException("imageGrid: the width must be 1 to 2000, got " + units);
    }
    least = units;
    return this;
  }

  /**
   * Draws the grid.
   *
   * @throws IllegalStateException if it is empty or a font is missing
   */
  public Picture picture() {
    if (tiles.isEmpty()) {
      throw new IllegalStateException("imageGrid '" + title + "': add an image first");
    }
    int d = Axes.DENSITY;
    int w = 0;
    int h = 0;
    int lines = 0;
    int text = 0;
    for (Tile t : tiles) {
      w = Math.max(w, zoom(t) * t.image().getWidth());
      h = Math.max(h, zoom(t) * t.image().getHeight());
      lines = Math.max(lines, t.caption().size());
      for (String line : t.caption()) {
        text = Math.max(text, Text.width(Text.SMALL, line));
      }
    }
    // A caption may be half as wide again as its image; what is longer is cut.
    int cellW = Math.max(w / d, Math.min(text, Math.max(3 * w / d / 2, 90)));
    int cellH = h / d + (lines == 0 ? 0 : lines * LINE + 4);
    int across = columns > 0 ? columns : columns(cellW + GAP, cellH + GAP);
    across = Math.min(across, tiles.size());
    int down = (tiles.size() + across - 1) / across;
    int head = title.isEmpty() ? 0 : 26;
    int titleWidth = title.isEmpty() ? 0 : Text.width(Text.TITLE, title);
    int inner = Math.max(across * (cellW + GAP) - GAP, titleWidth);
    int width = 2 * PAD + inner;
    int height = 2 * PAD + head + down * (cellH + GAP) - GAP;
    BufferedImage image = new BufferedImage(width * d, height * d, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = Text.paint(image);
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    g.scale(d, d);
    g.setColor(Palette.INK);
    g.setFont(Text.TITLE);
    Text.left(g, title, PAD, PAD + 8);
    for (int i = 0; i < tiles.size(); i++) {
      int x = PAD + i % across * (cellW + GAP);
      int y = PAD + head + i / across * (cellH + GAP);
      draw(g, tiles.get(i), x, y, cellW, h / d);
    }
    g.dispose();
    return new Picture(image, d);
  }

  private void draw(Graphics2D g, Tile t, int x, int y, int cellW, int imageH) {
    int d = Axes.DENSITY;
    int w = zoom(t) * t.image().getWidth();
    int h = zoom(t) * t.image().getHeight();
    // In pixels, not in units, so that each pixel of the image becomes the same square.
    int left = x * d + (cellW * d - w) / 2;
    int top = y * d + (imageH * d - h) / 2;
    g.scale(1.0 / d, 1.0 / d);
    g.drawImage(t.image(), left, top, w, h, null);
    g.scale(d, d);
    g.setFont(Text.SMALL);
    g.setColor(new Color(t.rgb()));
    for (int k = 0; k < t.caption().size(); k++) {
      String line = Text.fit(Text.SMALL, t.caption().get(k), cellW);
      Text.centre(g, line, x + cellW / 2.0, y + imageH + 4 + (k + 0.5) * LINE);
    }
  }

  private int zoom(Tile t) {
    int wanted = least * Axes.DENSITY;
    return Math.max(1, (wanted + t.image().getWidth() - 1) / t.image().getWidth());
  }

  private int columns(int cellW, int cellH) {
    double wide = Math.sqrt(2.0 * tiles.size() * cellH / cellW);
    return Math.max(1, Math.min((int) Math.round(wide), Math.max(1, 1100 / cellW)));
  }
}
