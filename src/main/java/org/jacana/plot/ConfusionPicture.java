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

  private final long[][] counts;
  private final List<String> names;
  private final boolean rates;
  private final int n;
  private final int cell;

  private ConfusionPicture(long[][] counts, List<String> names, boolean rates) {
    this.counts = counts;
    this.names = names;
    this.rates = rates;
    n = counts.length;
    cell = n <= 20 ? 42 : n <= 50 ? 28 : 12;
  }

  /**
   * Numbers of examples, with the recall of each class at the right and its precision below.
   *
   * @param counts [true class][predicted class]
   * @param classNames one for each class
   * @throws IllegalArgumentException if the counts are not square or negative, or names are missing
   */
  public static Picture counts(long[][] counts, List<String> classNames) {
    return of(counts, classNames, false).draw("Confusion matrix, counts");
  }

  /** Percentages of each row, with the row's number of examples at the right. */
  public static Picture rates(long[][] counts, List<String> classNames) {
    return of(counts, classNames, true).draw("Confusion matrix, % of the true class");
  }

  /**
   * Counts of true and predicted classes.
   *
   * @return [true class][predicted class]
   * @throws IllegalArgumentException if the lengths differ or a class is not below {@code classes}
   */
  public static long[][] count(int[] truth, int[] predicted, int classes) {
    if (truth.length != predicted.length) {
      throw new IllegalArgumentException(
          "confusion: " + truth.length + " true but " + predicted.length + " predicted classes");
    }
    long[][] out = new long[classes][classes];
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

  private static ConfusionPicture of(long[][] counts, List<String> names, boolean rates) {
    if (counts.length == 0 || counts.length != names.size()) {
      throw new IllegalArgumentException(
          "confusion: " + counts.length + " rows for " + names.size() + " class names");
    }
    for (long[] row : counts) {
      if (row.length != counts.length || Arrays.stream(row).anyMatch(c -> c < 0)) {
        throw new IllegalArgumentException(
            "confusion: counts must be square and not negative, got a row "
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
      long row = Arrays.stream(counts[i]).sum();
      for (int j = 0; j < n; j++) {
        double part = row == 0 ? 0 : (double) counts[i][j] / row;
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

  private String text(long count, double part) {
    return rates ? String.format(Locale.ROOT, "%.1f", 100 * part) : Long.toString(count);
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
    long most = Arrays.stream(counts).flatMapToLong(Arrays::stream).max().getAsLong();
    return rates ? "100.0" : Long.toString(most);
  }

  private void margins(Graphics2D g, int left, int top, boolean precision) {
    double right = left + n * cell + 56;
    Text.right(g, rates ? "examples" : "recall %", right, top - 12);
    for (int i = 0; i < n; i++) {
      long row = Arrays.stream(counts[i]).sum();
      String text = rates ? Long.toString(row) : percent(counts[i][i], row);
      Text.right(g, text, right, top + (i + 0.5) * cell);
    }
    if (precision) {
      Text.right(g, PRECISION, left - 7, top + n * cell + 16);
      g.setFont(fitting("100.0"));
      for (int j = 0; j < n; j++) {
        long column = 0;
        for (long[] row : counts) {
          column += row[j];
        }
        Text.centre(g, percent(counts[j][j], column), left + (j + 0.5) * cell, top + n * cell + 16);
      }
    }
  }

  private static String percent(long part, long whole) {
    return whole == 0 ? "-" : String.format(Locale.ROOT, "%.1f", 100.0 * part / whole);
  }
}
