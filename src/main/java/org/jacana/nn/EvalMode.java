package org.jacana.nn;

import java.util.List;

/** A model in eval mode until closed; then each module is in the mode it was in before. */
public final class EvalMode implements AutoCloseable {
  private record Mode(Module module, boolean training) {}

  /** Outer modules first, because a module's mode is set for all inside it too. */
  private final List<Mode> before;

  public EvalMode(Module model) {
    before = model.namedModules().values().stream().map(m -> new Mode(m, m.isTraining())).toList();
    model.eval();
  }

  @Override
  public void close() {
    before.forEach(mode -> mode.module().train(mode.training()));
  }
}
