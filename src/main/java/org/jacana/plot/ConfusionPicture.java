package org.jacana.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Which class is taken for which: a row for each true class, a column for each predicted one. The
 * colour of a cell is its part of its row.
 */
public final class ConfusionPicture {
  private static final int PAD = 16;
  private static final String PRECISION = "precision %";

  private final double[][] counts;
  private final List<String> names;
  private final boolean rates;
  private final int n;
  private final int cell;

  private ConfusionPicture(double[][] counts, List<String> names, boolean rates) {
    this.counts = counts;
    this.names = names;
    this.rates = rates;
    n = counts.length;
    cell = n <= 20 ? 42 : n <= 50 ? 28 : 12;
  }

  /**
   * Numbers or weights of examples, with the recall of each class at the right and its precision
   * below.
   *
   * @param counts [true class][predicted class]
   * @param classNames one for each class
   * @throws IllegalArgumentException if the counts are not square or not numbers from 0 to 1e15, or
   *     names are missing
   */
  public static Picture counts(double[][] counts, List<String> classNames) {
    return of(counts, classNames, false).draw("Confusion matrix, counts");
  }

  /** Percentages of each row, with the row's number of examples at the right. */
  public static Picture rates(double[][] counts, List<String> classNames) {
    return of(counts, classNames, true).draw("Confusion matrix, % of the true class");
  }

  /**
   * Counts of true and predicted classes.
   *
   * @return [true class][predicted class]
   * @throws IllegalArgumentException if the lengths differ or a class is not below {@code classes}
   */
  public static double[][] count(int[] truth, int[] predicted, int classes) {
    if (truth.length != predicted.length) {
      throw new IllegalArgumentException(
          "confusion: " + truth.length + " true but " + predicted.length + " predicted classes");
    }
    double[][] out = new double[classes][classes];
    for (int i = 0; i < truth.length; i++) {
      for (int k : new int[] {truth[i], predicted[i]}) {
        if (k < 0 || k >= classes) {
          throw new IllegalArgumentException(
              "confusion: class " + k + " of example " + i + " is not in 0.." + (classes - 1));
        }
      }
      out[truth[i]][predicted[i]]++;
    }
    return out;
  }

  private static ConfusionPicture of(double[][] counts, List<String> names, boolean rates) {
    if (counts.length == 0 || counts.length != names.size()) {
      throw new IllegalArgumentException(
          "confusion: " + counts.length + " rows for " + names.size() + " class names");
    }
    for (double[] row : counts) {
      if (row.length != counts.length || !Arrays.stream(row).allMatch(c -> c >= 0 && c < 1e15)) {
        throw new IllegalArgumentException(
            "confusion: counts must be square, finite and not negative, got a row "
                + Arrays.toString(row)
                + " for "
                + counts.length
                + " classes");
      }
    }
    return new ConfusionPicture(counts, List.copyOf(names), rates);
  }

  private Picture draw(String title) {
    Font font = cell < 28 ? Text.SMALL.deriveFont(8f) : Text.PLAIN;
    int label = 0;
    for (String name : names) {
      label = Math.max(label, Text.width(font, name));
    }
    label = Math.min(label, 160);
    int beginning = rates || n > 50 ? label : Math.max(label, Text.width(Text.SMALL, PRECISION));
    boolean upright = label > cell - 6;
    int top = PAD + 26 + 22 + (upright ? label : 16) + 6;
    int left = PAD + 22 + beginning + 8;
    int beside = n > 50 ? 0 : 62;
    int below = rates || n > 50 ? 0 : 30;
    int width = Math.max(left + n * cell + beside + PAD, Text.width(Text.TITLE, title) + 2 * PAD);
    int height = top + n * cell + below + PAD;
    BufferedImage image =
        new BufferedImage(width * Axes.DENSITY, height * Axes.DENSITY, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = Text.paint(image);
    g.scale(Axes.DENSITY, Axes.DENSITY);
    g.setColor(Palette.INK);
    g.setFont(Text.TITLE);
    Text.centre(g, title, width / 2.0, PAD + 8);
    g.setFont(Text.PLAIN);
    Text.centre(g, "predicted", left + n * cell / 2.0, PAD + 34);
    Text.upwards(g, "true", PAD + 6, top + n * cell / 2.0);
    g.setFont(font);
    for (int k = 0; k < n; k++) {
      String name = Text.fit(font, names.get(k), label);
      double middle = (k + 0.5) * cell;
      Text.right(g, name, left - 7, top + middle);
      if (upright) {
        var before = g.getTransform();
        g.translate(left + middle, top - 7);
        g.rotate(-Math.PI / 2);
        Text.left(g, name, 0, 0);
        g.setTransform(before);
      } else {
        Text.centre(g, name, left + middle, top - 12);
      }
    }
    cells(g, left, top);
    g.setFont(Text.SMALL);
    g.setColor(Palette.INK);
    if (beside > 0) {
      margins(g, left, top, below > 0);
    }
    g.dispose();
    return new Picture(image, Axes.DENSITY);
  }

  private void cells(Graphics2D g, int left, int top) {
    g.setFont(fitting(widest()));
    for (int i = 0; i < n; i++) {
      double row = Arrays.stream(counts[i]).sum();
      for (int j = 0; j < n; j++) {
        double part = row == 0 ? 0 : counts[i][j] / row;
        // One mistake in a hundred is still to be seen, so small parts get more of the colours.
        int rgb = ColorMap.BLUES.rgb(Math.sqrt(part));
        g.setColor(new Color(rgb));
        g.fillRect(left + j * cell, top + i * cell, cell, cell);
        if (cell >= 28 && (counts[i][j] > 0 || i == j)) {
          g.setColor(ColorMap.darkText(rgb) ? Palette.INK : Palette.PAPER);
          Text.centre(g, text(counts[i][j], part), left + (j + 0.5) * cell, top + (i + 0.5) * cell);
        }
      }
    }
    g.setColor(Palette.GRID);
    for (int k = 0; k <= n; k++) {
      g.drawLine(left, top + k * cell, left + n * cell, top + k * cell);
      g.drawLine(left + k * cell, top, left + k * cell, top + n * cell);
    }
  }

  private String text(double count, double part) {
    return rates ? String.format(Locale.ROOT, "%.1f", 100 * part) : number(count);
  }

  /** Weights need not be whole numbers. */
  private static String number(double count) {
    return count == Math.rint(count) ? Long.toString((long) count) : Numbers.text(count, 3);
  }

  /** The largest font in which the text is narrower than a cell. */
  private Font fitting(String text) {
    Font font = Text.SMALL;
    while (font.getSize2D() > 6 && Text.width(font, text) > cell - 4) {
      font = font.deriveFont(font.getSize2D() - 0.5f);
    }
    return font;
  }

  private String widest() {
    if (rates) {
      return "100.0";
    }
    String widest = "";
    for (double[] row : counts) {
      for (double c : row) {
        widest = number(c).length() > widest.length() ? number(c) : widest;
      }
    }
    return widest;
  }

  private void margins(Graphics2D g, int left, int top, boolean precision) {
    double right = left + n * cell + 56;
    Text.right(g, rates ? "examples" : "recall %", right, top - 12);
    for (int i = 0; i < n; i++) {
      double row = Arrays.stream(counts[i]).sum();
      String text = rates ? number(row) : percent(counts[i][i], row);
      Text.right(g, text, right, top + (i + 0.5) * cell);
    }
    if (precision) {
      Text.right(g, PRECISION, left - 7, top + n * cell + 16);
      g.setFont(fitting("100.0"));
      for (int j = 0; j < n; j++) {
        double column = 0;
        for (double[] row : counts) {
          column += row[j];
        }
        Text.centre(g, percent(counts[j][j], column), left + (j + 0.5) * cell, top + n * cell + 16);
      }
    }
  }

  private static String percent(double part, double whole) {
    return whole == 0 ? "-" : String.format(Locale.ROOT, "%.1f", 100.0 * part / whole);
  }
}
