package org.jacana.backend.cuda;

/** The three convolutions; each is a gradient of the others. */
enum ConvKind {
  FORWARD,
  GRAD_INPUT,
  GRAD_WEIGHT;

  /** Whether cuDNN documents an algorithm to give the same bits in every run. */
  boolean deterministic(int algorithm) {
    return switch (this) {
      case FORWARD -> true;
      case GRAD_INPUT -> algorithm != 0;
      case GRAD_WEIGHT -> algorithm != 0 && algorithm != 3;
    };
  }
}
