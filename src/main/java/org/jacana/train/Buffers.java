package org.jacana.train;

import java.util.ArrayList;
import java.util.List;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.Module;

/**
 * Tensors, such as a model's running statistics, whose values are put back on {@link #close}. That
 * needs no memory, so that it works when there is none left.
 */
final class Buffers implements AutoCloseable {
  private final List<Tensor> tensors;
  private final List<Tensor> copies = new ArrayList<>();

  Buffers(Module model) {
    this(List.copyOf(model.namedBuffers().values()));
  }

  Buffers(List<Tensor> tensors) {
    this.tensors = tensors;
    try {
      Autograd.noGrad(() -> tensors.forEach(t -> copies.add(Scope.release(t.copy()))));
    } catch (RuntimeException | Error e) {
      copies.forEach(Tensor::close);
      throw e;
    }
  }

  @Override
  public void close() {
    for (int i = 0; i < copies.size(); i++) {
      try (Tensor old = copies.get(i)) {
        tensors.get(i).assign(old);
      }
    }
  }
}
