package org.jacana.train;

import java.util.Objects;
import org.jacana.Precision;

/**
 * How a training step is carried out.
 *
 * @param precision of the products
 * @param recording whether the step is recorded once and replayed ({@link org.jacana.CapturedStep})
 */
public record Execution(Precision precision, Recording recording) {
  /** F32 products; the step is recorded where that helps. */
  public static final Execution DEFAULT = new Execution(Precision.FP32, Recording.AUTO);

  /** When a step is recorded. */
  public enum Recording {
    /** On a GPU, if optimizer and precision allow it; the listener hears why where they do not. */
    AUTO,
    /** Always; a step that cannot be recorded is an error. */
    ON,
    /** Never. */
    OFF
  }

  public Execution {
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(recording, "recording");
  }
}
