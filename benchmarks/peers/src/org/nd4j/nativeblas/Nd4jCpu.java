package org.nd4j.nativeblas;

import org.nd4j.linalg.factory.Nd4j;

/**
 * A class that DL4J 1.0.0-M2.1 asks by name whether its layers may use oneDNN, and which ND4J has
 * moved elsewhere since: without it they never do, and convolutions take some ten times as long.
 */
public final class Nd4jCpu {
  private Nd4jCpu() {}

  /** ND4J's settings. */
  public static final class Environment {
    private Environment() {}

    public static Environment getInstance() {
      return new Environment();
    }

    public boolean isUseMKLDNN() {
      return Nd4j.getEnvironment().helpersAllowed();
    }
  }
}
