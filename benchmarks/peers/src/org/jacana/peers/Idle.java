package org.jacana.peers;

import java.util.List;

/** Makes sure that only one worker computes at a time, and keeps count of what the others used. */
final class Idle {
  private static final double STEP = 0.05;
  private static final int MOST_STEPS = 60;

  private double waiting;
  private double busy;

  /** Waits until no worker uses the CPU, such as threads that spin for a while after work. */
  void settle(List<WorkerProcess> workers) throws InterruptedException {
    double before = sum(workers, null);
    for (int i = 0; i < MOST_STEPS; i++) {
      Thread.sleep((long) (1000 * STEP));
      double now = sum(workers, null);
      if (now - before < 0.2 * STEP) {
        return;
      }
      before = now;
    }
  }

  static double sum(List<WorkerProcess> workers, WorkerProcess but) {
    return workers.stream().filter(w -> w != but).mapToDouble(WorkerProcess::cpuSeconds).sum();
  }

  /** A turn in which the idle workers used some of the CPU. */
  void add(double seconds, double usedByOthers) {
    waiting += seconds;
    busy += usedByOthers;
  }

  /** CPU time of the idle workers, as a part of the time of the turns. */
  double share() {
    return waiting == 0 ? 0 : busy / waiting;
  }
}
