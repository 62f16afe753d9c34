package org.jacana.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users are told where a font, a screen or the chart library is missing. */
class MissingPartsTest {
  /** Draws in a Java of its own and prints the message or the size. */
  static final class Probe {
    private Probe() {}

    public static void main(String[] args) {
      double[] x = {1, 2};
      try {
        Picture p =
            args[0].equals("chart")
                ? new Chart("T", "x", "y").line("l", x, x).picture()
                : ConfusionPicture.counts(new double[][] {{1}}, java.util.List.of("a"));
        System.out.println("drawn " + p.width());
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private static String run(
      Predicate<String> classPath, String name, String value, String... arguments)
      throws Exception {
    String separator = System.getProperty("path.separator");
    String path =
        Arrays.stream(System.getProperty("java.class.path").split(separator))
            .filter(classPath)
            .collect(Collectors.joining(separator));
    ProcessBuilder builder =
        new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    builder.command().addAll(java.util.List.of("-Xshare:auto", "-cp", path));
    builder.command().addAll(Arrays.asList(arguments));
    builder.environment().remove("DISPLAY");
    if (name != null) {
      builder.environment().put(name, value);
    }
    Process child = builder.redirectErrorStream(true).start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, child.waitFor(), said);
    return said;
  }

  @Test
  void withoutTheLibraryChartsSaySoAndOtherPicturesAreDrawn() throws Exception {
    Predicate<String> others = p -> !Path.of(p).getFileName().toString().startsWith("xchart-");
    assertEquals(
        "chart: the chart library is not on the class path; add org.knowm.xchart:xchart:4.0.3, on"
            + " which Jacana depends optionally",
        run(others, null, null, Probe.class.getName(), "chart"));
    assertTrue(run(others, null, null, Probe.class.getName(), "grid").startsWith("drawn "));
  }

  @Test
  void withoutAFontTheMessageSaysWhatToInstall(@TempDir Path folder) throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "fonts come by fontconfig on Linux");
    Path empty = Files.writeString(folder.resolve("fonts.conf"), "<fontconfig></fontconfig>");
    String said =
        run(
            p -> true,
            "FONTCONFIG_FILE",
            empty.toString(),
            "-Duser.home=" + folder,
            Probe.class.getName(),
            "chart");
    assumeTrue(!said.startsWith("drawn "), "this Java brings fonts of its own");
    assertTrue(said.startsWith("plot: this Java finds no font to draw text with ("), said);
    assertTrue(
        said.endsWith(
            "); install fontconfig and a font, on Debian and Ubuntu: apt-get install fontconfig"
                + " fonts-dejavu-core"),
        said);
  }

  @Test
  void aScreenOutOfReachIsNamed() throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "screens are reached by X on Linux");
    String said = run(p -> true, "DISPLAY", ":987", Probe.class.getName(), "chart");
    assertTrue(
        said.startsWith("drawn ")
            || said.startsWith("plot: this Java looks for a screen and cannot reach it (")
                && said.endsWith("start it with -Djava.awt.headless=true, pictures need no screen"),
        said);
    assertTrue(
        run(p -> true, "DISPLAY", ":987", "-Djava.awt.headless=true", Probe.class.getName(), "grid")
            .startsWith("drawn "));
  }
}
