package org.jacana.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One column of a table while it is read: numbers, or the codes of its different fields. */
final class CsvColumn {
  /** What a column is for. */
  enum Use {
    NUMBER,
    CATEGORY,
    LABEL,
    VALUE,
    NONE
  }

  private static final int MISSING = -1;

  final String name;
  final Use use;
  private final List<String> known;
  private final Map<String, Integer> codes = new HashMap<>();
  private final List<String> fields = new ArrayList<>();
  private float[] numbers = new float[0];
  private int[] coded = new int[0];
  private int rows;

  CsvColumn(String name, Use use, List<String> known) {
    this.name = name;
    this.use = use;
    this.known = known;
    for (int i = 0; known != null && i < known.size(); i++) {
      codes.put(known.get(i), i);
    }
  }

  boolean isText() {
    return use == Use.CATEGORY || use == Use.LABEL;
  }

  /** What is expected instead of a field that does not suit; null if it suits or is missing. */
  String expected(String field) {
    if (field == null) {
      return null;
    }
    if (isText()) {
      return known == null || codes.containsKey(field) ? null : "one of " + known;
    }
    float v = number(field);
    return Float.isNaN(v)
        ? "a number"
        : Float.isInfinite(v) ? "a number within the range of float" : null;
  }

  /** Takes a row's field; null is missing. What was expected, as {@link #expected}. */
  String add(String field) {
    String expected = expected(field);
    if (expected != null) {
      return expected;
    }
    if (isText()) {
      Integer code = field == null ? Integer.valueOf(MISSING) : codes.get(field);
      if (code == null) {
        code = fields.size();
        codes.put(field, code);
        fields.add(field);
      }
      if (rows == coded.length) {
        coded = Arrays.copyOf(coded, Math.max(16, 2 * rows));
      }
      coded[rows++] = code;
    } else {
      if (rows == numbers.length) {
        numbers = Arrays.copyOf(numbers, Math.max(16, 2 * rows));
      }
      numbers[rows++] = field == null ? Float.NaN : number(field);
    }
    return null;
  }

  /** A decimal number; NaN for what is none, also for the words and suffixes that Java knows. */
  static float number(String field) {
    String s = field.strip();
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      boolean digit = c >= '0' && c <= '9';
      if (!digit && c != '+' && c != '-' && c != '.' && c != 'e' && c != 'E') {
        return Float.NaN;
      }
    }
    try {
      return Float.parseFloat(s);
    } catch (NumberFormatException e) {
      return Float.NaN;
    }
  }

  /** The different fields in order. */
  List<String> texts() {
    return known != null ? known : fields.stream().sorted().toList();
  }

  /** The code of each row in {@link #texts}; -1 where it is missing. */
  int[] codes() {
    int[] out = Arrays.copyOf(coded, rows);
    if (known == null) {
      Map<String, Integer> places = new TreeMap<>();
      List<String> sorted = texts();
      for (int i = 0; i < sorted.size(); i++) {
        places.put(sorted.get(i), i);
      }
      int[] place = fields.stream().mapToInt(places::get).toArray();
      for (int i = 0; i < rows; i++) {
        out[i] = out[i] == MISSING ? MISSING : place[out[i]];
      }
    }
    return out;
  }

  float number(int row) {
    return numbers[row];
  }

  /** Mean of the numbers that are there; NaN if none is. */
  float mean() {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < rows; i++) {
      if (!Float.isNaN(numbers[i])) {
        sum += numbers[i];
        n++;
      }
    }
    return (float) (sum / n);
  }

  /** Bytes that a new field may take, at most. */
  long cost(String field) {
    return !isText() || codes.containsKey(field) ? 8 : 128 + 4L * field.length();
  }
}
