package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.GradientCheck;
import org.jacana.autograd.Node;
import org.jacana.backend.Backend;
import org.jacana.backend.View;
import org.junit.jupiter.api.Test;

/**
 * Are the gradient checks able to fail? Every rule that a row of {@link OpCases} runs is made
 * wrong, one way and one input at a time, and the check of that row must notice.
 */
class GradientMutationTest {
  private enum Mutation {
    /** One per cent too large. */
    SCALED {
      @Override
      Tensor of(Tensor g) {
        return g.mul(1.01);
      }
    },
    /** The whole term is missing. */
    DROPPED {
      @Override
      Tensor of(Tensor g) {
        return null;
      }
    },
    /** The largest element is missing. */
    HOLE {
      @Override
      Tensor of(Tensor g) {
        double[] v = g.doubles();
        int at = 0;
        for (int i = 0; i < v.length; i++) {
          at = Math.abs(v[i]) > Math.abs(v[at]) ? i : at;
        }
        if (v.length == 0) {
          return g;
        }
        double[] mask = new double[v.length];
        Arrays.fill(mask, 1);
        mask[at] = 0;
        return g.mul(Tensor.of(mask, mask.length).reshape(g.shape()));
      }
    };

    abstract Tensor of(Tensor g);
  }

  /** An operation with a wrong rule. */
  private static final class Wrong extends Op {
    private final Op op;
    private final int input;
    private final Mutation mutation;

    Wrong(Op op, int input, Mutation mutation) {
      this.op = op;
      this.input = input;
      this.mutation = mutation;
    }

    @Override
    public String name() {
      return op.name();
    }

    @Override
    protected Shape infer(Tensor[] in) {
      return op.infer(in);
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      op.run(backend, out, in);
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      Tensor[] gs = op.vjp(in, out, g, needs).clone();
      if (needs[input] && gs[input] != null) {
        gs[input] = mutation.of(gs[input]);
      }
      return gs;
    }

    @Override
    public boolean keepsInput(int i) {
      return op.keepsInput(i);
    }

    @Override
    public boolean keepsOutput() {
      return op.keepsOutput();
    }

    @Override
    public void release() {
      op.release();
    }
  }

  private static final Field OP = field();

  private static Field field() {
    try {
      Field f = Node.class.getDeclaredField("op");
      f.setAccessible(true);
      return f;
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static Op op(Node n) {
    try {
      return (Op) OP.get(n);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void replace(Node n, Op op) {
    try {
      OP.set(n, op);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The recorded operations behind a tensor in an order that is the same at every run. */
  private static List<Node> operations(Tensor y) {
    List<Node> found = new ArrayList<>();
    Set<Node> seen = new HashSet<>();
    ArrayDeque<Node> todo = new ArrayDeque<>();
    if (y.node() != null) {
      todo.add(y.node());
    }
    while (!todo.isEmpty()) {
      Node n = todo.poll();
      if (!seen.add(n)) {
        continue;
      }
      if (!n.isLeaf()) {
        found.add(n);
      }
      for (Node p : n.parents()) {
        if (p != null) {
          todo.add(p);
        }
      }
    }
    return found;
  }

  private record Mutant(String operation, int node, int input, Mutation mutation) {}

  private static Tensor[] leaves(OpCase c) {
    Tensor[] xs = Arrays.stream(c.arguments()).map(a -> a.tensor(DType.F64)).toArray(Tensor[]::new);
    floats(xs).forEach(x -> x.requiresGrad(true));
    return xs;
  }

  private static List<Tensor> floats(Tensor[] xs) {
    return Arrays.stream(xs).filter(x -> x.dtype().isFloat()).toList();
  }

  private static List<Mutant> mutants(OpCase c) {
    try (Scope s = Scope.open(Device.REFERENCE)) {
      List<Mutant> out = new ArrayList<>();
      List<Node> nodes = operations(c.f().apply(leaves(c)));
      for (int i = 0; i < nodes.size(); i++) {
        for (int k = 0; k < nodes.get(i).parents().length; k++) {
          if (nodes.get(i).parents()[k] != null) {
            for (Mutation m : Mutation.values()) {
              out.add(new Mutant(nodes.get(i).name(), i, k, m));
            }
          }
        }
      }
      return out;
    }
  }

  /** The row's function with one rule replaced. */
  private static Function<Tensor[], Tensor> mutated(OpCase c, Mutant m) {
    return in -> {
      Tensor y = c.f().apply(in);
      Node n = operations(y).get(m.node);
      replace(n, new Wrong(op(n), m.input, m.mutation));
      return y;
    };
  }

  private static double[] gradient(OpCase c, Function<Tensor[], Tensor> f) {
    try (Scope s = Scope.open(Device.REFERENCE)) {
      Tensor[] xs = leaves(c);
      Tensor y = f.apply(xs);
      double[] seed = new double[Math.toIntExact(y.size())];
      Arrays.setAll(seed, i -> Math.cos(i));
      Tensor weights = Tensor.of(seed, seed.length).reshape(y.shape());
      return Autograd.grad(y, weights, floats(xs), false, false, true).stream()
          .flatMapToDouble(g -> Arrays.stream(g.doubles()))
          .toArray();
    }
  }

  /** Whether the mutant is none, as where a gradient is zero or goes nowhere. */
  private static boolean equivalent(double[] right, double[] wrong) {
    double scale = Arrays.stream(right).map(Math::abs).max().orElse(0);
    for (int i = 0; i < right.length; i++) {
      if (Math.abs(right[i] - wrong[i]) > 1e-9 * scale) {
        return false;
      }
    }
    return true;
  }

  private static boolean caught(OpCase c, Mutant m) {
    try (Scope s = Scope.open(Device.REFERENCE)) {
      Tensor[] xs =
          Arrays.stream(c.arguments()).map(a -> a.tensor(DType.F64)).toArray(Tensor[]::new);
      GradientCheck.of(mutated(c, m)).order(1).tolerance(2e-7, 1e-6).check(xs);
      return false;
    } catch (GradientCheck.Failure e) {
      return true;
    }
  }

  @Test
  void gradientChecksCatchWrongRules() {
    int total = 0;
    Map<String, Boolean> caughtSomewhere = new TreeMap<>();
    Set<String> survivors = new TreeSet<>();
    Set<String> rules = new TreeSet<>();
    for (OpCase c : OpCases.all()) {
      if (c.order() == 0 || c.large()) {
        continue;
      }
      double[] right = gradient(c, c.f());
      for (Mutant m : mutants(c)) {
        if (equivalent(right, gradient(c, mutated(c, m)))) {
          continue;
        }
        total++;
        rules.add(m.operation);
        boolean caught = caught(c, m);
        caughtSomewhere.merge(
            m.operation + ", input " + m.input + ", " + m.mutation, caught, Boolean::logicalOr);
        if (!caught) {
          survivors.add(c.name() + ": " + m);
        }
      }
    }
    int survived = survivors.size();
    System.out.printf(
        "%d of %d wrong rules, one row at a time, are caught; %d operations: %s%n",
        total - survived, total, rules.size(), rules);
    survivors.forEach(m -> System.out.println("not caught in " + m));
    long everywhere = caughtSomewhere.values().stream().filter(v -> !v).count();
    System.out.printf(
        "%d of %d wrong rules are caught by some row%n",
        caughtSomewhere.size() - everywhere, caughtSomewhere.size());
    assertEquals(0, everywhere, caughtSomewhere.toString());
    assertTrue(total > 500, "only " + total + " mutants");
    assertTrue(survived <= total / 100, survivors.toString());
    Set<String> missing = new TreeSet<>(differentiable());
    missing.removeAll(rules);
    assertEquals(Set.of(), missing, "rows whose rule no mutant reached");
  }

  /** The kernels of all rows of the tables that have a rule. */
  private static Set<String> differentiable() {
    Set<String> names = new TreeSet<>();
    try (Scope s = Scope.open(Device.REFERENCE)) {
      Tensor x = Tensor.of(new double[] {0.5});
      for (Unary f : Unary.values()) {
        if (f.rule.apply(x, x, x, 0.3, 0.7) != null) {
          names.add(f.kernel());
        }
      }
      for (Binary f : Binary.values()) {
        if (f.left.apply(x, x, x, x) != null) {
          names.add(f.kernel());
        }
      }
    }
    return names;
  }
}
