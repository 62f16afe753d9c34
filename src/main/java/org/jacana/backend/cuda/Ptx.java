package org.jacana.backend.cuda;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A PTX file cut into its kernels, so that the driver compiles only those that are used: compiling
 * costs it some 20 ms per kernel.
 */
final class Ptx {
  private static final Pattern NAME =
      Pattern.compile(
          "\\.(?:entry|func\\b\\s*(?:\\([^)]*\\))?)\\s*([\\w$]+)|\\.b(?:8|16|32|64)\\s+([\\w$]+)");
  private static final Pattern VERSION = Pattern.compile("\\.version\\s+([\\d.]+)");
  private static final Pattern WORD = Pattern.compile("[A-Za-z_$][\\w$]{3,}");

  private final StringBuilder head = new StringBuilder();
  private final Map<String, String> entries = new LinkedHashMap<>();

  /** Declarations of device functions whose text comes later. */
  private final Map<String, String> declared = new LinkedHashMap<>();

  /** Device functions and tables, by name, in the order of the text. */
  private final Map<String, String> shared = new LinkedHashMap<>();

  Ptx(String text) {
    StringBuilder item = new StringBuilder();
    int depth = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      String bare = line.strip();
      if (bare.isEmpty() || bare.startsWith("//")) {
        continue;
      }
      if (item.isEmpty() && isDirective(bare)) {
        head.append(line).append('\n');
        continue;
      }
      item.append(line).append('\n');
      for (int i = 0; i < bare.length(); i++) {
        char c = bare.charAt(i);
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      }
      if (depth == 0 && (bare.endsWith("}") || bare.endsWith(";"))) {
        add(item.toString());
        item.setLength(0);
      }
    }
  }

  private static boolean isDirective(String line) {
    return line.startsWith(".version")
        || line.startsWith(".target")
        || line.startsWith(".address_size");
  }

  private void add(String item) {
    Matcher m = NAME.matcher(item);
    if (!m.find()) {
      throw new IllegalArgumentException("ptx: cannot tell what this defines: " + item.strip());
    }
    String name = m.group(1) == null ? m.group(2) : m.group(1);
    if (item.contains(".entry")) {
      entries.put(name, item);
    } else if (item.contains(".func") && item.strip().endsWith(";")) {
      declared.put(name, item);
    } else {
      shared.put(name, item);
    }
  }

  /** The PTX version that the text names, or null. */
  String version() {
    Matcher m = VERSION.matcher(head);
    return m.find() ? m.group(1) : null;
  }

  /** The names of the kernels. */
  Set<String> names() {
    return entries.keySet();
  }

  /**
   * A module of one kernel and what it uses.
   *
   * @throws IllegalArgumentException if there is no such kernel
   */
  String module(String name) {
    String entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("ptx: no kernel " + name + "; there are " + names());
    }
    Map<String, Boolean> used = new HashMap<>();
    mark(entry, used);
    StringBuilder out = new StringBuilder(head);
    declared.forEach(
        (key, item) -> {
          if (used.containsKey(key)) {
            out.append(item);
          }
        });
    shared.forEach(
        (key, item) -> {
          if (used.containsKey(key)) {
            out.append(item);
          }
        });
    return out.append(entry).toString();
  }

  private void mark(String text, Map<String, Boolean> used) {
    Matcher m = WORD.matcher(text);
    while (m.find()) {
      String item = shared.get(m.group());
      if (item != null && used.put(m.group(), true) == null) {
        mark(item, used);
      }
    }
  }
}
