package org.jacana.backend.reference;

import java.util.function.IntConsumer;

/**
 * Runs numbered pieces of work, possibly on several threads. The pieces never depend on the number
 * of threads, so neither do the results.
 */
@FunctionalInterface
public interface Loops {
  /** One after the other in the calling thread. */
  Loops SERIAL =
      (n, body) -> {
        for (int i = 0; i < n; i++) {
          body.accept(i);
        }
      };

  /** Calls {@code body} once with each of 0..n-1 and returns when all have run. */
  void run(int n, IntConsumer body);

  /** Work on elements from..to of a flat index space. */
  @FunctionalInterface
  interface Range {
    void accept(long from, long to);
  }

  /** Splits 0..n-1 into pieces of {@code grain}. */
  default void ranges(long n, long grain, Range body) {
    int pieces = (int) ((n + grain - 1) / grain);
    run(pieces, i -> body.accept(i * grain, Math.min(n, (i + 1) * grain)));
  }
}
