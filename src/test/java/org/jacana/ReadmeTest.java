package org.jacana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compiles every {@code java} block of the README and runs those marked {@code java run}.
 *
 * <p>A block that declares a class is a whole file; any other is the body of a main method, after
 * its imports.
 */
class ReadmeTest {
  private static final Path README = Path.of("README.md");

  @TempDir Path folder;

  @TestFactory
  List<DynamicTest> javaBlocksOfTheReadme() throws IOException {
    return readme().stream()
        .map(block -> dynamicTest("README.md:" + block.line(), () -> check(block)))
        .toList();
  }

  @Test
  void readmeIsThere() throws IOException {
    assertTrue(Files.isRegularFile(README), "README.md is missing from the project's folder");
    String text = Files.readString(README);
    assertTrue(text.startsWith("# Jacana"), "README.md starts with its title, # Jacana");
    assertTrue(text.contains("./jacana train"), "README.md tells how to run Jacana");
    assertTrue(text.contains("mvn -B -ntp verify"), "README.md tells how to test Jacana");
  }

  @Test
  void findsBlocksWithTheirLines() {
    String text =
        """
        # Title
        ```java
        int a = 1;
        ```
        ```sh
        ```java
        ```
          ```java run
          if (true) {
            int b = 2;
          }
          ```
        """;
    assertEquals(
        List.of(
            new Snippet(3, false, "int a = 1;\n"),
            new Snippet(9, true, "if (true) {\n  int b = 2;\n}\n")),
        Snippet.of(text));
  }

  @Test
  void refusesAnOpenBlock() {
    AssertionError e = assertThrows(AssertionError.class, () -> Snippet.of("\n```java\nint a;\n"));
    assertTrue(e.getMessage().contains("line 2"), e::getMessage);
  }

  @Test
  void runsStatementsWithTheUsualImports() throws Throwable {
    check(
        new Snippet(
            1,
            true,
            """
            import java.util.List;

            DType type = DType.promote(DType.I32, DType.F32);
            if (type != DType.F32 || List.of().size() != 0) {
              throw new AssertionError();
            }
            """));
  }

  @Test
  void runsAWholeClass() {
    Snippet block =
        new Snippet(
            1,
            true,
            """
            package some.where;

            import org.jacana.DType;

            public class Whole {
              public static void main(String[] args) {
                throw new UnsupportedOperationException(DType.F32.name());
              }
            }
            """);
    Throwable thrown = assertThrows(UnsupportedOperationException.class, () -> check(block));
    assertEquals("F32", thrown.getMessage());
  }

  @Test
  void reportsTheLineThatDoesNotCompile() {
    for (String code : List.of("int a = 1;\nint b = c;\n", "class A {\nint b = c;\n}\n")) {
      Snippet block = new Snippet(41, false, code);
      AssertionError e = assertThrows(AssertionError.class, () -> check(block));
      assertTrue(e.getMessage().contains("README.md:42: "), e::getMessage);
    }
  }

  private void check(Snippet block) throws Throwable {
    Class<?> type = block.compile(folder);
    if (block.run()) {
      JavaMain.run(type, block.code().contains("args[0]") ? new String[] {pictures()} : none());
    }
  }

  private static String[] none() {
    return new String[0];
  }

  /** A folder of pictures of two classes. */
  private String pictures() throws IOException {
    Path root = folder.resolve("pictures");
    for (String name : List.of("bright", "dark")) {
      Path of = Files.createDirectories(root.resolve(name));
      for (int i = 0; i < 20; i++) {
        BufferedImage image = new BufferedImage(40, 36, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < 40; x++) {
          for (int y = 0; y < 36; y++) {
            int value = (name.equals("bright") ? 150 : 20) + (x * (i + 3) + y * (i + 7)) % 80;
            image.setRGB(x, y, value * 0x010101);
          }
        }
        ImageIO.write(image, "png", of.resolve(i + ".png").toFile());
      }
    }
    return root.toString();
  }

  private static List<Snippet> readme() throws IOException {
    assertTrue(Files.isRegularFile(README), "README.md is missing from the project's folder");
    return Snippet.of(Files.readString(README));
  }
}
