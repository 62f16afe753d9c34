package org.jacana.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jacana.Shape;

/** Reads a CSV file into the arrays of an {@link ArrayDataset}. */
final class CsvColumns {
  private static final String FIX = "correct the file, or say how to read it otherwise";

  private final Csv options;
  private final String name;
  private final CsvTokens tokens;
  private final List<CsvColumn> columns = new ArrayList<>();
  private final List<String> row = new ArrayList<>();
  private final long limit = MemoryLimit.bytes();
  private long used;
  private int rows;
  private int dropped;

  private CsvColumns(Csv options, InputStream in) throws IOException {
    this.options = options;
    name = options.file().toString();
    tokens = new CsvTokens(name, in, options.separator());
  }

  static CsvTable read(Csv options, InputStream in) throws IOException {
    CsvColumns c = new CsvColumns(options, in);
    c.header();
    if (!options.header()) {
      c.add();
    }
    while (c.tokens.next(c.row)) {
      if (c.row.size() > 1 || c.columns.size() == 1 || !c.row.get(0).isEmpty()) {
        c.add();
      }
    }
    if (c.rows == 0) {
      throw new FormatException(
          c.name,
          "at least one row",
          c.dropped == 0 ? "none" : c.dropped + " rows that all lack a value",
          FIX);
    }
    return c.table();
  }

  private void header() throws IOException {
    if (!tokens.next(row)) {
      throw new FormatException(name, "a table", "an empty file", FIX);
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < row.size(); i++) {
      String column = options.header() ? row.get(i) : Integer.toString(i);
      if (!names.add(column)) {
        throw new FormatException(
            name,
            "different names of columns in line 1",
            "'" + column + "' twice",
            "rename one, or read the file without a header");
      }
      CsvColumn.Use use = use(column);
      boolean text = use == CsvColumn.Use.CATEGORY || use == CsvColumn.Use.LABEL;
      columns.add(new CsvColumn(column, use, text ? options.known().get(column) : null));
      spend(256 + 4L * column.length());
    }
    List<String> wanted = new ArrayList<>(options.targets());
    wanted.addAll(options.categorical());
    wanted.addAll(options.ignored());
    if (options.labels() != null) {
      wanted.add(options.labels());
    }
    wanted.removeAll(names);
    if (!wanted.isEmpty()) {
      throw new FormatException(
          name, "the columns " + wanted, "the columns " + first(names), "name columns of the file");
    }
  }

  private static String first(Set<String> names) {
    List<String> some = names.stream().sorted().limit(20).toList();
    return some + (names.size() > some.size() ? " and more" : "");
  }

  private CsvColumn.Use use(String column) {
    if (column.equals(options.labels())) {
      return CsvColumn.Use.LABEL;
    }
    if (options.targets().contains(column)) {
      return CsvColumn.Use.VALUE;
    }
    if (options.ignored().contains(column)) {
      return CsvColumn.Use.NONE;
    }
    return options.categorical().contains(column) ? CsvColumn.Use.CATEGORY : CsvColumn.Use.NUMBER;
  }

  private void spend(long bytes) throws FormatException {
    used += bytes;
    if (used > limit) {
      throw new FormatException(
          name,
          "a table of at most " + limit + " bytes in memory",
          "more at line " + tokens.line(),
          "leave columns out, or give Java a larger heap with -Xmx");
    }
  }

  private void add() throws FormatException {
    if (row.size() != columns.size()) {
      throw new FormatException(
          name, columns.size() + " fields in line " + tokens.line(), row.size() + " fields", FIX);
    }
    boolean drop = false;
    for (int i = 0; i < columns.size(); i++) {
      drop |= missing(i) && options.missing() == Missing.DROP;
    }
    for (int i = 0; i < columns.size(); i++) {
      CsvColumn c = columns.get(i);
      if (c.use == CsvColumn.Use.NONE) {
        continue;
      }
      String field = missing(i) ? null : row.get(i);
      spend(field == null ? 8 : c.cost(field));
      String expected = drop ? c.expected(field) : c.add(field);
      if (expected != null) {
        throw wrong(i, expected, "'" + cut(field) + "'");
      }
    }
    if (drop) {
      dropped++;
    } else {
      rows++;
    }
  }

  /** Whether column i of the row has no value, which the options must allow. */
  private boolean missing(int i) throws FormatException {
    CsvColumn c = columns.get(i);
    if (c.use == CsvColumn.Use.NONE || !options.marks().contains(row.get(i))) {
      return false;
    }
    boolean target = c.use == CsvColumn.Use.LABEL || c.use == CsvColumn.Use.VALUE;
    if (options.missing() == Missing.ERROR || (target && options.missing() == Missing.MEAN)) {
      throw wrong(i, "a value", "none");
    }
    return true;
  }

  private static String cut(String field) {
    return field.length() <= 40 ? field : field.substring(0, 40) + "...";
  }

  private FormatException wrong(int i, String expected, String found) {
    return new FormatException(
        name,
        expected
            + " in line "
            + tokens.line()
            + ", column "
            + (i + 1)
            + " ('"
            + columns.get(i).name
            + "')",
        found,
        FIX);
  }

  private CsvTable table() throws FormatException {
    List<String> inputs = new ArrayList<>();
    Map<String, List<String>> categories = new TreeMap<>();
    Map<String, Float> means = new TreeMap<>();
    for (CsvColumn c : columns) {
      if (c.use == CsvColumn.Use.NUMBER) {
        inputs.add(c.name);
        means.put(c.name, mean(c));
      } else if (c.use == CsvColumn.Use.CATEGORY) {
        categories.put(c.name, c.texts());
        c.texts().forEach(t -> inputs.add(c.name + "=" + t));
      }
    }
    if (inputs.isEmpty()) {
      throw new FormatException(name, "a column of inputs", "none", FIX);
    }
    spend(4L * rows * inputs.size());
    float[] x = new float[Math.multiplyExact(rows, inputs.size())];
    float[] y = new float[rows * options.targets().size()];
    int[] labels = null;
    List<String> classNames = List.of();
    int place = 0;
    for (CsvColumn c : columns) {
      switch (c.use) {
        case NUMBER -> {
          float mean = means.get(c.name);
          for (int r = 0; r < rows; r++) {
            float v = c.number(r);
            x[r * inputs.size() + place] = Float.isNaN(v) ? mean : v;
          }
          place++;
        }
        case CATEGORY -> {
          int[] codes = c.codes();
          for (int r = 0; r < rows; r++) {
            if (codes[r] >= 0) {
              x[r * inputs.size() + place + codes[r]] = 1;
            }
          }
          place += c.texts().size();
        }
        case LABEL -> {
          labels = c.codes();
          classNames = c.texts();
        }
        case VALUE -> {
          int k = options.targets().indexOf(c.name);
          for (int r = 0; r < rows; r++) {
            y[r * options.targets().size() + k] = c.number(r);
          }
        }
        case NONE -> {}
      }
    }
    Shape one = Shape.of(inputs.size());
    ArrayDataset data =
        labels != null
            ? ArrayDataset.classes(name, x, one, labels, classNames)
            : ArrayDataset.values(name, x, one, y, Shape.of(options.targets().size()));
    return new CsvTable(
        data, List.copyOf(inputs), Map.copyOf(categories), Map.copyOf(means), dropped, options);
  }

  private float mean(CsvColumn c) throws FormatException {
    Float given = options.means().get(c.name);
    float mean = given != null ? given : c.mean();
    if (Float.isNaN(mean)) {
      throw new FormatException(
          name, "a number in column '" + c.name + "'", "missing values only", "ignore the column");
    }
    return mean;
  }
}
