package org.jacana.calculus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Expressions in the places of a tensor: a vector, a gradient, a Jacobian. Immutable.
 *
 * @param shape the extents
 * @param elements row-major
 */
public record ExprArray(Shape shape, List<Expr> elements) {
  /** Checks that the elements fill the shape. */
  public ExprArray {
    if (shape.size() != elements.size()) {
      throw new IllegalArgumentException(
          "ExprArray: " + shape + " needs " + shape.size() + " elements, got " + elements.size());
    }
    elements = List.copyOf(elements);
  }

  public static ExprArray vector(Expr... elements) {
    return new ExprArray(Shape.of(elements.length), List.of(elements));
  }

  /** The element at full coordinates. */
  public Expr at(int... coordinates) {
    if (coordinates.length != shape.rank()) {
      throw new IllegalArgumentException("at: needs " + shape.rank() + " coordinates for " + shape);
    }
    int i = 0;
    for (int a = 0; a < coordinates.length; a++) {
      if (coordinates[a] < 0 || coordinates[a] >= shape.dim(a)) {
        throw new IllegalArgumentException(
            "at: coordinates " + Arrays.toString(coordinates) + " are out of range for " + shape);
      }
      i = i * shape.dim(a) + coordinates[a];
    }
    return elements.get(i);
  }

  public ExprArray reshape(int... dims) {
    return new ExprArray(Shape.of(dims), elements);
  }

  /** f of each element. */
  public ExprArray map(UnaryOperator<Expr> f) {
    return new ExprArray(shape, elements.stream().map(f).toList());
  }

  public ExprArray simplify() {
    return map(Expr::simplify);
  }

  /** Other expressions in variables' places, everywhere at once. */
  public ExprArray substitute(Map<String, Expr> by) {
    return map(e -> e.substitute(by));
  }

  /**
   * The product of matrices, [n, k] by [k, m], or of a matrix and a vector, [n, k] by [k].
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public ExprArray matmul(ExprArray o) {
    boolean vector = o.shape.rank() == 1;
    if (shape.rank() != 2
        || o.shape.rank() < 1
        || o.shape.rank() > 2
        || shape.dim(1) != o.shape.dim(0)) {
      throw new IllegalArgumentException(
          "matmul: needs [n, k] and [k, m] or [k], got " + shape + " and " + o.shape);
    }
    int columns = vector ? 1 : o.shape.dim(1);
    List<Expr> out = new ArrayList<>();
    for (int i = 0; i < shape.dim(0); i++) {
      for (int j = 0; j < columns; j++) {
        List<Expr> terms = new ArrayList<>();
        for (int k = 0; k < shape.dim(1); k++) {
          terms.add(at(i, k).mul(o.elements.get(k * columns + j)));
        }
        out.add(Expr.sum(terms));
      }
    }
    Shape s = vector ? Shape.of(shape.dim(0)) : Shape.of(shape.dim(0), columns);
    return new ExprArray(s, out);
  }

  /** The derivatives of each element by each variable, [shape..., n]. */
  public ExprArray jacobian(String... variables) {
    int[] d = Arrays.copyOf(shape.dims(), shape.rank() + 1);
    d[shape.rank()] = variables.length;
    List<Expr> out = new ArrayList<>();
    for (Expr e : elements) {
      for (String v : variables) {
        out.add(e.d(v));
      }
    }
    return new ExprArray(Shape.of(d), out);
  }

  /** The values in float64, row-major; parts that elements share are computed once. */
  public double[] evaluate(Map<String, Double> values) {
    List<String> names = List.copyOf(values.keySet());
    return new Program(elements, names).run(names.stream().mapToDouble(values::get).toArray());
  }

  /** The values at tensors that broadcast, one tensor for each element; see {@link Expr}. */
  public List<Tensor> evaluateTensors(Map<String, Tensor> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException(
          "evaluate: needs at least one tensor, which names type and device");
    }
    List<String> names = List.copyOf(values.keySet());
    return TensorProgram.run(
        new Program(elements, names), names.stream().map(values::get).toList());
  }

  /** Rows in brackets. */
  @Override
  public String toString() {
    return nested("[", ", ", "]", Expr::toString);
  }

  private String nested(
      String open, String comma, String close, java.util.function.Function<Expr, String> print) {
    if (shape.rank() == 0) {
      return print.apply(elements.get(0));
    }
    int inner = Math.toIntExact(shape.size()) / Math.max(1, shape.dim(0));
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < shape.dim(0); i++) {
      ExprArray row = new ExprArray(shape.without(0), elements.subList(i * inner, (i + 1) * inner));
      rows.add(row.nested(open, comma, close, print));
    }
    return rows.stream().collect(Collectors.joining(comma, open, close));
  }

  /**
   * A pmatrix; a vector is a column.
   *
   * @throws IllegalArgumentException if there are more than two axes
   */
  public String latex() {
    if (shape.rank() > 2) {
      throw new IllegalArgumentException("latex: a matrix has at most two axes, got " + shape);
    }
    int columns = shape.rank() == 2 ? shape.dim(1) : 1;
    StringBuilder s = new StringBuilder("\\begin{pmatrix}");
    for (int i = 0; i < elements.size(); i++) {
      s.append(i == 0 ? " " : i % columns == 0 ? " \\\\ " : " & ").append(elements.get(i).latex());
    }
    return s.append(" \\end{pmatrix}").toString();
  }
}
