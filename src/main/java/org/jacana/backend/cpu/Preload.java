package org.jacana.backend.cpu;

import java.net.URL;
import java.nio.channels.OverlappingFileLockException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.ClassProperties;
import org.bytedeco.javacpp.Loader;

/**
 * Loads a binding's libraries ahead of its classes, again if it must. JavaCPP unpacks libraries
 * into a folder that all processes share. Where one process finds a file or a link there that is
 * not as it would have it (because it was made with other jars on the class path), it deletes the
 * file and writes it anew; another process that loads it in that moment finds nothing, or a part.
 * By itself that would last for the life of the process: a class whose initialiser has failed once
 * is never tried again.
 */
final class Preload {
  /** Milliseconds before each further attempt; to unpack oneDNN anew takes half a second. */
  private static final int[] PAUSES = {50, 100, 200, 400, 800, 1600};

  private Preload() {}

  /** One attempt to load something. */
  interface Attempt {
    /**
     * @throws UnsatisfiedLinkError if it failed
     */
    void run();
  }

  /**
   * Loads what a class of a binding declares, but not the class.
   *
   * @throws UnsatisfiedLinkError with the last attempt's reason
   */
  static void libraries(Class<?> binding) {
    ClassProperties p = Loader.loadProperties(binding, Loader.loadProperties(), true);
    List<String> names = new ArrayList<>(p.get("platform.preload"));
    names.addAll(p.get("platform.link"));
    retry(() -> names.forEach(name -> load(binding, p, name)), PAUSES);
  }

  private static void load(Class<?> binding, ClassProperties p, String name) {
    URL[] found = Loader.findLibrary(binding, p, name);
    // What no jar has is another platform's, or the system's own: no matter for a second attempt.
    if (found.length > 0) {
      Loader.loadLibrary(binding, found, name);
    }
  }

  static void retry(Attempt attempt, int... pauses) {
    for (int i = 0; ; i++) {
      try {
        attempt.run();
        return;
      } catch (UnsatisfiedLinkError | OverlappingFileLockException e) {
        if (i == pauses.length || !pause(pauses[i])) {
          throw e;
        }
      }
    }
  }

  private static boolean pause(int millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
