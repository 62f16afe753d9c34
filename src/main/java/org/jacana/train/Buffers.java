package org.jacana.train;

import java.util.ArrayList;
import java.util.List;
import org.jacana.Tensor;
import org.jacana.nn.Module;

/** A model's buffers, such as running statistics, which are put back on {@link #close}. */
final class Buffers implements AutoCloseable {
  private final List<Tensor> tensors;
  private final List<double[]> values = new ArrayList<>();

  Buffers(Module model) {
    tensors = List.copyOf(model.namedBuffers().values());
    tensors.forEach(t -> values.add(t.doubles()));
  }

  @Override
  public void close() {
    for (int i = 0; i < values.size(); i++) {
      Tensor t = tensors.get(i);
      try (Tensor old = Tensor.of(values.get(i), t.shape().dims())) {
        t.assign(old);
      }
    }
  }
}
