package org.jacana;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Runs every example in its short form, as a user would: through its main method. */
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("examples");

  @TestFactory
  List<DynamicTest> everyExampleRuns() throws IOException {
    List<String> names = names();
    if (names.isEmpty()) {
      // A test of its own: reports leave out what a factory itself skips.
      return List.of(dynamicTest("examples", () -> abort("examples/ holds no Java file")));
    }
    return names.stream().map(name -> dynamicTest(name, () -> run(name))).toList();
  }

  @Test
  void theReadmeNamesEveryExample() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    for (String name : names()) {
      assertTrue(
          readme.contains("[" + name + "](examples/" + name + ".java)"),
          "README.md does not name examples/" + name + ".java in its list of examples");
    }
  }

  private static List<String> names() throws IOException {
    if (!Files.isDirectory(EXAMPLES)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java"))
          .map(name -> name.substring(0, name.length() - ".java".length()))
          .sorted()
          .toList();
    }
  }

  private static void run(String name) throws Throwable {
    JavaMain.run(Class.forName(name), "--short");
  }
}
