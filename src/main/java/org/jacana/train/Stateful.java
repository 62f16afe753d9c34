package org.jacana.train;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jacana.optim.Optimizer;

/** Something whose state is saved with a run. */
interface Stateful {
  /** What must be saved; null for nothing. */
  Optimizer.State state();

  /** Goes on from a saved state; nothing changes when it does not fit. */
  void load(Optimizer.State state);

  static Stateful of(Supplier<Optimizer.State> state, Consumer<Optimizer.State> load) {
    return new Stateful() {
      @Override
      public Optimizer.State state() {
        return state.get();
      }

      @Override
      public void load(Optimizer.State s) {
        load.accept(s);
      }
    };
  }
}
