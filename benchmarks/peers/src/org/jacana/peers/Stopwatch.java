package org.jacana.peers;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Times a job: samples of as many calls as make a sample long enough to be timed. */
final class Stopwatch {
  private static final double SAMPLE = 0.003;
  private static final int LEAST = 3;
  private static final int MOST = 1000;

  private final LongSupplier clock;

  /**
   * By the wall clock, or by the CPU time of the calling thread, which other processes hardly
   * change and which is all of the time where a framework has one thread.
   */
  Stopwatch(boolean cpuTime) {
    clock =
        cpuTime ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime : System::nanoTime;
  }

  /**
   * What a turn took.
   *
   * @param median seconds of one call
   * @param q1 a quarter of the samples took less
   * @param q3 a quarter of the samples took more
   * @param samples their number
   * @param calls in each sample
   */
  record Turn(double median, double q1, double q3, int samples, long calls) {}

  /**
   * One turn.
   *
   * @param warmUp seconds of calls before the first sample
   * @param budget seconds of samples; 0 for a single call without a warm-up
   */
  Turn measure(Job job, double warmUp, double budget) throws Exception {
    if (budget == 0) {
      double s = time(job, 1);
      return new Turn(s, s, s, 1, 1);
    }
    try (AutoCloseable mode = job.mode()) {
      long calls = 1;
      long start = System.nanoTime();
      double worked = 0;
      double once;
      do {
        once = time(job, calls);
        worked += once;
        if (once < SAMPLE) {
          calls = (long) Math.ceil(calls * Math.min(10, SAMPLE / Math.max(once, 1e-9)));
        }
      } while (once < SAMPLE || seconds(start) < warmUp || worked < warmUp / 3);
      List<Double> samples = new ArrayList<>();
      start = System.nanoTime();
      while (samples.size() < LEAST || (seconds(start) < budget && samples.size() < MOST)) {
        samples.add(time(job, calls) / calls);
      }
      double[] s = samples.stream().mapToDouble(Double::doubleValue).toArray();
      return new Turn(
          Quantiles.of(s, 0.5), Quantiles.of(s, 0.25), Quantiles.of(s, 0.75), s.length, calls);
    }
  }

  private double time(Job job, long calls) {
    job.between();
    long start = clock.getAsLong();
    for (long i = 0; i < calls; i++) {
      job.run();
    }
    return (clock.getAsLong() - start) / 1e9;
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
