package org.jacana.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C: asks a run to stop after its present step and holds the process until it has, so that
 * nothing is cut off in the middle.
 */
final class Interruption {
  private static final long PATIENCE_SECONDS = 10;
  private static volatile boolean requested;

  private final CountDownLatch ended = new CountDownLatch(1);

  private Interruption() {}

  static Interruption watch() {
    Interruption i = new Interruption();
    Runtime.getRuntime().addShutdownHook(new Thread(i::request, "interruption"));
    return i;
  }

  private void request() {
    requested = true;
    try {
      if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("jacana: stopped before the present step had ended");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static boolean requested() {
    return requested;
  }

  /** The work is done: the process may end at any time. */
  void end() {
    ended.countDown();
  }
}
