package org.jacana;

import java.util.Locale;
import org.jacana.backend.Backends;

/** Where tensors live and kernels run. */
public record Device(Kind kind, int index) {
  /** The kinds of device. */
  public enum Kind {
    /** Plain Java, every element type; slow and simple. */
    REFERENCE,
    CPU,
    CUDA
  }

  public static final Device REFERENCE = new Device(Kind.REFERENCE, 0);
  public static final Device CPU = new Device(Kind.CPU, 0);

  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  /** The fastest device that can be used here. */
  public static Device best() {
    return Backends.whyCudaIsNotBest() == null ? cuda(0) : CPU;
  }

  /** One line: what {@link #best} chose, and why not the others. */
  public static String choice() {
    String reason = Backends.whyCudaIsNotBest();
    return best()
        + " ("
        + Backends.of(best()).description()
        + (reason == null ? "" : "; no cuda: " + reason)
        + ")";
  }

  /** How many threads the CPU's kernels use. */
  public static int threads() {
    return Backends.of(CPU).threads();
  }

  /**
   * Bounds the threads of the CPU's kernels, for the whole process.
   *
   * @throws IllegalArgumentException if n is outside 1 to 1024
   */
  public static void threads(int n) {
    Backends.of(CPU).threads(n);
  }

  /**
   * Asks every device for the same bits in every run. The CPU's results never depend on chance, nor
   * on the number of threads, whether this is asked for or not.
   */
  public static void deterministic(boolean on) {
    Backends.of(best()).deterministic(on);
  }

  @Override
  public String toString() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    return kind == Kind.CUDA ? name + ":" + index : name;
  }
}
