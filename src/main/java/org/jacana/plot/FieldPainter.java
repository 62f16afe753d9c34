package org.jacana.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;

/** Draws a field's colours and lines, the ways over it and the scale of colours beside it. */
record FieldPainter(
    Field field,
    FieldScale scale,
    ColorMap colors,
    double[] levels,
    boolean blocks,
    List<Way> ways,
    String valueLabel) {
  private static final int BAR = 16;
  private static final int MISSING = 0xd0d0d0;

  /** Points in order; without a colour each is marked by itself. */
  record Way(String name, double[][] points, Color color) {}

  void below(Graphics2D g, Axes axes) {
    Rectangle2D f = axes.frame();
    int w = (int) Math.ceil(f.getWidth() * Axes.DENSITY);
    int h = (int) Math.ceil(f.getHeight() * Axes.DENSITY);
    double[] x = axes.xRange();
    double[] y = axes.yRange();
    BufferedImage ground = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < w; i++) {
      double px = x[0] + (x[1] - x[0]) * (i + 0.5) / w;
      for (int j = 0; j < h; j++) {
        double py = y[1] - (y[1] - y[0]) * (j + 0.5) / h;
        double v = blocks ? field.nearest(px, py) : field.smooth(px, py);
        ground.setRGB(i, j, Double.isFinite(v) ? colors.rgb(scale.unit(v)) : MISSING);
      }
    }
    g.drawImage(
        ground,
        new AffineTransform(f.getWidth() / w, 0, 0, f.getHeight() / h, f.getX(), f.getY()),
        null);
    AffineTransform onto = new AffineTransform();
    onto.translate(f.getX(), f.getMaxY());
    onto.scale(f.getWidth() / (x[1] - x[0]), -f.getHeight() / (y[1] - y[0]));
    onto.translate(-x[0], -y[0]);
    g.setStroke(new BasicStroke(0.8f));
    for (double level : levels) {
      boolean light = ColorMap.darkText(colors.rgb(scale.unit(level)));
      g.setColor(light ? new Color(0, 0, 0, 120) : new Color(255, 255, 255, 150));
      g.draw(onto.createTransformedShape(field.contour(level)));
    }
  }

  void above(Graphics2D g, Axes axes) {
    Shape clip = g.getClip();
    g.clip(axes.frame());
    for (Way w : ways) {
      if (w.color() != null) {
        way(g, axes, w);
      }
    }
    for (Way w : ways) {
      for (double[] p : w.color() == null ? w.points() : new double[0][]) {
        cross(g, axes.x(p[0]), axes.y(p[1]));
      }
    }
    g.setClip(clip);
    bar(g, axes);
  }

  private static void way(Graphics2D g, Axes axes, Way w) {
    Path2D path = new Path2D.Double();
    double[] first = null;
    double[] last = null;
    boolean gap = true;
    for (double[] p : w.points()) {
      if (!Double.isFinite(p[0]) || !Double.isFinite(p[1])) {
        gap = true;
        continue;
      }
      // Far outside, pixels would overflow; the way leaves the frame all the same.
      double px = Math.max(-1e5, Math.min(1e5, axes.x(p[0])));
      double py = Math.max(-1e5, Math.min(1e5, axes.y(p[1])));
      if (gap) {
        path.moveTo(px, py);
      } else {
        path.lineTo(px, py);
      }
      gap = false;
      first = first == null ? new double[] {px, py} : first;
      last = new double[] {px, py};
    }
    if (first == null) {
      return;
    }
    stroke(g, path, w.color(), 1.8f);
    stroke(g, dot(first, 4), w.color(), 1.8f);
    g.setColor(Palette.PAPER);
    g.fill(dot(last, 5));
    g.setColor(w.color());
    g.fill(dot(last, 3.8));
  }

  /** With a white rim, to be seen on any ground. */
  private static void stroke(Graphics2D g, Shape shape, Color color, float width) {
    g.setColor(new Color(255, 255, 255, 210));
    g.setStroke(new BasicStroke(width + 2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(shape);
    g.setColor(color);
    g.setStroke(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(shape);
  }

  private static Shape dot(double[] at, double radius) {
    return new Ellipse2D.Double(at[0] - radius, at[1] - radius, 2 * radius, 2 * radius);
  }

  private static void cross(Graphics2D g, double x, double y) {
    Path2D path = new Path2D.Double();
    path.append(new Line2D.Double(x - 5, y - 5, x + 5, y + 5), false);
    path.append(new Line2D.Double(x - 5, y + 5, x + 5, y - 5), false);
    stroke(g, path, Palette.INK, 2);
  }

  /** How much wider the picture is for the scale of colours. */
  int barWidth() {
    int widest = 0;
    for (double v : ticks()) {
      widest = Math.max(widest, Text.width(Text.SMALL, label(v)));
    }
    return BAR + 12 + widest + (valueLabel.isEmpty() ? 8 : 26);
  }

  private double[] ticks() {
    return levels.length > 0 ? levels : scale.levels(8);
  }

  private static String label(double v) {
    return Numbers.text(v, 3);
  }

  private void bar(Graphics2D g, Axes axes) {
    Rectangle2D f = axes.frame();
    double left = axes.width() + 2;
    int h = (int) f.getHeight();
    BufferedImage shades = new BufferedImage(1, h, BufferedImage.TYPE_INT_RGB);
    for (int j = 0; j < h; j++) {
      shades.setRGB(0, j, colors.rgb(1 - (j + 0.5) / h));
    }
    g.drawImage(shades, new AffineTransform(BAR, 0, 0, f.getHeight() / h, left, f.getY()), null);
    g.setColor(Palette.GREY);
    g.setStroke(new BasicStroke(1));
    g.draw(new Rectangle2D.Double(left, f.getY(), BAR, h));
    g.setFont(Text.SMALL);
    double before = Double.POSITIVE_INFINITY;
    for (double v : ticks()) {
      double y = f.getY() + h * (1 - scale.unit(v));
      if (before - y < 12) {
        continue;
      }
      before = y;
      g.setColor(Palette.GREY);
      g.draw(new Line2D.Double(left + BAR, y, left + BAR + 4, y));
      g.setColor(Palette.INK);
      Text.left(g, label(v), left + BAR + 7, y);
    }
    g.setFont(Text.PLAIN);
    Text.upwards(g, valueLabel, axes.width() + barWidth() - 10, f.getCenterY());
  }
}
