package org.jacana.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How much of the machine other processes use: times beside them say little. */
final class Neighbours {
  /** Linux counts its CPU time in hundredths of a second, whatever the kernel's own clock is. */
  private static final double TICK = 0.01;

  private static final Path STAT = Path.of("/proc/stat");

  private final List<WorkerProcess> workers;
  private final ProcessHandle self = ProcessHandle.current();
  private double used;
  private double own;
  private long since;
  private double taken;
  private double seconds;

  Neighbours(List<WorkerProcess> workers) {
    this.workers = workers;
  }

  void start() throws IOException {
    used = all();
    own = ours();
    since = System.nanoTime();
  }

  void stop() throws IOException {
    taken += Math.max(0, all() - used - (ours() - own));
    seconds += (System.nanoTime() - since) / 1e9;
  }

  /** Cores that others used between starts and stops; -1 where the system does not tell. */
  double cores() {
    return seconds == 0 || !Files.isReadable(STAT) ? -1 : taken / seconds;
  }

  private double ours() {
    double nanos = self.info().totalCpuDuration().map(d -> (double) d.toNanos()).orElse(0.0);
    return nanos / TimeUnit.SECONDS.toNanos(1) + Idle.sum(workers, null);
  }

  /** Seconds of CPU time of everything, also of what the host gave to other machines. */
  private static double all() throws IOException {
    if (!Files.isReadable(STAT)) {
      return 0;
    }
    // cpu user nice system idle iowait irq softirq steal
    String[] f = Files.readString(STAT).split("\n", 2)[0].trim().split("\\s+");
    double ticks = 0;
    for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
      ticks += Double.parseDouble(f[i]);
    }
    return ticks * TICK;
  }
}
