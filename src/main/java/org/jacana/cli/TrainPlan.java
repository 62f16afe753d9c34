package org.jacana.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jacana.Device;
import org.jacana.Precision;
import org.jacana.data.FormatException;
import org.jacana.train.Execution;

/**
 * What a training run is to do, as options say it; together with the data it decides every bit of
 * the weights.
 *
 * @param dataset name of the data set
 * @param recipe model, epochs, batch, optimizer and its numbers
 * @param seed of weights, order and dropout
 * @param precision of products, in lower case
 * @param graph when the step is recorded: auto, on or off
 * @param threads of the CPU's kernels; null for one a core
 * @param deterministic whether the number of threads must not matter
 * @param source options that say where the data is, how it is read and changed
 */
record TrainPlan(
    String dataset,
    Recipe recipe,
    long seed,
    String precision,
    String graph,
    Integer threads,
    boolean deterministic,
    Map<String, String> source) {
  private static final String PREFIX = "option.";

  Execution execution() {
    return new Execution(
        Precision.valueOf(precision.toUpperCase(Locale.ROOT)),
        Execution.Recording.valueOf(graph.toUpperCase(Locale.ROOT)));
  }

  /** The options by name, as checkpoints and models carry them; those of {@link #options}. */
  Map<String, String> recorded() {
    Map<String, String> m = new LinkedHashMap<>();
    m.put(PREFIX + "dataset", dataset);
    m.put(PREFIX + "model", recipe.model());
    m.put(PREFIX + "epochs", Integer.toString(recipe.epochs()));
    m.put(PREFIX + "batch", Integer.toString(recipe.batch()));
    m.put(PREFIX + "optimizer", recipe.optimizer());
    m.put(PREFIX + "lr", Double.toString(recipe.learningRate()));
    m.put(PREFIX + "decay", Double.toString(recipe.decay()));
    m.put(PREFIX + "seed", Long.toString(seed));
    m.put(PREFIX + "precision", precision);
    m.put(PREFIX + "graph", graph);
    m.put(PREFIX + "threads", Integer.toString(threads == null ? Device.threads() : threads));
    m.put(PREFIX + "deterministic", Boolean.toString(deterministic));
    source.forEach((key, value) -> m.put(PREFIX + key, value));
    return m;
  }

  /** The options in a file's metadata, without their prefix. */
  static Map<String, String> options(Map<String, String> metadata) {
    Map<String, String> m = new LinkedHashMap<>();
    metadata.forEach(
        (key, value) -> {
          if (key.startsWith(PREFIX)) {
            m.put(key.substring(PREFIX.length()), value);
          }
        });
    return m;
  }

  /**
   * The plan that a file's metadata records.
   *
   * @throws FormatException if it does not
   */
  static TrainPlan of(String file, Map<String, String> metadata) throws FormatException {
    Map<String, String> m = options(metadata);
    try {
      return new TrainPlan(
          text(m, "dataset"),
          new Recipe(
              text(m, "model"),
              Integer.parseInt(text(m, "epochs")),
              Integer.parseInt(text(m, "batch")),
              text(m, "optimizer"),
              Double.parseDouble(text(m, "lr")),
              Double.parseDouble(text(m, "decay"))),
          Long.parseLong(text(m, "seed")),
          text(m, "precision"),
          text(m, "graph"),
          Integer.valueOf(text(m, "threads")),
          Boolean.parseBoolean(text(m, "deterministic")),
          source(m));
    } catch (IllegalArgumentException e) {
      throw new FormatException(
          file,
          "the options of a run",
          Sentence.firstLine(e.getMessage()),
          "it was not written by this version of `jacana train --out`");
    }
  }

  private static Map<String, String> source(Map<String, String> options) {
    DatasetOptions data = new DatasetOptions();
    data.recall(options);
    Map<String, String> m = new LinkedHashMap<>(data.recorded());
    if (AugmentOptions.any(options)) {
      m.put(AugmentOptions.KEY, options.get(AugmentOptions.KEY));
    }
    return m;
  }

  private static String text(Map<String, String> options, String key) {
    String value = options.get(key);
    if (value == null) {
      throw new IllegalArgumentException("no option " + key);
    }
    return value;
  }

  /** One line about the run but its model's size. */
  String sentence(String model, int threadsNow) {
    return String.format(
        Locale.ROOT,
        "model: %s; %d epochs, batch %d, %s, learning rate %s, seed %d, threads %d%s%s%s",
        model,
        recipe.epochs(),
        recipe.batch(),
        recipe.optimizer(),
        recipe.learningRate(),
        seed,
        threadsNow,
        precision.equals("fp32") ? "" : ", precision " + precision,
        deterministic ? ", deterministic" : "",
        AugmentOptions.any(source) ? ", augmented by " + source.get(AugmentOptions.KEY) : "");
  }
}
