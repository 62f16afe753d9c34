package org.jacana.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The words that options accept. */
final class Choices {
  static final List<String> OPTIMIZERS =
      List.of(
          "sgd",
          "adam",
          "adamw",
          "amsgrad",
          "nadam",
          "radam",
          "adamax",
          "rmsprop",
          "adagrad",
          "adadelta",
          "lion",
          "muon");
  static final List<String> PRECISIONS = List.of("fp32", "tf32", "bf16", "fp16");
  static final List<String> RECORDINGS = List.of("auto", "on", "off");
  static final List<String> DEVICES = List.of("auto", "cpu", "cuda");

  private Choices() {}

  /** Checks a word; null, which means not given, passes. */
  static void require(CommandLine line, String what, String word, List<String> known) {
    if (word != null && !known.contains(word)) {
      throw new ParameterException(
          line, "unknown " + what + " '" + word + "'; known are " + String.join(", ", known));
    }
  }
}
