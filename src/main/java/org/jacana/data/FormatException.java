package org.jacana.data;

import java.io.IOException;

/** A file does not hold what its format asks for: says which file, what was expected and found. */
public final class FormatException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final String expected;
  private final String found;
  private final String fix;

  /**
   * A message {@code file: expected ..., found ...; fix}.
   *
   * @param file name of the file
   * @param expected what the format asks for
   * @param found what was there instead
   * @param fix what the user can do about it
   */
  public FormatException(String file, String expected, String found, String fix) {
    super(file + ": expected " + expected + ", found " + found + "; " + fix);
    this.file = file;
    this.expected = expected;
    this.found = found;
    this.fix = fix;
  }

  /** Name of the file. */
  public String file() {
    return file;
  }

  /** What the format asks for. */
  public String expected() {
    return expected;
  }

  /** What was there instead. */
  public String found() {
    return found;
  }

  /** What the user can do about it. */
  public String fix() {
    return fix;
  }
}
