package org.jacana;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.JavaFileObject.Kind;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * A block of Java in the README: the line where its code starts, whether it is to be run, and the
 * code.
 */
record Snippet(int line, boolean run, String code) {
  private static final List<String> PACKAGES =
      List.of(
          "org.jacana",
          "org.jacana.autograd",
          "org.jacana.data",
          "org.jacana.nn",
          "org.jacana.optim");

  private static final Pattern FENCE = Pattern.compile("( *)(```+)\\s*(.*?)\\s*");
  private static final Pattern IMPORT = Pattern.compile("import\\s[^;]*;.*");
  private static final Pattern TYPE =
      Pattern.compile(
          "^(?:(?:public|final|abstract|sealed|strictfp)\\s+)*(?:class|record|interface|enum)\\s+"
              + "(\\w+)",
          Pattern.MULTILINE);
  private static final Pattern PACKAGE =
      Pattern.compile("^package\\s+([\\w.]+)\\s*;", Pattern.MULTILINE);

  /** The blocks marked java or java run in a Markdown text. */
  static List<Snippet> of(String markdown) {
    List<Snippet> found = new ArrayList<>();
    List<String> lines = markdown.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      Matcher open = FENCE.matcher(lines.get(i));
      if (!open.matches()) {
        continue;
      }
      int start = i + 1;
      int end = start;
      while (end < lines.size() && !lines.get(end).strip().equals(open.group(2))) {
        end++;
      }
      if (end == lines.size()) {
        fail("README.md: the block that line " + start + " opens is never closed");
      }
      String mark = open.group(3);
      if (mark.equals("java") || mark.equals("java run")) {
        String code =
            lines.subList(start, end).stream()
                .map(line -> unindent(line, open.group(1).length()) + "\n")
                .collect(Collectors.joining());
        found.add(new Snippet(start + 1, mark.equals("java run"), code));
      } else if (mark.startsWith("java") && !mark.startsWith("javascript")) {
        fail("README.md:" + start + ": a block is marked java or java run, not " + mark);
      }
      i = end;
    }
    return found;
  }

  private static String unindent(String line, int indent) {
    int spaces = 0;
    while (spaces < indent && spaces < line.length() && line.charAt(spaces) == ' ') {
      spaces++;
    }
    return line.substring(spaces);
  }

  /**
   * Compiles this block against the test class path into a folder and loads it.
   *
   * @return its first public type, else its first type
   */
  Class<?> compile(Path folder) throws IOException, ClassNotFoundException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    Path classes = Files.createTempDirectory(folder, "block");
    int ahead = 0;
    String name;
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(diagnostics, Locale.ROOT, StandardCharsets.UTF_8)) {
      files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
      files.setLocationFromPaths(StandardLocation.CLASS_PATH, classPath());
      String text = code;
      name = typeName();
      if (name == null) {
        name = "ReadmeBlock";
        text = wrap(name, files);
        ahead = 1;
      }
      boolean compiled =
          compiler
              .getTask(
                  null,
                  files,
                  diagnostics,
                  List.of("-proc:none"),
                  null,
                  List.of(source(name, text)))
              .call();
      if (!compiled) {
        int shift = line - 1 - ahead;
        fail(
            diagnostics.getDiagnostics().stream()
                .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
                .map(d -> "README.md:" + (d.getLineNumber() + shift) + ": " + d.getMessage(null))
                .collect(Collectors.joining("\n", "\n", "\n\n" + text)));
      }
    }
    Matcher inPackage = PACKAGE.matcher(code);
    String qualified = inPackage.find() ? inPackage.group(1) + "." + name : name;
    URL[] where = {classes.toUri().toURL()};
    // Left open: classes inside the block's own are loaded when they are first used.
    URLClassLoader loader = new URLClassLoader(where, getClass().getClassLoader());
    return loader.loadClass(qualified);
  }

  private static List<Path> classPath() {
    String[] entries = System.getProperty("java.class.path").split(File.pathSeparator);
    return Arrays.stream(entries).map(Path::of).toList();
  }

  /** The first public type that this block declares, else the first, else null. */
  private String typeName() {
    String first = null;
    Matcher type = TYPE.matcher(code);
    while (type.find()) {
      if (type.group().startsWith("public")) {
        return type.group(1);
      }
      if (first == null) {
        first = type.group(1);
      }
    }
    return first;
  }

  /** The statements in a class's main: one line with all imports ahead, then line by line. */
  private String wrap(String name, StandardJavaFileManager files) throws IOException {
    StringBuilder head = new StringBuilder("import java.util.*; ");
    for (String each : PACKAGES) {
      // Importing all of a package without types is an error.
      if (files
          .list(StandardLocation.CLASS_PATH, each, EnumSet.of(Kind.CLASS), false)
          .iterator()
          .hasNext()) {
        head.append("import ").append(each).append(".*; ");
      }
    }
    StringBuilder body = new StringBuilder();
    for (String each : code.lines().toList()) {
      boolean isImport = IMPORT.matcher(each).matches();
      if (isImport) {
        head.append(each, 0, each.indexOf(';') + 1).append(' ');
      }
      body.append(isImport ? "" : each).append('\n');
    }
    return head
        + ("class " + name + " { public static void main(String[] args) throws Exception {\n")
        + body
        + "}}\n";
  }

  private static JavaFileObject source(String name, String text) {
    return new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }
}
