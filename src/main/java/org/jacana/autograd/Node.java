package org.jacana.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jacana.Profiler;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.op.Op;

/**
 * One recorded operation, or a leaf (no operation). Owns handles to the inputs and output that its
 * rule reads; they are closed when the rule has run for the last time, or with the scope.
 */
public final class Node {
  private static final AtomicLong COUNT = new AtomicLong();

  /** Later nodes have larger numbers, so descending numbers are a reverse topological order. */
  final long number = COUNT.incrementAndGet();

  final Op op;
  final Node[] parents;
  final Tensor leaf;
  private final Tensor[] inputs;
  private final int[] versions;
  private Tensor output;
  private int outputVersion;
  private boolean released;
  private List<UnaryOperator<Tensor>> hooks;
  private Scope scope;

  /** Known only while anomalies are looked for. */
  Anomaly.Origin origin;

  private Node(Op op, Node[] parents, Tensor leaf, Tensor[] inputs, int[] versions) {
    this.op = op;
    this.parents = parents;
    this.leaf = leaf;
    this.inputs = inputs;
    this.versions = versions;
  }

  /** The node of a tensor that asks for gradients itself. */
  public static Node leaf(Tensor t) {
    return new Node(null, new Node[0], t, new Tensor[0], new int[0]);
  }

  /** Marks a tensor as tracked from here on, with nothing before it. */
  public static void root(Tensor out) {
    record(new Border(true, 0), new Tensor[0], out);
  }

  /** Records an operation; the output's node is set here. */
  public static void record(Op op, Tensor[] in, Tensor out) {
    Node[] parents = new Node[in.length];
    Tensor[] saved = new Tensor[in.length];
    int[] versions = new int[in.length];
    for (int i = 0; i < in.length; i++) {
      parents[i] = in[i].node();
      if (op.keepsInput(i)) {
        saved[i] = in[i].alias();
        versions[i] = in[i].version();
      }
    }
    Node node = new Node(op, parents, null, saved, versions);
    out.record(node);
    if (op.keepsOutput()) {
      // The saved handle points back at this node, or second derivatives would miss it.
      node.output = out.alias();
      node.outputVersion = out.version();
    }
    if (Watch.on()) {
      node.origin = Watch.origin(in);
    }
    Scope.adopt(node);
  }

  /** The number of the newest node. */
  static long latest() {
    return COUNT.get();
  }

  public boolean isLeaf() {
    return op == null;
  }

  public String name() {
    return op == null ? "leaf" : op.name();
  }

  public Scope scope() {
    return scope;
  }

  public void scope(Scope s) {
    scope = s;
  }

  public Node[] parents() {
    return parents;
  }

  void addHook(UnaryOperator<Tensor> hook) {
    if (hooks == null) {
      hooks = new ArrayList<>();
    }
    hooks.add(hook);
  }

  Tensor hooked(Tensor g) {
    if (hooks != null) {
      for (UnaryOperator<Tensor> h : hooks) {
        Tensor r = h.apply(g);
        if (r != null) {
          if (!r.shape().equals(g.shape())) {
            throw new IllegalArgumentException(
                "hook: must return a gradient of shape " + g.shape() + ", got " + r.shape());
          }
          // The sweep closes gradients it has used; what the hook returned may be the user's.
          g = r == g ? g : r.reshape(r.shape());
        }
      }
    }
    return g;
  }

  /** Runs the rule. */
  Tensor[] pull(Tensor g, boolean[] needs) {
    requireInputs();
    if (!Profiler.on()) {
      return rule(g, needs);
    }
    try (Profiler.Span span = Profiler.span("gradient of " + name())) {
      return rule(g, needs);
    }
  }

  /** Adds the gradient of input i to sum, if the operation can. */
  boolean pullOnto(Tensor sum, int i, Tensor g) {
    if (Watch.on()) {
      return false;
    }
    requireInputs();
    if (!Profiler.on()) {
      return op.addGradient(i, inputs, g, sum);
    }
    try (Profiler.Span span = Profiler.span("gradient of " + name())) {
      return op.addGradient(i, inputs, g, sum);
    }
  }

  private void requireInputs() {
    if (released) {
      throw new IllegalStateException(
          "grad: the graph through '"
              + name()
              + "' was already freed; pass retainGraph or createGraph to the first call, or keep"
              + " its scope open");
    }
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] != null && inputs[i].version() != versions[i]) {
        throw new IllegalStateException(
            name() + ": input " + i + " was changed in place after it was recorded");
      }
    }
    if (output != null && output.version() != outputVersion) {
      throw new IllegalStateException(
          name() + ": the output was changed in place after it was recorded");
    }
  }

  private Tensor[] rule(Tensor g, boolean[] needs) {
    return Watch.on()
        ? Watch.pull(this, g, () -> op.vjp(inputs, output, g, needs))
        : op.vjp(inputs, output, g, needs);
  }

  /** Closes the saved handles. */
  public void release() {
    if (released || isLeaf()) {
      return;
    }
    released = true;
    for (Tensor t : inputs) {
      if (t != null) {
        t.close();
      }
    }
    if (output != null) {
      output.close();
    }
    op.release();
  }
}
