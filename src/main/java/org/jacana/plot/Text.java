package org.jacana.plot;

import java.awt.AWTError;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.awt.image.BufferedImage;

/** The fonts of all pictures, and whether this Java can draw with them. */
final class Text {
  static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
  static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
  static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 15);

  private static boolean works;

  private Text() {}

  /**
   * Makes sure that text can be drawn, before anything is.
   *
   * @throws IllegalStateException saying what to install if it cannot
   */
  static synchronized void require() {
    if (works) {
      return;
    }
    try {
      // Laying out text loads the font library and asks the system for a font.
      new TextLayout("0", PLAIN, new FontRenderContext(null, true, true)).getBounds();
      new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics().dispose();
      works = true;
    } catch (AWTError e) {
      throw new IllegalStateException(
          "plot: this Java looks for a screen and cannot reach it ("
              + e.getMessage()
              + "); start it with -Djava.awt.headless=true, pictures need no screen",
          e);
    } catch (RuntimeException | LinkageError | InternalError e) {
      throw new IllegalStateException(
          "plot: this Java finds no font to draw text with ("
              + cause(e)
              + "); install fontconfig and a font, on Debian and Ubuntu: apt-get install fontconfig"
              + " fonts-dejavu-core",
          e);
    }
  }

  private static String cause(Throwable e) {
    Throwable last = e;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage();
  }

  /** A surface of white pixels with smooth lines and text. */
  static Graphics2D paint(BufferedImage image) {
    require();
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.setColor(Palette.PAPER);
    g.fillRect(0, 0, image.getWidth(), image.getHeight());
    return g;
  }

  /** The width of a line of text. */
  static int width(Font font, String text) {
    require();
    return (int)
        Math.ceil(font.getStringBounds(text, new FontRenderContext(null, true, true)).getWidth());
  }

  /** Draws text whose middle is at x and whose capitals' middle is at y. */
  static void centre(Graphics2D g, String text, double x, double y) {
    FontMetrics m = g.getFontMetrics();
    g.drawString(
        text, (float) (x - m.getStringBounds(text, g).getWidth() / 2), (float) (y + middle(m)));
  }

  /** Draws text that ends at x. */
  static void right(Graphics2D g, String text, double x, double y) {
    FontMetrics m = g.getFontMetrics();
    g.drawString(
        text, (float) (x - m.getStringBounds(text, g).getWidth()), (float) (y + middle(m)));
  }

  /** Draws text that starts at x. */
  static void left(Graphics2D g, String text, double x, double y) {
    g.drawString(text, (float) x, (float) (y + middle(g.getFontMetrics())));
  }

  /** Draws text upwards, as beside a vertical axis; its middle is at (x, y). */
  static void upwards(Graphics2D g, String text, double x, double y) {
    var before = g.getTransform();
    g.translate(x, y);
    g.rotate(-Math.PI / 2);
    centre(g, text, 0, 0);
    g.setTransform(before);
  }

  private static double middle(FontMetrics m) {
    return 0.36 * m.getFont().getSize2D();
  }

  /** The text, or its beginning with three dots where it is wider than {@code room}. */
  static String fit(Font font, String text, int room) {
    if (width(font, text) <= room) {
      return text;
    }
    int n = text.length();
    while (n > 0 && width(font, text.substring(0, n) + "...") > room) {
      n--;
    }
    return text.substring(0, n) + "...";
  }
}
