package org.jacana.autograd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jacana.Profiler;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.op.Batching;
import org.jacana.op.Binary;

/**
 * Reverse-mode differentiation of recorded operations. Rules are themselves tensor operations, so a
 * gradient taken with {@code createGraph} can be differentiated again, to any order.
 */
public final class Autograd {
  private static final ThreadLocal<boolean[]> RECORDING =
      ThreadLocal.withInitial(() -> new boolean[] {true});

  private Autograd() {}

  /** Whether operations on tracked tensors are recorded in this thread. */
  public static boolean recording() {
    return RECORDING.get()[0];
  }

  /** Restores the recording mode that was in force before. */
  public interface Mode extends AutoCloseable {
    @Override
    void close();
  }

  private static Mode mode(boolean on) {
    boolean[] flag = RECORDING.get();
    boolean was = flag[0];
    flag[0] = on;
    return () -> flag[0] = was;
  }

  /** Stops recording until closed: {@code try (var off = Autograd.noGrad()) {...}}. */
  public static Mode noGrad() {
    return mode(false);
  }

  /** Records again, inside {@link #noGrad}. */
  public static Mode enableGrad() {
    return mode(true);
  }

  /** Runs {@code f} without recording. */
  public static <T> T noGrad(Supplier<T> f) {
    try (Mode off = noGrad()) {
      return f.get();
    }
  }

  /** Runs {@code f} without recording. */
  public static void noGrad(Runnable f) {
    try (Mode off = noGrad()) {
      f.run();
    }
  }

  /**
   * The gradient of a scalar with respect to one tensor; the graph is freed.
   *
   * @throws IllegalArgumentException if y is not a scalar, not tracked, or does not depend on x
   */
  public static Tensor grad(Tensor y, Tensor x) {
    return grad(y, List.of(x)).get(0);
  }

  /** The gradients of a scalar; the graph is freed. */
  public static List<Tensor> grad(Tensor y, List<Tensor> xs) {
    return grad(y, xs, false);
  }

  /** The gradients of a scalar; with {@code createGraph} they can be differentiated again. */
  public static List<Tensor> grad(Tensor y, List<Tensor> xs, boolean createGraph) {
    return grad(y, null, xs, createGraph, createGraph, false);
  }

  /**
   * The vector-Jacobian products seed * dy/dx.
   *
   * @param seed weights of y's elements, of y's shape; null for a y of one element means 1
   * @param createGraph record the sweep, so that results can be differentiated (keeps the graph)
   * @param retainGraph keep the graph for another sweep
   * @param zeroUnused give zeros for an x that y does not depend on, instead of throwing
   * @throws IllegalArgumentException if y or an x is not tracked, the seed's shape is not y's, or
   *     an x is unused
   * @throws IllegalStateException if the graph was freed, or a recorded input was changed in place
   */
  public static List<Tensor> grad(
      Tensor y,
      Tensor seed,
      List<Tensor> xs,
      boolean createGraph,
      boolean retainGraph,
      boolean zeroUnused) {
    return grad(y, seed, xs, createGraph, retainGraph, zeroUnused, false);
  }

  /**
   * Partial derivatives: no x counts as a function of another one, and the graph behind the xs is
   * left as it is. Zeros for those that y does not depend on.
   */
  static List<Tensor> partial(Tensor y, Tensor seed, List<Tensor> xs, boolean createGraph) {
    return grad(y, seed, xs, createGraph, createGraph, true, true);
  }

  private static List<Tensor> grad(
      Tensor y,
      Tensor seed,
      List<Tensor> xs,
      boolean createGraph,
      boolean retainGraph,
      boolean zeroUnused,
      boolean partial) {
    y.requireOpen("grad", 0);
    for (int i = 0; i < xs.size(); i++) {
      if (xs.get(i).node() == null) {
        throw new IllegalArgumentException(
            "grad: x["
                + i
                + "] "
                + xs.get(i).shape()
                + " is not tracked; call requiresGrad(true) on it before it is used");
      }
    }
    if (y.node() == null) {
      if (zeroUnused) {
        List<Tensor> zeros = new ArrayList<>();
        xs.forEach(x -> zeros.add(x.zerosLike()));
        return zeros;
      }
      throw new IllegalArgumentException(
          "grad: y "
              + y.shape()
              + " was computed from nothing that requires a gradient, or inside noGrad");
    }
    Set<Node> targets = new HashSet<>();
    xs.forEach(x -> targets.add(x.node()));
    Map<Node, Tensor> found = new HashMap<>();
    try (Scope sweep = Scope.open();
        Mode mode = mode(createGraph);
        Profiler.Span span = Profiler.span("grad")) {
      new Sweep(targets, found, createGraph || retainGraph, partial).run(y, seed);
      List<Tensor> out = new ArrayList<>();
      for (int i = 0; i < xs.size(); i++) {
        Tensor g = found.get(xs.get(i).node());
        if (g == null) {
          if (!zeroUnused) {
            throw new IllegalArgumentException(
                "grad: y does not depend on x["
                    + i
                    + "] "
                    + xs.get(i).shape()
                    + "; leave it out, or ask for zeros with zeroUnused");
          }
          g = xs.get(i).zerosLike();
        }
        // The same tensor may be asked for twice; each result gets its own handle.
        Tensor result = out.contains(g) ? Sweep.own(g) : g;
        out.add(sweep.keep(result));
      }
      return out;
    }
  }

  /**
   * Adds dy/dx to the {@code grad()} of every leaf x that y depends on; the graph is freed.
   *
   * @param y a tensor of one element
   */
  public static void backward(Tensor y) {
    Batching.refuse("backward");
    y.requireOpen("backward", 0);
    if (y.node() == null) {
      throw new IllegalArgumentException(
          "backward: y "
              + y.shape()
              + " was computed from nothing that requires a gradient, or inside noGrad");
    }
    Set<Node> leaves = new HashSet<>();
    Set<Node> seen = new HashSet<>();
    ArrayDeque<Node> todo = new ArrayDeque<>(List.of(y.node()));
    while (!todo.isEmpty()) {
      Node n = todo.poll();
      if (!seen.add(n)) {
        continue;
      }
      if (n.isLeaf()) {
        leaves.add(n);
      }
      for (Node p : n.parents) {
        if (p != null) {
          todo.add(p);
        }
      }
    }
    Map<Node, Tensor> found = new HashMap<>();
    try (Scope sweep = Scope.open();
        Mode mode = mode(false);
        Profiler.Span span = Profiler.span("backward")) {
      new Sweep(leaves, found, false, false).run(y, null);
      for (Map.Entry<Node, Tensor> e : found.entrySet()) {
        e.getKey().leaf.accumulateGrad(e.getValue());
      }
    }
  }

  /**
   * Looks for the first NaN or infinity that an operation of this thread, or the gradient of one,
   * makes, until closed: {@code try (var on = Autograd.detectAnomaly()) {...}}. It is thrown as an
   * {@link Anomaly} with the operation, its shapes, the layer and the line of the caller's code.
   * Slow: every result is read.
   */
  public static Mode detectAnomaly() {
    return Watch.anomalies(true);
  }

  /**
   * As {@link #detectAnomaly()}.
   *
   * @param infinities whether infinities are looked for too, or NaN alone
   */
  public static Mode detectAnomaly(boolean infinities) {
    return Watch.anomalies(infinities);
  }

  /**
   * Names the operations of this thread for {@link #detectAnomaly}, until closed; labels inside
   * labels are joined by dots. Does nothing while nobody looks for anomalies.
   *
   * @param name null for none
   */
  public static Mode label(String name) {
    return Watch.label(name);
  }

  /** Calls {@code hook} with the gradient of {@code t} when it is complete; it may replace it. */
  public static void hook(Tensor t, UnaryOperator<Tensor> hook) {
    if (t.node() == null) {
      throw new IllegalArgumentException(
          "hook: the tensor is not tracked; call requiresGrad(true) on it first");
    }
    t.node().addHook(hook);
  }

  /** One walk from y towards the targets. */
  private record Sweep(Set<Node> targets, Map<Node, Tensor> found, boolean keep, boolean partial) {
    private static final Node[] NONE = {};

    void run(Tensor y, Tensor seed) {
      if (seed == null) {
        if (y.size() != 1) {
          throw new IllegalArgumentException(
              "grad: y must have one element, got "
                  + y.shape()
                  + "; reduce it with sum() or mean(), or pass a seed of its shape");
        }
        seed = y.onesLike();
      } else if (!seed.shape().equals(y.shape())) {
        throw new IllegalArgumentException(
            "grad: the seed must have y's shape, got " + seed.shape() + " for y " + y.shape());
      } else {
        // The sweep closes gradients it has used; the caller's handle stays open.
        seed = own(seed.to(y.dtype()));
      }
      Map<Node, Boolean> needed = needed(y.node());
      if (!needed.get(y.node())) {
        return;
      }
      Map<Node, Tensor> pending = new HashMap<>();
      PriorityQueue<Node> queue =
          new PriorityQueue<>(Comparator.comparingLong((Node n) -> n.number).reversed());
      pending.put(y.node(), seed);
      queue.add(y.node());
      while (!queue.isEmpty()) {
        Node n = queue.poll();
        // At a border this is a part of the gradient; its hooks wait for the sweep outside.
        Tensor g = border(n) ? pending.remove(n) : n.hooked(pending.remove(n));
        if (targets.contains(n)) {
          found.put(n, g);
        }
        if (!n.isLeaf() && !border(n)) {
          step(n, g, needed, pending, queue);
          if (!keep) {
            n.release();
          }
        }
        if (!targets.contains(n)) {
          g.close();
        }
      }
    }

    /** Whether the sweep ends at this node. */
    private boolean border(Node n) {
      return partial && targets.contains(n);
    }

    private void step(
        Node n,
        Tensor g,
        Map<Node, Boolean> needed,
        Map<Node, Tensor> pending,
        PriorityQueue<Node> queue) {
      boolean[] needs = new boolean[n.parents.length];
      boolean any = false;
      for (int i = 0; i < needs.length; i++) {
        needs[i] =
            n.parents[i] != null
                && needed.get(n.parents[i])
                && !addInPlace(n, i, g, pending.get(n.parents[i]));
        any |= needs[i];
      }
      if (!any) {
        return;
      }
      try (Scope rule = Scope.open()) {
        Tensor[] gs = n.pull(g, needs);
        for (int i = 0; i < needs.length; i++) {
          if (!needs[i] || gs[i] == null) {
            continue;
          }
          Tensor before = pending.get(n.parents[i]);
          if (before == null) {
            queue.add(n.parents[i]);
            // A rule may hand on g itself, or one tensor twice: each pending entry is its own.
            pending.put(n.parents[i], rule.keep(gs[i] == g || shared(gs, i) ? own(gs[i]) : gs[i]));
          } else {
            Tensor sum = sum(before, gs[i]);
            if (sum != before) {
              pending.put(n.parents[i], rule.keep(sum));
              before.close();
            }
          }
        }
      }
    }

    /** Whether the gradient of input i is now part of the sum, which the sweep alone holds. */
    private static boolean addInPlace(Node n, int i, Tensor g, Tensor sum) {
      return sum != null && !recording() && sum.isSole() && n.pullOnto(sum, i, g);
    }

    /** In place where only the sweep holds the first: no new memory to fetch. */
    private static Tensor sum(Tensor a, Tensor b) {
      boolean alike =
          b.isOpen()
              && a.backend() == b.backend()
              && a.shape().equals(b.shape())
              && a.dtype() == b.dtype();
      if (!alike || recording() || Watch.on() || !a.isSole() || Batching.any(b)) {
        return a.add(b);
      }
      if (a.size() > 0) {
        a.backend().binary(Binary.ADD, a.view(), a.view(), b.view());
      }
      return a;
    }

    /** Another handle of the same value and graph. */
    private static Tensor own(Tensor g) {
      return g.reshape(g.shape());
    }

    private static boolean shared(Tensor[] gs, int i) {
      for (int k = 0; k < i; k++) {
        if (gs[k] == gs[i]) {
          return true;
        }
      }
      return false;
    }

    /** For every node behind {@code root}: does a path lead from it to a target? */
    private Map<Node, Boolean> needed(Node root) {
      Map<Node, Boolean> needed = new HashMap<>();
      ArrayDeque<Node> stack = new ArrayDeque<>();
      stack.push(root);
      while (!stack.isEmpty()) {
        Node n = stack.peek();
        if (needed.containsKey(n)) {
          stack.pop();
          continue;
        }
        boolean ready = true;
        boolean any = targets.contains(n);
        for (Node p : border(n) ? NONE : n.parents) {
          if (p != null) {
            Boolean known = needed.get(p);
            if (known == null) {
              stack.push(p);
              ready = false;
            } else {
              any |= known;
            }
          }
        }
        if (ready) {
          needed.put(n, any);
          stack.pop();
        }
      }
      return needed;
    }
  }
}
