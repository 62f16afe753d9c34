package org.jacana.train;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.data.Loader;

/** Batches that the loader makes on the host, copied to the device. */
final class HostFeed implements Feed {
  private final Loader loader;
  private final Device device;
  private org.jacana.data.Batch now;

  HostFeed(Loader loader, Device device) {
    this.loader = loader;
    this.device = device;
  }

  @Override
  public int next() {
    now = loader.next();
    return now == null ? 0 : now.size();
  }

  @Override
  public Batch batch(int n) {
    return new Batch(now.x(n), now.y(n));
  }

  @Override
  public Slot slot(int n) {
    Shape y = loader.valuesShape();
    try (Scope scope = Scope.open(device)) {
      Tensor input = Tensor.zeros(loader.inputShape().insert(0, n).dims());
      Tensor target = y == null ? Tensor.zeros(DType.I32, n) : Tensor.zeros(y.insert(0, n).dims());
      return new Slot(Scope.release(input), Scope.release(target));
    }
  }

  @Override
  public void fill(Slot slot) {
    write(slot.tensors()[0], now.input());
    Tensor target = slot.tensors()[1];
    if (target.dtype() == DType.I32) {
      int[] all = now.labels();
      int n = (int) target.size();
      target.write(all.length == n ? all : Arrays.copyOf(all, n));
    } else {
      write(target, now.values());
    }
  }

  private static void write(Tensor to, float[] all) {
    int n = (int) to.size();
    to.write(all.length == n ? all : Arrays.copyOf(all, n));
  }

  @Override
  public Batch batch(Slot slot) {
    return new Batch(slot.tensors()[0], slot.tensors()[1]);
  }

  @Override
  public void close() {}
}
