package org.jacana;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rule of who may name whom: references between packages point only downwards, and a vendor's
 * package is named in its own room only. A room is a package right below org.jacana with all below
 * it, or one right below org.jacana.backend.
 */
final class Rooms {
  /** Rooms from the highest to the lowest level. */
  private static final List<Set<String>> LEVELS =
      List.of(
          Set.of("cli"),
          Set.of("train", "io", "plot"),
          Set.of("nn", "optim", "data", "linalg", "prob", "calculus"),
          Set.of("root"),
          Set.of("op", "autograd"),
          Set.of("backend", "backend.reference", "backend.cpu", "backend.cuda"));

  /** Which rooms of its own level a room may name. */
  private static final Map<String, Set<String>> SIBLINGS =
      Map.of(
          "train", Set.of("io", "plot"),
          "prob", Set.of("linalg"),
          "optim", Set.of("linalg"),
          "calculus", Set.of("linalg"),
          "backend.reference", Set.of("backend"),
          "backend.cpu", Set.of("backend", "backend.reference"),
          "backend.cuda", Set.of("backend", "backend.reference"));

  /** Tensor methods build operations and operations return Tensors. */
  private static final Set<String> KNOT = Set.of("root", "op", "autograd");

  private static final Set<String> VALUE_TYPES = Set.of("DType", "Shape", "Device");

  private static final String BACKENDS = "org/jacana/backend/Backends.java";

  private static final Map<String, Set<String>> VENDORS =
      Map.of(
          "org.bytedeco", Set.of("backend.cpu"),
          "jcuda", Set.of("backend.cuda"),
          "picocli", Set.of("cli"),
          "org.knowm", Set.of("plot"),
          "com.google.protobuf", Set.of("io"),
          "org.snakeyaml", Set.of("cli"),
          "com.google.gson", Set.of("cli", "io", "train"));

  private static final Pattern PACKAGE = Pattern.compile("(?<![\\w.$])package\\s+([\\w.]+)\\s*;");

  /**
   * A qualified name: one of ours up to its type or star, where the package ends in group 1; or a
   * vendor's whole name, because vendors have types in lower case.
   */
  private static final Pattern REFERENCE =
      Pattern.compile(
          "(?<![\\w.$])(?:(org\\.jacana(?:\\.[a-z]\\w*)*)\\.([A-Z]\\w*|\\*)"
              + "|(?:org\\.bytedeco|jcuda|picocli|com\\.google\\.(?:gson|protobuf)|org\\.(?:knowm|snakeyaml))(?:\\.(?:\\w+|\\*))+)");

  /** Comments, text blocks, strings, characters; a group repeats per escape, so stacks stay low. */
  private static final Pattern NOT_CODE =
      Pattern.compile(
          "//[^\n]*|/\\*.*?\\*/"
              + "|\"\"\"[^\\\\]*?(?:\\\\.[^\\\\]*?)*?\"\"\""
              + "|\"[^\"\\\\\n]*+(?:\\\\.[^\"\\\\\n]*+)*+\""
              + "|'[^'\\\\\n]*+(?:\\\\.[^'\\\\\n]*+)*+'",
          Pattern.DOTALL);

  private Rooms() {}

  /**
   * Every broken rule as {@code path:line: what; why}, in order of path and line.
   *
   * @param sources the text of each source file by its path below the source root, with slashes
   */
  static List<String> violations(Map<String, String> sources) {
    List<String> found = new ArrayList<>();
    new TreeMap<>(sources).forEach((path, text) -> check(path, code(text), found));
    return found;
  }

  private static void check(String path, String code, List<String> found) {
    String folder = path.substring(0, Math.max(0, path.lastIndexOf('/'))).replace('/', '.');
    Matcher declared = PACKAGE.matcher(code);
    if (!declared.find() || !declared.group(1).equals(folder)) {
      found.add(path + ":1: a file in this folder starts with `package " + folder + ";`");
      return;
    }
    String from = room(folder);
    if (level(from) < 0) {
      found.add(path + ":1: room " + from + " has no level; give it one in Rooms");
      return;
    }
    Matcher reference = REFERENCE.matcher(code);
    while (reference.find()) {
      Optional<String> rule =
          reference.group(1) == null
              ? brokenByVendor(from, reference.group())
              : broken(path, from, room(reference.group(1)), reference.group(2));
      if (rule.isPresent()) {
        long line = 1 + code.substring(0, reference.start()).chars().filter(c -> c == '\n').count();
        found.add(path + ":" + line + ": " + reference.group() + "; " + rule.get());
      }
    }
  }

  private static Optional<String> brokenByVendor(String from, String name) {
    String vendor = VENDORS.keySet().stream().filter(v -> name.startsWith(v + ".")).findAny().get();
    Set<String> rooms = VENDORS.get(vendor);
    return rooms.contains(from)
        ? Optional.empty()
        : Optional.of(
            vendor
                + " is for "
                + String.join(", ", new TreeSet<>(rooms))
                + " only, not for "
                + from);
  }

  private static Optional<String> broken(String path, String from, String to, String type) {
    if (level(to) < 0) {
      return Optional.of("room " + to + " has no level; give it one in Rooms");
    }
    boolean allowed =
        from.equals(to)
            || (to.equals("root") && VALUE_TYPES.contains(type))
            || (KNOT.contains(from) && KNOT.contains(to))
            || SIBLINGS.getOrDefault(from, Set.of()).contains(to);
    if (allowed) {
      return Optional.empty();
    }
    if (to.startsWith("backend.")) {
      return path.equals(BACKENDS)
          ? Optional.empty()
          : Optional.of("only Backends names " + to + ", everyone else goes through backend");
    }
    if (level(from) < level(to)) {
      return Optional.empty();
    }
    return Optional.of(
        level(from) == level(to)
            ? from
                + " and "
                + to
                + " are on one level, and Rooms does not list "
                + to
                + " for "
                + from
            : "imports point downwards, and " + to + " is above " + from);
  }

  /** The room of a package of ours: {@code root} for org.jacana itself. */
  private static String room(String packageName) {
    if (packageName.equals("org.jacana")) {
      return "root";
    }
    if (!packageName.startsWith("org.jacana.")) {
      return packageName;
    }
    String[] parts = packageName.substring("org.jacana.".length()).split("\\.");
    return parts[0].equals("backend") && parts.length > 1 ? "backend." + parts[1] : parts[0];
  }

  private static int level(String room) {
    for (int i = 0; i < LEVELS.size(); i++) {
      if (LEVELS.get(i).contains(room)) {
        return i;
      }
    }
    return -1;
  }

  /** The text with comments, strings and characters blanked and every line where it was. */
  private static String code(String text) {
    return NOT_CODE.matcher(text).replaceAll(m -> m.group().replaceAll("[^\n]", " "));
  }
}
