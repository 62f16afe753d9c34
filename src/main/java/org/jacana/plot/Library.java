package org.jacana.plot;

import java.util.function.Supplier;

/** Says in one sentence that the chart library is missing. */
final class Library {
  private Library() {}

  static Picture chart(Supplier<Picture> draw) {
    try {
      return draw.get();
    } catch (NoClassDefFoundError e) {
      if (e.getMessage() == null || !e.getMessage().replace('/', '.').contains("org.knowm")) {
        throw e;
      }
      throw new IllegalStateException(
          "chart: the chart library is not on the class path; add org.knowm.xchart:xchart:4.0.3,"
              + " on which Jacana depends optionally",
          e);
    }
  }
}
