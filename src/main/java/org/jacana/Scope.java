package org.jacana;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jacana.autograd.Node;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;

/**
 * Owns the tensors and graph nodes made while it is the innermost open scope of its thread, and
 * closes them when it closes.
 *
 * <pre>{@code
 * try (Scope step = Scope.open()) {
 *   Tensor y = x.mul(2).sum();
 *   return step.keep(y); // y, and the graph behind it, now belong to the scope outside
 * }
 * }</pre>
 *
 * Tensors made outside any scope belong to whoever made them and must be closed by hand; what was
 * recorded outside any scope holds its inputs until backward has run through it.
 */
public final class Scope implements AutoCloseable {
  private static final ThreadLocal<Scope> CURRENT = new ThreadLocal<>();

  private final Scope parent;
  private final Thread thread;
  private final Backend backend;
  private final List<Tensor> tensors = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private int sweepAt = 256;
  private boolean closed;

  private Scope(Scope parent, Backend backend) {
    this.parent = parent;
    this.thread = Thread.currentThread();
    this.backend = backend;
    CURRENT.set(this);
  }

  /** Opens a scope inside the thread's innermost one, on the same device. */
  public static Scope open() {
    Scope p = CURRENT.get();
    return new Scope(p, p == null ? Backends.standard() : p.backend);
  }

  /** Opens a scope whose tensors are made on {@code device}. */
  public static Scope open(Device device) {
    return new Scope(CURRENT.get(), Backends.of(device));
  }

  /** The thread's innermost open scope, or null. */
  public static Scope current() {
    return CURRENT.get();
  }

  /** The backend on which new tensors are made. */
  static Backend backend() {
    Scope s = CURRENT.get();
    return s == null ? Backends.standard() : s.backend;
  }

  /** Runs {@code f} in a scope of its own and returns its result, kept. */
  public static Tensor tidy(Supplier<Tensor> f) {
    try (Scope s = open()) {
      return s.keep(f.get());
    }
  }

  static void adopt(Tensor t) {
    Scope s = CURRENT.get();
    t.scope = s;
    if (s != null) {
      s.add(t);
    }
  }

  /** Gives a new node to the innermost scope. */
  public static void adopt(Node n) {
    Scope s = CURRENT.get();
    n.scope(s);
    if (s != null) {
      s.nodes.add(n);
    }
  }

  private void add(Tensor t) {
    // Handles closed early would pile up in a long-lived scope.
    if (tensors.size() >= sweepAt) {
      tensors.removeIf(x -> x.scope != this || !x.isOpen());
      sweepAt = Math.max(256, 2 * tensors.size());
    }
    tensors.add(t);
  }

  /**
   * Moves a tensor, and the graph behind it, to the scope outside this one.
   *
   * @throws IllegalStateException if this scope is closed
   */
  public Tensor keep(Tensor t) {
    if (closed) {
      throw new IllegalStateException("keep: the scope is already closed");
    }
    if (t.scope == this) {
      t.scope = parent;
      if (parent != null) {
        parent.add(t);
      }
    }
    for (Tensor x = t; x != null; x = x.batch()) {
      keepGraph(x.node());
    }
    return t;
  }

  private void keepGraph(Node from) {
    if (from == null || from.scope() != this) {
      return;
    }
    ArrayDeque<Node> todo = new ArrayDeque<>();
    todo.add(from);
    while (!todo.isEmpty()) {
      Node n = todo.poll();
      if (n.scope() != this) {
        continue;
      }
      n.scope(parent);
      if (parent != null) {
        parent.nodes.add(n);
      }
      for (Node p : n.parents()) {
        if (p != null && p.scope() == this) {
          todo.add(p);
        }
      }
    }
  }

  /** Whether closing this scope would close the tensor. */
  public boolean owns(Tensor t) {
    return t.scope == this;
  }

  /** Takes a tensor out of every scope; its new owner closes it. */
  public static Tensor release(Tensor t) {
    t.scope = null;
    return t;
  }

  /**
   * Closes everything this scope owns.
   *
   * @throws IllegalStateException if an inner scope is still open or another thread closes
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (thread != Thread.currentThread()) {
      throw new IllegalStateException(
          "scope: must be closed by the thread that opened it, " + thread.getName());
    }
    if (CURRENT.get() != this) {
      throw new IllegalStateException(
          "scope: a scope opened inside this one is still open; close scopes in reverse order, as"
              + " try-with-resources does");
    }
    closed = true;
    if (parent == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(parent);
    }
    RuntimeException failure = null;
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node n = nodes.get(i);
      if (n.scope() == this) {
        try {
          n.release();
        } catch (RuntimeException e) {
          failure = join(failure, e);
        }
      }
    }
    for (int i = tensors.size() - 1; i >= 0; i--) {
      Tensor t = tensors.get(i);
      if (t.scope == this) {
        try {
          t.close();
        } catch (RuntimeException e) {
          failure = join(failure, e);
        }
      }
    }
    nodes.clear();
    tensors.clear();
    if (failure != null) {
      throw failure;
    }
  }

  private static RuntimeException join(RuntimeException first, RuntimeException next) {
    if (first == null) {
      return next;
    }
    first.addSuppressed(next);
    return first;
  }
}
