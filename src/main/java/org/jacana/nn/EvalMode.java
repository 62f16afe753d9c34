package org.jacana.nn;

import java.util.IdentityHashMap;
import java.util.Map;

/** A model in eval mode until closed; then each module is in the mode it was in before. */
final class EvalMode implements AutoCloseable {
  private final Map<Module, Boolean> before = new IdentityHashMap<>();

  EvalMode(Module model) {
    model.namedModules().values().forEach(m -> before.put(m, m.isTraining()));
    model.eval();
  }

  @Override
  public void close() {
    before.forEach(Module::train);
  }
}
