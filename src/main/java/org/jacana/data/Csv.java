package org.jacana.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * How a CSV file is read: which columns are numbers, categories and the target. Each method gives
 * another one; {@link #read} reads.
 *
 * <pre>{@code
 * CsvTable train = Csv.of(Path.of("train.csv")).label("species").categories("island").read();
 * CsvTable test = Csv.of(Path.of("test.csv")).like(train).read();
 * }</pre>
 *
 * @param file where the table is
 * @param separator between fields
 * @param header whether the first row names the columns; else they are named 0, 1, 2, ...
 * @param labels the column of the class; null for none
 * @param targets the columns of values to predict
 * @param categorical columns that are categories, each of which becomes a column of 0 and 1
 * @param ignored columns that are left out
 * @param missing what becomes of missing values
 * @param marks what stands for a missing value
 * @param known the categories of columns, in order, and under the label's column the class names
 * @param means numbers for missing values by column, instead of the column's mean
 */
public record Csv(
    Path file,
    char separator,
    boolean header,
    String labels,
    List<String> targets,
    Set<String> categorical,
    Set<String> ignored,
    Missing missing,
    Set<String> marks,
    Map<String, List<String>> known,
    Map<String, Float> means) {

  public Csv {
    Objects.requireNonNull(file, "file");
    targets = List.copyOf(targets);
    categorical = Set.copyOf(categorical);
    ignored = Set.copyOf(ignored);
    marks = Set.copyOf(marks);
    known = Map.copyOf(known);
    means = Map.copyOf(means);
    if (separator == '"' || separator == '\n' || separator == '\r') {
      throw new IllegalArgumentException("csv: a quote or line end cannot separate fields");
    }
    if (targets.stream().distinct().count() < targets.size()) {
      throw new IllegalArgumentException("csv: a column is named twice in " + targets);
    }
  }

  /**
   * A file with commas and a header, all of whose columns are numbers; empty fields are missing,
   * which is an error.
   */
  public static Csv of(Path file) {
    return new Csv(
        file,
        ',',
        true,
        null,
        List.of(),
        Set.of(),
        Set.of(),
        Missing.ERROR,
        Set.of(""),
        Map.of(),
        Map.of());
  }

  /** Another character between fields. */
  public Csv separator(char between) {
    return new Csv(
        file, between, header, labels, targets, categorical, ignored, missing, marks, known, means);
  }

  /** The first row is data; columns are named 0, 1, 2, ... */
  public Csv noHeader() {
    return new Csv(
        file,
        separator,
        false,
        labels,
        targets,
        categorical,
        ignored,
        missing,
        marks,
        known,
        means);
  }

  /** The column of the class; classes are its different fields in sorted order. */
  public Csv label(String column) {
    return new Csv(
        file,
        separator,
        header,
        column,
        List.of(),
        categorical,
        ignored,
        missing,
        marks,
        known,
        means);
  }

  /** The columns of numbers to predict. */
  public Csv values(String... columns) {
    return new Csv(
        file,
        separator,
        header,
        null,
        List.of(columns),
        categorical,
        ignored,
        missing,
        marks,
        known,
        means);
  }

  /** Columns that are categories; theirs are the different fields in sorted order. */
  public Csv categories(String... columns) {
    return new Csv(
        file,
        separator,
        header,
        labels,
        targets,
        Set.of(columns),
        ignored,
        missing,
        marks,
        known,
        means);
  }

  /** Columns to leave out. */
  public Csv ignore(String... columns) {
    return new Csv(
        file,
        separator,
        header,
        labels,
        targets,
        categorical,
        Set.of(columns),
        missing,
        marks,
        known,
        means);
  }

  /** What becomes of missing values, and what stands for one besides an empty field. */
  public Csv missing(Missing policy, String... alsoMissing) {
    Set<String> all = new HashSet<>(Set.of(alsoMissing));
    all.add("");
    return new Csv(
        file, separator, header, labels, targets, categorical, ignored, policy, all, known, means);
  }

  /**
   * Reads as another table was read, with its classes, categories and means, so that both mean the
   * same; other classes and categories are errors.
   */
  public Csv like(CsvTable table) {
    Csv o = table.options();
    Map<String, List<String>> all = new TreeMap<>(table.categories());
    if (o.labels != null) {
      all.put(o.labels, table.data().target().classNames());
    }
    return new Csv(
        file,
        o.separator,
        o.header,
        o.labels,
        o.targets,
        o.categorical,
        o.ignored,
        o.missing,
        o.marks,
        all,
        table.means());
  }

  /**
   * Reads the file.
   *
   * @throws FormatException if it is not such a table, naming line and column, or larger than 1 GiB
   *     or a third of the heap in memory
   * @throws IOException if the system cannot read it
   */
  public CsvTable read() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return CsvColumns.read(this, in);
    }
  }

  /** As {@link #read}, from bytes. */
  CsvTable read(byte[] bytes) throws IOException {
    return CsvColumns.read(this, new ByteArrayInputStream(bytes));
  }
}
