package org.jacana.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The callbacks of one run, told one after the other. */
final class Callbacks {
  private final List<Callback> all;

  /** What is told to one of them. */
  interface Event {
    void tell(Callback c) throws IOException;
  }

  Callbacks(List<Callback> all) {
    this.all = List.copyOf(all);
  }

  void each(Event event) {
    for (Callback c : all) {
      tell(c, event);
    }
  }

  private static void tell(Callback c, Event event) {
    try {
      event.tell(c);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** Closes all, whatever some of them throw; that is added to the failure, or returned. */
  Throwable close(TrainingRun run, Throwable failure) {
    Throwable all = failure;
    for (Callback c : this.all) {
      try {
        tell(c, x -> x.closed(run, failure));
      } catch (RuntimeException | Error e) {
        if (all == null) {
          all = e;
        } else {
          all.addSuppressed(e);
        }
      }
    }
    return all;
  }

  /** By name; of several of one name, the second is NAME#2 and so on. */
  Map<String, Callback> named() {
    Map<String, Callback> out = new LinkedHashMap<>();
    for (Callback c : all) {
      int n = 1;
      String name = c.name();
      while (out.containsKey(name)) {
        n++;
        name = c.name() + "#" + n;
      }
      out.put(name, c);
    }
    return out;
  }
}
