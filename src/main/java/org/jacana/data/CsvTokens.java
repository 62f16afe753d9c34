package org.jacana.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The rows of a CSV file (RFC 4180) in UTF-8, with or without a byte order mark; lines end with CR
 * LF or LF. Strict: quotes stand around whole fields only, and a quote inside is doubled.
 */
final class CsvTokens {
  private static final int END = -1;
  private static final int MOST_IN_FIELD = 1 << 20;
  private static final int MOST_IN_ROW = 1 << 24;

  private final String name;
  private final BufferedReader in;
  private final char separator;
  private final StringBuilder field = new StringBuilder();
  private int c;
  private long line = 1;
  private long rowLine;
  private int length;

  CsvTokens(String name, InputStream bytes, char separator) throws IOException {
    this.name = name;
    this.separator = separator;
    in =
        new BufferedReader(
            new InputStreamReader(
                bytes,
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)));
    advance();
    if (c == '\ufeff') {
      advance();
    }
  }

  private void advance() throws IOException {
    try {
      c = in.read();
    } catch (CharacterCodingException e) {
      throw new FormatException(
          name, "UTF-8 text", "other bytes near line " + line, "save the file as UTF-8");
    }
  }

  /** The line on which the last row began, from 1. */
  long line() {
    return rowLine;
  }

  /** Puts the next row's fields into the list; false at the end of the file. */
  boolean next(List<String> row) throws IOException {
    row.clear();
    if (c == END) {
      return false;
    }
    rowLine = line;
    length = 0;
    while (true) {
      row.add(field(row.size() + 1));
      if (c == separator) {
        advance();
        continue;
      }
      if (c == '\r') {
        advance();
        if (c != '\n') {
          throw wrong(row.size(), "a line feed after a carriage return", found());
        }
      }
      if (c == '\n') {
        line++;
        advance();
      }
      return true;
    }
  }

  private String field(int number) throws IOException {
    field.setLength(0);
    if (c == '"') {
      quoted(number);
      return field.toString();
    }
    while (c != separator && c != '\n' && c != '\r' && c != END) {
      if (c == '"') {
        throw wrong(number, "quotes around the whole field only", "one inside it");
      }
      append(number);
    }
    return field.toString();
  }

  private void quoted(int number) throws IOException {
    long start = line;
    advance();
    while (true) {
      if (c == END) {
        throw wrong(
            number, "a closing quote", "the end of the file (opened in line " + start + ")");
      }
      if (c == '"') {
        advance();
        if (c != '"') {
          break;
        }
      }
      if (c == '\n') {
        line++;
      }
      append(number);
    }
    if (c != separator && c != '\n' && c != '\r' && c != END) {
      throw wrong(number, "an end of the field after the closing quote", found());
    }
  }

  private void append(int number) throws IOException {
    if (field.length() == MOST_IN_FIELD || ++length > MOST_IN_ROW) {
      throw wrong(
          number,
          "at most " + MOST_IN_FIELD + " characters in a field and " + MOST_IN_ROW + " in a row",
          "more");
    }
    field.append((char) c);
    advance();
  }

  private String found() {
    return c == END ? "the end of the file" : "'" + (char) c + "'";
  }

  private FormatException wrong(int number, String expected, String found) {
    return new FormatException(
        name,
        expected + " in line " + line + ", column " + number,
        found,
        "correct the file, or set its separator");
  }
}
