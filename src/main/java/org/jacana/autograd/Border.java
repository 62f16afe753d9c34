package org.jacana.autograd;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.backend.View;
import org.jacana.op.Op;

/** The marks that a transform sets in the graph, at its arguments and at its results. */
final class Border extends Op {
  private final boolean open;
  private final int inputs;

  Border(boolean open, int inputs) {
    this.open = open;
    this.inputs = inputs;
  }

  /**
   * Another handle of x with a node of its own, to differentiate with respect to. It is not a leaf,
   * so {@code backward} never leaves a gradient at it.
   *
   * @param connected whether derivatives flow on to x
   */
  static Tensor argument(Tensor x, boolean connected) {
    Tensor out = x.apart();
    Node.record(new Border(true, 1), new Tensor[] {connected ? x : out}, out);
    return out;
  }

  /**
   * A constant result of tracked arguments. It stays tracked, with derivatives of zero: the Hessian
   * of a linear function is zero, not an error.
   */
  static Tensor constant(Tensor value, List<Tensor> arguments) {
    Tensor out = value.apart();
    Node.record(new Border(false, arguments.size()), arguments.toArray(Tensor[]::new), out);
    return out;
  }

  /** Whether the graph behind y starts anywhere else than at these arguments. */
  static boolean foreign(Tensor y, List<Tensor> arguments) {
    if (y.node() == null) {
      return false;
    }
    Set<Node> seen = new HashSet<>();
    arguments.forEach(a -> seen.add(a.node()));
    ArrayDeque<Node> todo = new ArrayDeque<>(List.of(y.node()));
    while (!todo.isEmpty()) {
      Node n = todo.poll();
      if (!seen.add(n)) {
        continue;
      }
      boolean root = true;
      for (Node p : n.parents) {
        if (p != null) {
          root = false;
          todo.add(p);
        }
      }
      if (root) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String name() {
    return open ? "argument" : "constant";
  }

  @Override
  protected Shape infer(Tensor[] in) {
    return in[0].shape();
  }

  @Override
  protected void run(Backend backend, View out, View[] in) {
    throw new IllegalStateException(name() + ": is recorded, never run");
  }

  @Override
  public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    return open ? new Tensor[] {g} : new Tensor[inputs];
  }

  @Override
  public boolean keepsInput(int i) {
    return false;
  }
}
