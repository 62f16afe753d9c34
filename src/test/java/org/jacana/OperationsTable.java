package org.jacana;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jacana.nn.LossCases;
import org.jacana.nn.Losses;
import org.jacana.op.OpCases;
import org.jacana.op.PublicOperations;

/**
 * The README's table of operations: methods from the compiled classes, what a group is from its
 * Javadoc, orders of derivatives from the tables of cases.
 */
final class OperationsTable {
  private static final String START = "<!-- operations: written by OperationsTableTest -->";
  private static final String END = "<!-- end of operations -->";
  private static final Pattern SECTION =
      Pattern.compile(Pattern.quote(START) + "\n(.*?)" + Pattern.quote(END), Pattern.DOTALL);
  private static final Pattern JAVADOC =
      Pattern.compile("/\\*\\*((?:(?!\\*/).)*)\\*/\\s*(?:@\\w+\\s+)*public ", Pattern.DOTALL);

  private OperationsTable() {}

  /** The text between the markers, or null without markers. */
  static String in(String readme) {
    Matcher m = SECTION.matcher(readme);
    return m.find() ? m.group(1) : null;
  }

  /** The README with another table. */
  static String replace(String readme, String table) {
    String section = START + "\n" + table + END;
    return SECTION.matcher(readme).replaceFirst(Matcher.quoteReplacement(section));
  }

  /** The table as it must be. */
  static String write() throws IOException, URISyntaxException {
    Map<Class<?>, Map<String, Integer>> groups =
        new TreeMap<>(
            Comparator.comparing((Class<?> c) -> place(c)).thenComparing(Class::getSimpleName));
    Map<String, Integer> orders = OpCases.orders();
    PublicOperations.named()
        .forEach(
            (signature, type) -> {
              String name = PublicOperations.name(signature).replaceAll(".*[.]", "");
              groups
                  .computeIfAbsent(type, t -> new TreeMap<>())
                  .merge(name, orders.getOrDefault(signature, 0), Math::max);
            });
    groups.put(Losses.class, LossCases.orders());
    StringBuilder out = new StringBuilder("| where | order | operations |\n|---|---|---|\n");
    for (Map.Entry<Class<?>, Map<String, Integer>> group : groups.entrySet()) {
      String path = "src/main/java/" + group.getKey().getName().replace('.', '/') + ".java";
      String where =
          "[" + group.getKey().getSimpleName() + "](" + path + "): " + sentence(Path.of(path));
      for (int order : new TreeSet<>(group.getValue().values()).descendingSet()) {
        out.append("| ").append(where).append(" | ").append(order == 0 ? "none" : order);
        out.append(" | ").append(String.join(", ", names(group.getValue(), order)));
        out.append(" |\n");
        where = "";
      }
    }
    return out.toString();
  }

  /** Tensor and its parts first, losses last. */
  private static int place(Class<?> c) {
    return c == Tensor.class ? 1 : c == Losses.class ? 3 : c.isInterface() ? 0 : 2;
  }

  private static List<String> names(Map<String, Integer> operations, int order) {
    List<String> out = new ArrayList<>();
    operations.forEach(
        (name, n) -> {
          if (n == order) {
            out.add("`" + name + "`");
          }
        });
    return out;
  }

  /** The first sentence of a file's type. */
  private static String sentence(Path source) throws IOException {
    Matcher m = JAVADOC.matcher(Files.readString(source));
    if (!m.find()) {
      throw new IllegalStateException(source + ": the public type has no Javadoc");
    }
    String text = m.group(1).replaceAll("\\n\\s*\\*", " ").replaceAll("\\s+", " ").trim();
    text = text.replaceAll("\\{@\\w+ #?([^}]*)\\}", "$1").replace("|", "\\|");
    Matcher end = Pattern.compile("[.]( (?![a-z0-9])|$)").matcher(text);
    return end.find() ? text.substring(0, end.start()) : text;
  }
}
