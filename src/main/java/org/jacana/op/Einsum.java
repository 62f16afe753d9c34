package org.jacana.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Einstein's summation convention, by permutations, reshapes and matrix products from left to
 * right. A letter names an axis, {@code ...} any number of axes that broadcast; letters missing in
 * the output are summed over, a letter repeated in one operand means its diagonal.
 */
public final class Einsum {
  /** Labels of the axes under an ellipsis, counted from the last. */
  private static final int ELLIPSIS = 1000;

  private final String equation;
  private final Tensor[] xs;
  private final Map<Integer, Integer> extents = new LinkedHashMap<>();

  private Einsum(String equation, Tensor[] xs) {
    this.equation = equation;
    this.xs = xs;
  }

  /** A tensor whose axes have labels. */
  private record Term(Tensor x, List<Integer> labels) {}

  /**
   * The sum of products that an equation such as {@code "bij,bjk->bik"} names (PyTorch's rules).
   * Without {@code ->} the output has the ellipsis, then the letters that occur once, sorted with
   * capitals first.
   *
   * @throws IllegalArgumentException if the equation is malformed or shapes do not fit it
   */
  public static Tensor einsum(String equation, Tensor... xs) {
    if (xs.length == 0) {
      throw new IllegalArgumentException("einsum: needs at least one tensor");
    }
    return Composite.on(xs[0], () -> new Einsum(equation.replace(" ", ""), xs.clone()).run());
  }

  private IllegalArgumentException wrong(String rule) {
    StringBuilder shapes = new StringBuilder();
    for (Tensor x : xs) {
      shapes.append(shapes.length() == 0 ? "" : ", ").append(x.shape());
    }
    return new IllegalArgumentException(
        "einsum: " + rule + " (equation \"" + equation + "\", operands " + shapes + ")");
  }

  private Tensor run() {
    int arrow = equation.indexOf("->");
    String[] inputs = (arrow < 0 ? equation : equation.substring(0, arrow)).split(",", -1);
    if (inputs.length != xs.length) {
      throw wrong("the equation has " + inputs.length + " operands, got " + xs.length);
    }
    List<Term> terms = new ArrayList<>();
    for (int i = 0; i < xs.length; i++) {
      List<Integer> labels = labels(inputs[i], xs[i].rank());
      for (int a = 0; a < labels.size(); a++) {
        int extent = xs[i].shape().dim(a);
        int known = extents.merge(labels.get(a), extent, (p, q) -> p == 1 ? q : p);
        if (known != extent && extent != 1) {
          throw wrong(
              "axis " + a + " of operand " + i + " has extent " + extent + ", elsewhere " + known);
        }
      }
      terms.add(diagonals(new Term(xs[i], labels)));
    }
    List<Integer> out = arrow < 0 ? implied(terms) : output(equation.substring(arrow + 2));
    Term all = sum(terms.get(0), out, terms.subList(1, terms.size()));
    for (int i = 1; i < terms.size(); i++) {
      List<Term> later = terms.subList(i + 1, terms.size());
      List<Term> left = new ArrayList<>(later);
      left.add(all);
      all = product(all, sum(terms.get(i), out, left), out, later);
    }
    int[] order = new int[out.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = all.labels.indexOf(out.get(i));
    }
    return all.x.permute(order);
  }

  /** One label for each of an operand's axes. */
  private List<Integer> labels(String text, int rank) {
    int dots = text.indexOf("...");
    String letters = dots < 0 ? text : text.substring(0, dots) + text.substring(dots + 3);
    int under = rank - letters.length();
    requireLetters(letters);
    if (under < 0 || under > 0 && dots < 0) {
      throw wrong("\"" + text + "\" does not name the " + rank + " axes of its operand");
    }
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < letters.length(); i++) {
      labels.add((int) letters.charAt(i));
    }
    for (int i = 0; i < under; i++) {
      labels.add(dots + i, ELLIPSIS + under - i);
    }
    return labels;
  }

  private void requireLetters(String text) {
    for (char c : text.toCharArray()) {
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')) {
        throw wrong("axes are named by letters and one ellipsis, got '" + c + "'");
      }
    }
  }

  private List<Integer> ellipsis() {
    return extents.keySet().stream().filter(l -> l >= ELLIPSIS).sorted((a, b) -> b - a).toList();
  }

  private List<Integer> output(String text) {
    int dots = text.indexOf("...");
    String letters = dots < 0 ? text : text.substring(0, dots) + text.substring(dots + 3);
    requireLetters(letters);
    List<Integer> out = new ArrayList<>();
    for (int c : letters.chars().toArray()) {
      if (!extents.containsKey(c)) {
        throw wrong("the output's '" + (char) c + "' is in no operand");
      }
      if (out.contains(c)) {
        throw wrong("the output names '" + (char) c + "' twice");
      }
      out.add(c);
    }
    if (dots >= 0) {
      out.addAll(dots, ellipsis());
    }
    return out;
  }

  private List<Integer> implied(List<Term> terms) {
    Map<Integer, Integer> counts = new TreeMap<>();
    String letters = equation.replace("...", "").replace(",", "");
    letters.chars().forEach(c -> counts.merge(c, 1, Integer::sum));
    List<Integer> out = new ArrayList<>(ellipsis());
    counts.forEach(
        (c, n) -> {
          if (n == 1) {
            out.add(c);
          }
        });
    return out;
  }

  private static Term diagonals(Term t) {
    for (int i = 0; i < t.labels.size(); i++) {
      int again = t.labels.lastIndexOf(t.labels.get(i));
      if (again > i) {
        List<Integer> rest = new ArrayList<>(t.labels);
        int label = rest.remove(again);
        rest.remove(i);
        rest.add(label);
        return diagonals(new Term(Diagonals.diagonal(t.x, 0, i, again), rest));
      }
    }
    return t;
  }

  private static boolean needed(int label, List<Integer> out, List<Term> others) {
    return out.contains(label) || others.stream().anyMatch(t -> t.labels.contains(label));
  }

  /** Sums over the axes that neither the output nor another term has. */
  private static Term sum(Term t, List<Integer> out, List<Term> others) {
    List<Integer> kept = new ArrayList<>();
    List<Integer> gone = new ArrayList<>();
    for (int a = 0; a < t.labels.size(); a++) {
      (needed(t.labels.get(a), out, others) ? kept : gone).add(a);
    }
    if (gone.isEmpty()) {
      return t;
    }
    int[] axes = gone.stream().mapToInt(a -> a).toArray();
    return new Term(t.x.sum(axes), kept.stream().map(t.labels::get).toList());
  }

  private Term product(Term a, Term b, List<Integer> out, List<Term> later) {
    List<Integer> batch = new ArrayList<>();
    List<Integer> inner = new ArrayList<>();
    List<Integer> left = new ArrayList<>();
    for (int l : a.labels) {
      (!b.labels.contains(l) ? left : needed(l, out, later) ? batch : inner).add(l);
    }
    List<Integer> right = b.labels.stream().filter(l -> !a.labels.contains(l)).toList();
    Tensor p = arrange(a, batch, left, inner);
    Tensor q = arrange(b, batch, inner, right);
    // Matrix products are of floats; whole numbers multiply and add.
    Tensor y = p.dtype().isFloat() ? p.matmul(q) : p.unsqueeze(3).mul(q.unsqueeze(1)).sum(2);
    List<Integer> labels = new ArrayList<>(batch);
    labels.addAll(left);
    labels.addAll(right);
    return new Term(y.reshape(labels.stream().mapToInt(extents::get).toArray()), labels);
  }

  /** The tensor as three axes, each of a group of labels. */
  @SafeVarargs
  private Tensor arrange(Term t, List<Integer>... groups) {
    List<Integer> order = new ArrayList<>();
    int[] dims = new int[groups.length];
    Arrays.fill(dims, 1);
    for (int g = 0; g < dims.length; g++) {
      for (int l : groups[g]) {
        order.add(l);
        dims[g] *= extents.get(l);
      }
    }
    int[] axes = order.stream().mapToInt(t.labels::indexOf).toArray();
    int[] full = order.stream().mapToInt(extents::get).toArray();
    return t.x.permute(axes).expand(Shape.of(full)).reshape(dims);
  }
}
