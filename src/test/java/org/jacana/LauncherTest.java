package org.jacana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code jacana} with stand-ins for Maven and the JDK that write down what they get. */
class LauncherTest {
  private static final Path BASH = Path.of("/bin/bash");

  @TempDir Path folder;
  private Path home;
  private Path jdk;

  private record Run(int code, String out, String err) {}

  @BeforeEach
  void makeHome() throws IOException {
    assumeTrue(Files.isExecutable(BASH), "no bash here");
    home = Files.createDirectories(folder.resolve("home"));
    jdk = folder.resolve("jdk");
    Files.copy(Path.of("jacana"), home.resolve("jacana"));
    assertTrue(home.resolve("jacana").toFile().setExecutable(true));
    Files.createDirectories(home.resolve("src/main"));
    Files.createDirectories(home.resolve("cuda/ptx"));
    Files.writeString(home.resolve("src/main/A.java"), "class A {}");
    Files.writeString(home.resolve("pom.xml"), "<project/>");
    Files.createDirectories(jdk);
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"17.0.99\"\n");
    script(
        "bin/java",
        "for a; do case $a in *ArchiveClassesAtExit=*) echo x >\"${a#*=}\";; esac; done; echo \"$@\"");
    script("bin/jar", "[ \"$1\" = --create ] && echo jar >\"$4\"");
    script("bin/javac", "");
    script(
        "maven/mvn",
        "mkdir -p target/classes; echo c >target/classes/A.class; touch lib.jar;"
            + " echo \"$PWD/lib.jar\" >target/classpath.txt");
  }

  private void script(String name, String text) throws IOException {
    Path file = jdk.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/bash\n" + text + "\n");
    assertTrue(file.toFile().setExecutable(true));
  }

  private Run run(String options, String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of(BASH.toString(), "./jacana"));
    command.addAll(Arrays.asList(args));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("JAVA_HOME", jdk.toString());
    environment.put("JACANA_OPTS", options);
    environment.remove("JACANA_CUDA_REDIST");
    environment.put("PATH", jdk.resolve("maven") + ":" + environment.get("PATH"));
    Process process = builder.start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private static void touch(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
  }

  private void requireArchive(Run r) {
    assertEquals(0, r.code, r.err);
    assertTrue(
        r.out.contains("-XX:SharedArchiveFile=" + home + "/target/jacana-17.0.99.jsa"), r.out);
    assertTrue(r.out.contains("-cp " + home + "/target/jacana.jar:" + home + "/lib.jar"), r.out);
    assertTrue(r.out.contains("-Xlog:cds=off"), r.out);
    assertTrue(r.out.strip().endsWith("org.jacana.cli.Main train"), r.out);
  }

  private void requireNoArchive(Run r) {
    assertEquals(0, r.code, r.err);
    assertFalse(r.out.contains("SharedArchiveFile"), r.out);
    assertTrue(r.out.contains("-cp " + home + "/target/classes:" + home + "/lib.jar"), r.out);
  }

  @Test
  void anArchiveIsMadeOnceAfterABuild() throws Exception {
    Run first = run("", "train");
    assertTrue(first.err.contains("building") && first.err.contains("faster start"), first.err);
    requireArchive(first);
    Run second = run("", "train");
    assertEquals("", second.err);
    requireArchive(second);
    assertFalse(Files.exists(home.resolve("target/jacana-17.0.99.jsa.new")));

    touch(home.resolve("src/main/A.java"));
    Run third = run("", "train");
    assertTrue(third.err.contains("building") && third.err.contains("faster start"), third.err);
    requireArchive(third);
  }

  @Test
  void anotherJavaGetsItsOwn() throws Exception {
    run("", "train");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    Run r = run("", "train");
    assertEquals("preparing a faster start (once after a build)...", r.err.strip());
    assertTrue(r.out.contains("jacana-25.0.1.jsa"), r.out);
    assertTrue(r.out.contains("-Xlog:aot=off"), r.out);
  }

  @Test
  void classesThatSomebodyElseCompiledAreNotPassedOver() throws Exception {
    run("", "train");
    touch(home.resolve("target/classes/A.class"));
    Run r = run("", "train");
    assertEquals("", r.err);
    requireNoArchive(r);
  }

  @Test
  void withoutAnArchiveItRunsAsBefore() throws Exception {
    script("bin/java", "case $* in *ArchiveClassesAtExit=*) exit 1;; esac; echo \"$@\"");
    requireNoArchive(run("", "train"));
    Run again = run("", "train");
    assertEquals("", again.err);
    requireNoArchive(again);
  }

  @Test
  void anArchiveThatJavaFallsOverIsNotKept() throws Exception {
    script(
        "bin/java",
        "for a; do case $a in *ArchiveClassesAtExit=*) echo x >\"${a#*=}\";;"
            + " *SharedArchiveFile=*) exit 134;; esac; done; echo \"$@\"");
    requireNoArchive(run("", "train"));
    assertFalse(Files.exists(home.resolve("target/jacana-17.0.99.jsa")));
  }

  @Test
  void optionsForSharingAreTheUsers() throws Exception {
    run("", "train");
    Run r = run("-Xshare:off", "train");
    assertTrue(r.out.contains("-Xshare:off"), r.out);
    requireNoArchive(r);
  }
}
