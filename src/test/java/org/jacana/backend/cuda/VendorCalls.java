package org.jacana.backend.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Calls of the driver, cuBLAS and cuDNN in the sources, found by a small parser. */
final class VendorCalls {
  private static final Pattern CALL =
      Pattern.compile("\\b(JCudaDriver|JCublas2|JCudnn)\\.(\\w+)\\(");

  /** A string's group repeats per escape only, so that stacks stay low. */
  private static final Pattern NO_CODE =
      Pattern.compile(
          "\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"|//[^\n]*+|/\\*.*?\\*/", Pattern.DOTALL);

  /**
   * A call.
   *
   * @param function its name without JCuda's endings
   * @param dropped whether nobody takes what it returns
   */
  record Call(String file, String function, boolean dropped) {}

  private VendorCalls() {}

  static List<Call> all() throws IOException {
    List<Call> calls = new ArrayList<>();
    try (var files = Files.walk(Path.of("src/main/java"))) {
      files
          .filter(p -> p.toString().endsWith(".java"))
          .sorted()
          .forEach(p -> calls.addAll(of(p.getFileName().toString(), read(p))));
    }
    return calls;
  }

  private static String read(Path p) {
    try {
      return Files.readString(p);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Call> of(String file, String source) {
    List<Call> calls = new ArrayList<>();
    String code = NO_CODE.matcher(source).replaceAll("");
    Matcher m = CALL.matcher(code);
    while (m.find()) {
      String before = code.substring(0, m.start()).stripTrailing();
      calls.add(new Call(file, m.group(2).replaceAll("_new$", ""), dropped(before)));
    }
    return calls;
  }

  /** Whether a call after this code is a statement, or an arm of something without a value. */
  private static boolean dropped(String before) {
    if (before.endsWith("->")) {
      int at = before.lastIndexOf("switch (");
      return at < 0 || !before.substring(0, at).stripTrailing().endsWith("=");
    }
    return before.matches("(?s).*[;{}]|(?s).*\\b(else|do)|(?s).*\\bif \\([^;{}]*\\)");
  }

  /** The names of the functions that are called. */
  static Set<String> functions() throws IOException {
    Set<String> names = new TreeSet<>();
    all().forEach(c -> names.add(c.function()));
    return names;
  }
}
