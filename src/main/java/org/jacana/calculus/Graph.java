package org.jacana.calculus;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Walks over expressions as graphs: each different part once, without recursion. */
final class Graph {
  private Graph() {}

  /** All different parts, each after what it is made of. */
  static List<Expr> parts(List<Expr> roots) {
    List<Expr> out = new ArrayList<>();
    Set<Expr> done = new HashSet<>();
    Set<Expr> opened = new HashSet<>();
    ArrayDeque<Expr> stack = new ArrayDeque<>();
    for (Expr root : roots) {
      stack.push(root);
      while (!stack.isEmpty()) {
        Expr e = stack.peek();
        if (done.contains(e)) {
          stack.pop();
        } else if (opened.add(e)) {
          Expr[] parts = e.children();
          for (int i = parts.length - 1; i >= 0; i--) {
            if (!done.contains(parts[i])) {
              stack.push(parts[i]);
            }
          }
        } else {
          stack.pop();
          done.add(e);
          out.add(e);
        }
      }
    }
    return out;
  }

  /** Rebuilds from the leaves up, each part changed by f after its children were. */
  static Expr rewrite(Expr root, UnaryOperator<Expr> f) {
    Map<Expr, Expr> found = new HashMap<>();
    for (Expr e : parts(List.of(root))) {
      Expr[] before = e.children();
      Expr[] after = new Expr[before.length];
      boolean same = true;
      for (int i = 0; i < after.length; i++) {
        after[i] = found.get(before[i]);
        same &= after[i] == before[i];
      }
      found.put(e, f.apply(same ? e : e.rebuild(after)));
    }
    return found.get(root);
  }
}
