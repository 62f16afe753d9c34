package org.jacana.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Anomaly;
import org.jacana.autograd.Autograd;
import org.jacana.data.Loader;
import org.jacana.io.ModuleState;
import org.jacana.nn.Module;

/**
 * Finds the operation that made the first NaN or infinity: keeps the weights as they were before
 * each of the last two steps, and runs the bad one again looking at every result. Both steps,
 * because a step with a bad gradient shows in the loss of the next one.
 */
final class Tracing implements AutoCloseable {
  /** What a step began with. */
  private static final class Before implements AutoCloseable {
    private final List<Tensor> copies = new ArrayList<>();
    private final Map<Generator, Long> offsets = new LinkedHashMap<>();
    private int epoch = -1;
    private int batch;
    private int batches;
    private int examples;

    @Override
    public void close() {
      copies.forEach(Tensor::close);
      copies.clear();
    }
  }

  private final Module model;
  private final TrainStep train;
  private final Loader loader;
  private final List<Tensor> tensors;
  private Before now = new Before();
  private Before last = new Before();

  Tracing(Module model, TrainStep train, Loader loader) {
    this.model = model;
    this.train = train;
    this.loader = loader;
    tensors = List.copyOf(ModuleState.tensors(model).values());
  }

  /** Before the step that takes the batches from a place on. */
  void before(int epoch, int batch) {
    Before b = last;
    last = now;
    now = b;
    b.epoch = epoch;
    b.batch = batch;
    b.offsets.clear();
    generators().forEach(g -> b.offsets.put(g, g.offset()));
    try (Autograd.Mode off = Autograd.noGrad()) {
      for (int i = 0; i < tensors.size(); i++) {
        if (i < b.copies.size()) {
          b.copies.get(i).assign(tensors.get(i));
        } else {
          try (Scope scope = Scope.open(tensors.get(i).device())) {
            b.copies.add(Scope.release(tensors.get(i).detach().copy()));
          }
        }
      }
    }
  }

  /** After that step. */
  void after(int batches, int examples) {
    now.batches = batches;
    now.examples = examples;
  }

  private List<Generator> generators() {
    List<Generator> all = new ArrayList<>(model.namedGenerators().values());
    all.add(Generator.standard());
    return all;
  }

  /** The same failure with the operation that it began with. */
  DivergedException explain(DivergedException e) {
    try {
      if (last.epoch >= 0) {
        again(last);
      }
      again(now);
    } catch (Anomaly a) {
      return new DivergedException(e, "it began here: " + a.getMessage(), a);
    }
    return new DivergedException(
        e, "no operation of the step made a NaN or infinity: the update of the weights did", null);
  }

  private void again(Before b) {
    for (int i = 0; i < tensors.size(); i++) {
      tensors.get(i).assign(b.copies.get(i));
    }
    b.offsets.forEach((g, offset) -> g.reset(g.seed(), offset));
    loader.start(b.epoch, b.batch);
    try (Autograd.Mode on = Autograd.detectAnomaly()) {
      train.trace(b.batches, b.examples);
    }
  }

  @Override
  public void close() {
    now.close();
    last.close();
  }
}
