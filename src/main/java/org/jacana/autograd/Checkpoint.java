package org.jacana.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.backend.View;
import org.jacana.op.Batching;
import org.jacana.op.Op;

/**
 * A function that is run without saving anything and run again for its gradient (Chen et al. 2016,
 * "Training Deep Nets with Sublinear Memory Cost"). Its inputs are the arguments, then whatever
 * tracked the function uses besides.
 */
final class Checkpoint extends Op {
  private record Draws(Generator generator, long seed, long offset) {
    static Draws of(Generator g) {
      return new Draws(g, g.seed(), g.offset());
    }

    void restore() {
      generator.reset(seed, offset);
    }
  }

  private final Function<List<Tensor>, Tensor> f;
  private final int arguments;
  private final List<Draws> draws;
  private final Shape shape;

  private Checkpoint(
      Function<List<Tensor>, Tensor> f, int arguments, List<Draws> draws, Shape shape) {
    this.f = f;
    this.arguments = arguments;
    this.draws = draws;
    this.shape = shape;
  }

  static Tensor run(Function<List<Tensor>, Tensor> f, List<Tensor> xs, Generator... generators) {
    if (xs.isEmpty()) {
      throw new IllegalArgumentException("checkpoint: needs at least one argument");
    }
    for (int i = 0; i < xs.size(); i++) {
      xs.get(i).requireOpen("checkpoint", i);
    }
    Batching.refuse("checkpoint");
    boolean record = Autograd.recording();
    List<Draws> draws = new ArrayList<>();
    draws.add(Draws.of(Generator.standard()));
    for (Generator g : generators) {
      draws.add(Draws.of(g));
    }
    try (Scope scope = Scope.open(xs.get(0).device());
        Watch.Captured captured = new Watch.Captured();
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor y = f.apply(xs.stream().map(Tensor::detach).toList());
      if (y == null) {
        throw new IllegalArgumentException("checkpoint: the function returned null");
      }
      y.requireOpen("checkpoint: the function's result", 0);
      captured.saw(y);
      captured.stop();
      Tensor out = y.detach();
      List<Tensor> in = new ArrayList<>(xs);
      in.addAll(captured.tensors());
      if (record && out.dtype().isFloat() && in.stream().anyMatch(Tensor::requiresGrad)) {
        Op op = new Checkpoint(f, xs.size(), draws, out.shape());
        Node.record(op, in.toArray(Tensor[]::new), out);
      }
      return scope.keep(out);
    }
  }

  @Override
  public String name() {
    return "checkpoint";
  }

  @Override
  protected Shape infer(Tensor[] in) {
    return shape;
  }

  @Override
  protected void run(Backend backend, View out, View[] in) {
    throw new IllegalStateException("checkpoint: is recorded, never run");
  }

  @Override
  public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    boolean higher = Autograd.recording();
    try (Scope scope = Scope.open(in[0].device());
        Autograd.Mode on = Autograd.enableGrad()) {
      Tensor[] from = in.clone();
      for (int i = 0; i < arguments; i++) {
        from[i] = in[i].dtype().isFloat() ? Border.argument(in[i], higher) : in[i].detach();
      }
      Tensor y = again(List.of(from).subList(0, arguments));
      if (!y.shape().equals(shape)) {
        throw new IllegalStateException(
            "checkpoint: run again, the function gave "
                + y.shape()
                + " instead of "
                + shape
                + "; it must depend on its arguments and unchanged variables alone");
      }
      List<Tensor> targets = new ArrayList<>();
      for (int i = 0; i < in.length; i++) {
        if (needs[i]) {
          targets.add(from[i]);
        }
      }
      List<Tensor> found = Autograd.partial(y, g, targets, higher);
      Tensor[] gs = new Tensor[in.length];
      int k = 0;
      for (int i = 0; i < in.length; i++) {
        gs[i] = needs[i] ? scope.keep(found.get(k++)) : null;
      }
      return gs;
    }
  }

  private Tensor again(List<Tensor> xs) {
    List<Draws> now = draws.stream().map(d -> Draws.of(d.generator)).toList();
    draws.forEach(Draws::restore);
    try {
      return f.apply(xs);
    } finally {
      now.forEach(Draws::restore);
    }
  }
}
