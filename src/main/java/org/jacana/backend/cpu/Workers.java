package org.jacana.backend.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/**
 * Shares numbered pieces of work among the calling thread and daemon helpers. Which thread runs a
 * piece is left to chance in the end; what a piece does is not. Any number of threads may call at
 * once, from within a piece too.
 */
final class Workers implements Loops {
  private volatile Helper[] helpers = {};
  private int made;
  private volatile int threads;

  Workers(int threads) {
    this.threads = threads;
  }

  int threads() {
    return threads;
  }

  void threads(int n) {
    threads = n;
  }

  @Override
  public void run(int n, IntConsumer body) {
    int helping = Math.min(threads, n) - 1;
    if (helping <= 0) {
      for (int i = 0; i < n; i++) {
        Tiles.run(body, i);
      }
      return;
    }
    SharedJob job = new SharedJob(n, helping + 1, body);
    for (int i = 0; i < helping; i++) {
      help(job);
    }
    job.finish();
  }

  private void help(SharedJob job) {
    // Always from the first on: those in use are awake, and the others end.
    for (Helper h : helpers) {
      if (h.give(job)) {
        return;
      }
    }
    add(job).start();
  }

  private synchronized Helper add(SharedJob job) {
    List<Helper> all = new ArrayList<>(List.of(helpers));
    all.removeIf(Helper::gone);
    int number = 1;
    while (taken(all, number)) {
      number++;
    }
    Helper fresh = new Helper("jacana-cpu-" + ++made, number, job);
    all.add(number - 1, fresh);
    helpers = all.toArray(new Helper[0]);
    return fresh;
  }

  private static boolean taken(List<Helper> helpers, int number) {
    return number <= helpers.size() && helpers.get(number - 1).number() == number;
  }
}
