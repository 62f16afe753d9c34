package org.jacana.linalg;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** Parameters moved from where they are, and put back exactly when this closes. */
final class Displacement implements AutoCloseable {
  private final List<Tensor> parameters;
  private final List<Tensor> start = new ArrayList<>();

  Displacement(List<Tensor> parameters) {
    this.parameters = List.copyOf(parameters);
    for (Tensor p : parameters) {
      start.add(Scope.release(Autograd.noGrad(() -> p.detach().copy())));
    }
  }

  /** Where they were plus multiples of directions. */
  void move(List<List<Tensor>> directions, double[] by) {
    try (Scope s = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      for (int i = 0; i < parameters.size(); i++) {
        Tensor to = start.get(i);
        for (int k = 0; k < by.length; k++) {
          to = to.add(directions.get(k).get(i).mul(by[k]));
        }
        parameters.get(i).assign(to);
      }
    }
  }

  double value(Supplier<Tensor> loss) {
    try (Scope s = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      return loss.get().item();
    }
  }

  @Override
  public void close() {
    for (int i = 0; i < parameters.size(); i++) {
      parameters.get(i).assign(start.get(i));
      start.get(i).close();
    }
  }
}
