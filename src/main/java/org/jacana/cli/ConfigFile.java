package org.jacana.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jacana.data.FormatException;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options from a file, YAML or JSON (which is YAML too): one map from an option's name without its
 * dashes to its value, and from a positional parameter's label in lower case. What is given on the
 * command line wins.
 *
 * <pre>
 * dataset: fashion-mnist
 * epochs: 3
 * out: runs/fashion
 * </pre>
 */
final class ConfigFile {
  static final String OPTION = "--config";

  private static final long LIMIT = 1 << 20;
  private static final String FIX = "write one map of options, such as `epochs: 3`";

  private ConfigFile() {}

  /**
   * The arguments with those of the file that {@code --config} names put in.
   *
   * @throws IOException if the file cannot be read, or a FormatException if it is no such map
   */
  static String[] expand(CommandLine line, String... args) throws IOException {
    CommandLine command = args.length == 0 ? null : line.getSubcommands().get(args[0]);
    int at = Arrays.asList(args).indexOf(OPTION);
    String joined = null;
    for (String a : args) {
      if (a.startsWith(OPTION + "=")) {
        joined = a;
      }
    }
    if (command == null || (at < 0 && joined == null) || at == args.length - 1) {
      return args;
    }
    if (command.getCommandSpec().findOption(OPTION) == null) {
      return args;
    }
    Path file = Path.of(joined != null ? joined.substring(OPTION.length() + 1) : args[at + 1]);
    List<String> given = new ArrayList<>(Arrays.asList(args).subList(1, args.length));
    List<String> all = new ArrayList<>(List.of(args[0]));
    all.addAll(arguments(command.getCommandSpec(), file, given));
    all.addAll(given);
    return all.toArray(new String[0]);
  }

  private static List<String> arguments(CommandSpec spec, Path file, List<String> given)
      throws IOException {
    List<String> out = new ArrayList<>();
    for (Map.Entry<String, Object> e : read(file).entrySet()) {
      String key = e.getKey();
      OptionSpec option = spec.findOption("--" + key);
      if (option == null || key.equals("config") || option.usageHelp() || option.versionHelp()) {
        List<CommandLine.Model.PositionalParamSpec> named =
            spec.positionalParameters().stream()
                .filter(p -> p.paramLabel().equalsIgnoreCase(key))
                .toList();
        if (named.isEmpty()) {
          throw new FormatException(
              file.toString(), "options of " + spec.qualifiedName(), "'" + key + "'", known(spec));
        }
        if (given.isEmpty() || given.get(0).startsWith("-")) {
          out.addAll(values(file, key, e.getValue()));
        }
        continue;
      }
      boolean overruled =
          given.stream().anyMatch(a -> a.equals("--" + key) || a.startsWith("--" + key + "="));
      if (overruled) {
        continue;
      }
      if (option.arity().max() == 0) {
        if (!(e.getValue() instanceof Boolean on)) {
          throw new FormatException(file + ": " + key, "true or false", text(e.getValue()), FIX);
        }
        if (on) {
          out.add("--" + key);
        }
      } else {
        for (String value : values(file, key, e.getValue())) {
          out.add("--" + key + "=" + value);
        }
      }
    }
    return out;
  }

  private static String known(CommandSpec spec) {
    return "known are "
        + spec.options().stream()
            .filter(o -> !o.usageHelp() && !o.versionHelp() && !o.longestName().equals(OPTION))
            .map(o -> o.longestName().replaceFirst("^--", ""))
            .collect(Collectors.joining(", "));
  }

  private static String text(Object value) {
    return value == null ? "nothing" : "'" + value + "'";
  }

  private static List<String> values(Path file, String key, Object value) throws FormatException {
    if (value instanceof List<?> list) {
      List<String> all = new ArrayList<>();
      for (Object v : list) {
        all.addAll(values(file, key, v));
      }
      return all;
    }
    if (value == null || value instanceof Map) {
      throw new FormatException(file + ": " + key, "a value", text(value), FIX);
    }
    return List.of(value.toString());
  }

  private static Map<String, Object> read(Path file) throws IOException {
    if (Files.size(file) > LIMIT) {
      throw new FormatException(file.toString(), "at most 1 MiB", Files.size(file) + " bytes", FIX);
    }
    Object content;
    try {
      LoadSettings settings =
          LoadSettings.builder().setLabel(file.toString()).setAllowDuplicateKeys(false).build();
      content = new Load(settings).loadFromString(Files.readString(file));
    } catch (YamlEngineException | CharacterCodingException e) {
      throw new FormatException(
          file.toString(), "YAML or JSON", Sentence.firstLine(e.getMessage()), FIX);
    }
    if (!(content instanceof Map<?, ?> map)) {
      throw new FormatException(file.toString(), "a map of options", text(content), FIX);
    }
    Map<String, Object> out = new LinkedHashMap<>();
    map.forEach((key, value) -> out.put(String.valueOf(key), value));
    return out;
  }
}
