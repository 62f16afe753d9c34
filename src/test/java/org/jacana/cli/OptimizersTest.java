package org.jacana.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every optimizer that the command line knows learns with the rate of its recipe. */
class OptimizersTest {
  static List<String> names() {
    return Choices.OPTIMIZERS;
  }

  @ParameterizedTest
  @MethodSource("names")
  void learnsDigits(String name) {
    Cli c = Cli.run("train", "--model", "mlp", "--epochs", "3", "--optimizer", name);
    assertEquals(0, c.code(), c.err());
    String line =
        c.out().lines().filter(l -> l.startsWith("test accuracy ")).findFirst().orElseThrow();
    assertTrue(Double.parseDouble(line.split(" ")[2]) > 0.8, name + ": " + line);
  }
}
