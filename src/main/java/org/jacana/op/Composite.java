package org.jacana.op;

import java.util.function.Supplier;
import org.jacana.Scope;
import org.jacana.Tensor;

/** Runs compositions of operations. */
final class Composite {
  private Composite() {}

  /** Runs {@code f} in a scope of its own on x's device and returns its result, kept. */
  static Tensor on(Tensor x, Supplier<Tensor> f) {
    try (Scope s = Scope.open(x.device())) {
      return s.keep(f.get());
    }
  }
}
