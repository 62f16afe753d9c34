package org.jacana.cli.bench;

import java.util.ArrayList;
import java.util.List;
import org.jacana.backend.Backend;

/**
 * Measures calls: a warm-up, then samples of as many calls as make a sample long enough to be
 * timed, each ended by waiting for the device.
 *
 * @param backend that is waited for
 * @param warmUp seconds of calls before the first sample
 * @param budget seconds of samples
 * @param sample the least seconds of one sample
 */
record Stopwatch(Backend backend, double warmUp, double budget, double sample) {
  private static final int LEAST = 5;
  private static final int MOST = 200;

  /** For figures that are kept. */
  static Stopwatch thorough(Backend backend) {
    return new Stopwatch(backend, 0.4, 1, 0.005);
  }

  /** To see that everything runs; its times mean little. */
  static Stopwatch quick(Backend backend) {
    return new Stopwatch(backend, 0.01, 0.02, 0.0005);
  }

  Stats measure(Runnable call) {
    backend.synchronize();
    long calls = 1;
    long start = System.nanoTime();
    double once;
    do {
      once = time(call, calls);
      if (once < sample) {
        calls = once <= 0 ? 10 * calls : (long) Math.ceil(calls * Math.min(10, sample / once));
      }
    } while (once < sample || seconds(start) < warmUp);
    List<Double> samples = new ArrayList<>();
    start = System.nanoTime();
    while (samples.size() < LEAST || (seconds(start) < budget && samples.size() < MOST)) {
      samples.add(time(call, calls) / calls);
    }
    return Stats.of(samples.stream().mapToDouble(Double::doubleValue).toArray(), calls);
  }

  private double time(Runnable call, long calls) {
    long start = System.nanoTime();
    for (long i = 0; i < calls; i++) {
      call.run();
    }
    backend.synchronize();
    return seconds(start);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
