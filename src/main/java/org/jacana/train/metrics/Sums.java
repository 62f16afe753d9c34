package org.jacana.train.metrics;

import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.op.Indexing;

/** Float64 sums on the device of the first batch; owns their memory. */
final class Sums implements AutoCloseable {
  private final String metric;
  private final int size;
  private Tensor sums;
  private boolean closed;

  Sums(String metric, int size) {
    this.metric = metric;
    this.size = size;
  }

  /** The sums, made at the first call; F64 [size]. */
  Tensor on(Device device) {
    requireOpen();
    if (sums == null) {
      try (Scope s = Scope.open(device)) {
        Tensor zeros = Tensor.zeros(DType.F64, size);
        if (zeros.backend().capturing()) {
          throw new IllegalStateException(
              metric + ": its sums do not exist yet; update it once before the step is recorded");
        }
        sums = Scope.release(zeros);
      }
    }
    if (!sums.device().equals(device)) {
      throw new IllegalArgumentException(
          metric
              + ": the batch is on "
              + device
              + " but earlier ones were on "
              + sums.device()
              + "; move it with to(...) or use a metric for each device");
    }
    return sums;
  }

  /** Adds to the sums, F64 [size]. */
  void add(Tensor change) {
    Tensor here = on(change.device());
    try (Scope s = Scope.open(change.device())) {
      here.assign(here.add(change));
    }
  }

  /** Adds values at places, with those that many places name added up; both [n], F64 and I32. */
  void add(Tensor places, Tensor values) {
    on(values.device());
    try (Scope s = Scope.open(values.device())) {
      add(Indexing.scatterAdd(Shape.of(size), 0, places, values));
    }
  }

  /**
   * The sums on the host.
   *
   * @throws IllegalStateException if there was no batch
   */
  double[] read() {
    requireOpen();
    if (sums == null) {
      throw none(metric);
    }
    return sums.doubles();
  }

  static IllegalStateException none(String metric) {
    return new IllegalStateException(
        metric + ": no example since the last reset; call update first");
  }

  /** Sets all to 0, in place. */
  void reset() {
    requireOpen();
    if (sums != null) {
      sums.write(new double[size]);
    }
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException(metric + ": it is closed");
    }
  }

  @Override
  public void close() {
    closed = true;
    if (sums != null) {
      sums.close();
      sums = null;
    }
  }
}
