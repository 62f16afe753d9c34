package org.jacana.cli.bench;

/**
 * One line of the benchmark.
 *
 * @param name of the work
 * @param micros median microseconds
 * @param lowMicros lower quartile
 * @param highMicros upper quartile
 * @param samples number of samples
 * @param gigaflops billion operations a second; 0 where they are not counted
 * @param gigabytes billion bytes a second; 0 where they are not counted
 * @param percent of the measured ceiling; 0 where there is none
 * @param wrong what is wrong with the result; null when it is right
 */
record Result(
    String name,
    double micros,
    double lowMicros,
    double highMicros,
    int samples,
    double gigaflops,
    double gigabytes,
    double percent,
    String wrong) {

  static Result of(Work w, Stats s, Ceilings c, String wrong) {
    double percent = c == null ? 0 : 100 * c.floor(w) / s.median();
    return new Result(
        w.name(),
        s.median() * 1e6,
        s.q1() * 1e6,
        s.q3() * 1e6,
        s.samples(),
        w.operations() / s.median() / 1e9,
        w.bytes() / s.median() / 1e9,
        percent,
        wrong);
  }

  /** Something that could not be measured. */
  static Result failed(Work w, RuntimeException e) {
    return new Result(w.name(), 0, 0, 0, 0, 0, 0, 0, "failed: " + e.getMessage());
  }
}
