package org.jacana.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;

/** Batches of a {@link Dataset}. */
final class IndexedWork implements Work {
  private final Dataset data;
  private final Assembly assembly;
  private final Sampler sampler;
  private final int[] order;
  private final int end;
  private int epoch = -1;

  IndexedWork(Dataset data, Assembly assembly, Sampler sampler, boolean dropLast) {
    this.data = data;
    this.assembly = assembly;
    this.sampler = sampler;
    order = new int[sampler.length()];
    end = dropLast ? order.length - order.length % assembly.batch() : order.length;
  }

  @Override
  public int batches() {
    return (end + assembly.batch() - 1) / assembly.batch();
  }

  @Override
  public void start(int to, int first) {
    if (to == epoch) {
      return;
    }
    epoch = -1;
    sampler.order(to, order);
    for (int i : order) {
      if (i < 0 || i >= data.count()) {
        throw new IllegalArgumentException(
            "loader: the sampler gave example "
                + i
                + " of the "
                + data.count()
                + " of "
                + data.name());
      }
    }
    epoch = to;
  }

  @Override
  public boolean take(Batch b, int number) {
    int from = number * assembly.batch();
    b.n = Math.min(assembly.batch(), end - from);
    if (b.n <= 0) {
      return false;
    }
    b.number = number;
    b.epoch = epoch;
    System.arraycopy(order, from, b.indices, 0, b.n);
    return true;
  }

  @Override
  public void fill(Batch b, BooleanSupplier stop) {
    assembly.draw(b);
    for (int i = 0; i < b.n && !stop.getAsBoolean(); i++) {
      try {
        assembly.example(b, i, data);
      } catch (IOException e) {
        throw new UncheckedIOException(failed(b, i, e), e);
      } catch (RuntimeException e) {
        throw new IllegalStateException(failed(b, i, e), e);
      }
    }
    assembly.mix(b);
  }

  private String failed(Batch b, int i, Exception e) {
    return "loader: reading "
        + data.example(b.indices[i])
        + " for batch "
        + b.number
        + " of epoch "
        + b.epoch
        + " failed: "
        + e.getMessage();
  }
}
