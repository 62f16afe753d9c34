package org.jacana.cli.bench;

import java.util.function.Function;
import java.util.function.Supplier;
import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.Tensor;

/**
 * Something to be measured.
 *
 * @param name unique among all
 * @param operations multiplications and additions of one call; 0 where memory is the limit
 * @param bytes that one call must at least move; 0 where that says nothing
 * @param precision of its products
 * @param onDevice whether the bytes go through the device's memory alone, and its bandwidth is the
 *     bound
 * @param times how often what is measured happens in one call
 * @param prepare makes inputs in the current scope and on its device
 */
record Work(
    String name,
    double operations,
    double bytes,
    Precision precision,
    boolean onDevice,
    int times,
    Supplier<Call> prepare) {

  /**
   * A call that is ready to run.
   *
   * @param run what is timed; leaves no tensor behind
   * @param wrong looks at the result, untimed, after the last run: what is wrong, or null
   */
  record Call(Runnable run, Supplier<String> wrong) {
    /** A call that makes a tensor. */
    static Call of(Supplier<Tensor> f, Function<Tensor, String> wrong) {
      return new Call(
          () -> f.get().close(),
          () -> {
            try (Scope scope = Scope.open()) {
              return wrong.apply(f.get());
            }
          });
    }
  }

  Work(String name, double operations, double bytes, Supplier<Call> prepare) {
    this(name, operations, bytes, Precision.FP32, true, 1, prepare);
  }

  /** The same at another precision. */
  Work at(Precision other) {
    return new Work(name, operations, bytes, other, onDevice, times, prepare);
  }

  /** The same, where bytes go between host and device and are no part of the device's ceiling. */
  Work fromHost() {
    return new Work(name, operations, bytes, precision, false, times, prepare);
  }

  /** The same, where one call does it n times; operations and bytes are those of one. */
  Work each(int n) {
    return new Work(name, operations, bytes, precision, onDevice, n, prepare);
  }
}
