package org.jacana.io;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jacana.Shape;
import org.jacana.data.FormatException;

/**
 * The text at the start of an npy file: a Python dict with the keys descr, fortran_order and shape,
 * spaces, and a line feed. Read as this grammar, never evaluated; ASCII alone.
 */
final class NpyGrammar {
  /** NumPy's most. */
  private static final int MAX_RANK = 64;

  private final String file;
  private final String text;
  private int at;

  private String descr;
  private Boolean fortran;
  private int[] dims;

  NpyGrammar(String file, byte[] bytes) {
    this.file = file;
    // One char a byte, so that what is not ASCII is no letter of the grammar.
    text = new String(bytes, StandardCharsets.ISO_8859_1);
  }

  NpyHeader header() throws FormatException {
    take('{');
    while (!next('}')) {
      entry();
      if (!next(',')) {
        take('}');
        break;
      }
    }
    if (descr == null || fortran == null || dims == null) {
      throw error("the keys descr, fortran_order and shape", "fewer");
    }
    spaces();
    if (at != text.length() - 1 || text.charAt(at) != '\n') {
      throw error("spaces and a line feed behind the header's }", "something else");
    }
    Shape shape;
    try {
      shape = Shape.of(dims);
    } catch (ArithmeticException e) {
      throw error("a shape of fewer than 2^63 elements", Arrays.toString(dims));
    }
    boolean big = descr.charAt(0) == '>';
    return new NpyHeader(element(), big, fortran, shape);
  }

  private void entry() throws FormatException {
    String key = string();
    take(':');
    boolean twice;
    switch (key) {
      case "descr" -> {
        twice = descr != null;
        spaces();
        if (at < text.length() && text.charAt(at) == '[') {
          throw error("an array of one type", "a structured array");
        }
        descr = string();
      }
      case "fortran_order" -> {
        twice = fortran != null;
        fortran = bool();
      }
      case "shape" -> {
        twice = dims != null;
        dims = tuple();
      }
      default -> throw error("the keys descr, fortran_order and shape", "key " + shown(key));
    }
    if (twice) {
      throw error("each key once", shown(key) + " twice");
    }
  }

  private NpyElement element() throws FormatException {
    if (descr.length() > 1 && descr.substring(1).startsWith("O")) {
      throw new FormatException(
          file,
          "numbers",
          "Python objects",
          "reading them would run code from the file: save the array with a number type");
    }
    for (NpyElement e : NpyElement.values()) {
      boolean order = descr.startsWith("<") || descr.startsWith(">");
      if (descr.length() == 3
          && descr.endsWith(e.code())
          && (order || (e.width() == 1 && descr.startsWith("|")))) {
        return e;
      }
    }
    throw error(
        "an element type f2, f4, f8, i1 to i8, u1 to u8 or b1, with its byte order", shown(descr));
  }

  private boolean bool() throws FormatException {
    spaces();
    for (String word : new String[] {"True", "False"}) {
      if (text.startsWith(word, at)) {
        at += word.length();
        return word.equals("True");
      }
    }
    throw error("True or False for fortran_order", here());
  }

  private int[] tuple() throws FormatException {
    take('(');
    int[] numbers = new int[4];
    int n = 0;
    boolean comma = true;
    while (!next(')')) {
      if (!comma) {
        throw error(", or ) in the shape", here());
      }
      if (n == MAX_RANK) {
        throw error("at most " + MAX_RANK + " axes", "more");
      }
      numbers = n == numbers.length ? Arrays.copyOf(numbers, 2 * n) : numbers;
      numbers[n++] = number();
      comma = next(',');
    }
    if (n == 1 && !comma) {
      throw error("a tuple as shape, such as (3,)", "a number in brackets");
    }
    return Arrays.copyOf(numbers, n);
  }

  private int number() throws FormatException {
    spaces();
    int from = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    String digits = text.substring(from, at);
    boolean plain = !digits.isEmpty() && (digits.equals("0") || digits.charAt(0) != '0');
    if (!plain || digits.length() > 10 || Long.parseLong(digits) > Integer.MAX_VALUE) {
      throw error("extents from 0 to 2^31 - 1", digits.isEmpty() ? here() : shown(digits));
    }
    return Integer.parseInt(digits);
  }

  /** Text in one of Python's two quotes, without escapes. */
  private String string() throws FormatException {
    spaces();
    char quote = at < text.length() ? text.charAt(at) : 0;
    if (quote != '\'' && quote != '"') {
      throw error("a word in quotes", here());
    }
    int end = text.indexOf(quote, at + 1);
    if (end < 0) {
      throw error("a word in quotes", "no closing quote");
    }
    String word = text.substring(at + 1, end);
    if (!word.matches("[a-zA-Z0-9_<>|=]{1,20}")) {
      throw error("a key or a type in quotes", shown(word));
    }
    at = end + 1;
    return word;
  }

  private void take(char c) throws FormatException {
    if (!next(c)) {
      throw error(c + " at character " + at + " of the header", here());
    }
  }

  private boolean next(char c) {
    spaces();
    boolean is = at < text.length() && text.charAt(at) == c;
    at += is ? 1 : 0;
    return is;
  }

  private void spaces() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  private String here() {
    return at == text.length()
        ? "its end"
        : shown(text.substring(at, Math.min(at + 20, text.length())));
  }

  private FormatException error(String expected, String found) {
    return new FormatException(file, expected, found, NpyHeader.FIX);
  }

  private static String shown(String s) {
    String start = s.length() > 40 ? s.substring(0, 40) + "..." : s;
    return "'" + start.replaceAll("[^ -~]", "?") + "'";
  }
}
