package org.jacana.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/** Puts text beside points so that it hides as little as possible. */
final class Labels {
  private final Rectangle2D frame;
  private final List<Line2D> lines = new ArrayList<>();
  private final List<Rectangle2D> taken = new ArrayList<>();

  Labels(Rectangle2D frame) {
    this.frame = frame;
  }

  /** Something drawn that text is not to hide. */
  void avoid(Line2D line) {
    lines.add(line);
  }

  void draw(Graphics2D g, String text, double x, double y) {
    double w = Text.width(Text.SMALL, text) + 4;
    double h = 13;
    double[][] corners = {
      {x + 5, y + 3}, {x + 5, y - 3 - h}, {x - 5 - w, y - 3 - h}, {x - 5 - w, y + 3},
      {x - w / 2, y + 7}, {x - w / 2, y - 7 - h}, {x + 8, y - h / 2}, {x - 8 - w, y - h / 2}
    };
    Rectangle2D best = null;
    double least = Double.POSITIVE_INFINITY;
    for (double[] c : corners) {
      Rectangle2D place = new Rectangle2D.Double(c[0], c[1], w, h);
      double cost = cost(place);
      if (cost < least) {
        least = cost;
        best = place;
      }
    }
    taken.add(best);
    g.setFont(Text.SMALL);
    g.setColor(new Color(255, 255, 255, 190));
    g.fill(best);
    g.setColor(Palette.INK);
    Text.left(g, text, best.getX() + 2, best.getCenterY());
  }

  private double cost(Rectangle2D place) {
    double cost = frame.contains(place) ? 0 : 100;
    for (Rectangle2D other : taken) {
      cost += place.intersects(other) ? 30 : 0;
    }
    for (Line2D line : lines) {
      cost += line.intersects(place) ? 1 : 0;
    }
    return cost;
  }
}
