package org.jacana.data;

import java.util.Iterator;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Batches of an {@link ExampleStream}: taken in order by one thread, transformed by any. */
final class StreamWork implements Work {
  private final ExampleStream source;
  private final Assembly assembly;
  private final boolean dropLast;
  private Stream<Example> stream;
  private Iterator<Example> pass;
  private int epoch;
  private long taken;

  StreamWork(ExampleStream source, Assembly assembly, boolean dropLast) {
    this.source = source;
    this.assembly = assembly;
    this.dropLast = dropLast;
  }

  @Override
  public int batches() {
    return -1;
  }

  @Override
  public void start(int to, int first) {
    close();
    epoch = to;
    taken = 0;
    stream = source.pass(to);
    pass = stream.iterator();
    long skip = (long) first * assembly.batch();
    while (taken < skip && hasNext()) {
      example();
    }
  }

  private boolean hasNext() {
    try {
      return pass.hasNext();
    } catch (RuntimeException e) {
      throw failed(taken, e);
    }
  }

  private Example example() {
    try {
      Example e = pass.next();
      taken++;
      return e;
    } catch (RuntimeException e) {
      throw failed(taken, e);
    }
  }

  private IllegalStateException failed(long number, RuntimeException e) {
    return new IllegalStateException(
        "loader: example "
            + number
            + " of epoch "
            + epoch
            + " of "
            + source.name()
            + " failed: "
            + e.getMessage(),
        e);
  }

  @Override
  public boolean take(Batch b, int number) {
    if (b.examples == null) {
      b.examples = new Example[assembly.batch()];
    }
    b.n = 0;
    b.number = number;
    b.epoch = epoch;
    while (b.n < assembly.batch() && hasNext()) {
      b.examples[b.n++] = example();
    }
    return b.n == assembly.batch() || (b.n > 0 && !dropLast);
  }

  @Override
  public void fill(Batch b, BooleanSupplier stop) {
    assembly.draw(b);
    for (int i = 0; i < b.n && !stop.getAsBoolean(); i++) {
      try {
        assembly.example(b, i, b.examples[i]);
      } catch (RuntimeException e) {
        throw failed((long) b.number * assembly.batch() + i, e);
      }
    }
    assembly.mix(b);
  }

  @Override
  public void close() {
    if (stream != null) {
      stream.close();
      stream = null;
    }
  }
}
