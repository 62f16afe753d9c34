package org.jacana.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;

/** One run of the command line inside the test. */
record Cli(int code, String out, String err) {
  static Cli run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out), new PrintWriter(err), args);
    return new Cli(code, out.toString(), err.toString());
  }

  /** Runs a command that must succeed without a word of complaint. */
  static Cli done(String... args) {
    Cli c = run(args);
    assertEquals("", c.err);
    assertEquals(0, c.code, c.out);
    return c;
  }

  /** The message of a command that must fail with this code. */
  static String fails(int code, String... args) {
    Cli c = run(args);
    assertEquals(code, c.code, c.out + c.err);
    String[] lines = c.err.split("\\R");
    assertEquals(code == 2 ? 2 : 1, lines.length, c.err);
    if (code == 2) {
      assertEquals(true, lines[1].matches("Try 'jacana.*--help' for the options\\."), lines[1]);
    }
    return lines[0];
  }
}
