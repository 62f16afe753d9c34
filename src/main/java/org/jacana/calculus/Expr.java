package org.jacana.calculus;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.jacana.Tensor;

/**
 * A symbolic expression over real numbers: built by methods, read from text ({@link #parse}), or
 * traced from a function written with tensor operations ({@link Tracer}). Immutable; parts are
 * shared, so that an expression may stand for a far larger tree, and no method is recursive in its
 * depth.
 *
 * <pre>{@code
 * Expr x = Expr.variable("x");
 * Expr f = x.pow(2).mul(x.sin());
 * f.d("x")          // 2*x*sin(x) + x^2*cos(x)
 * f.d("x").latex()  // 2 x \sin\left(x\right) + x^{2} \cos\left(x\right)
 * }</pre>
 *
 * <p>Everything is brought to a canonical form as it is made: sums and products are flat and in
 * order, like terms and like powers collected, fractions exact. {@link #equals} compares that form.
 * The form keeps every value; where the original is undefined the result may have one, as in x/x =
 * 1, sqrt(x)^2 = x and exp(log(x)) = x. Where any method meets a division by zero, it throws {@link
 * ArithmeticException}.
 */
public abstract sealed class Expr implements ExprFunctions
    permits Constant, Variable, Sum, Product, Power, Call {
  private static final Expr[] NONE = {};

  final long high;
  final long low;

  /** The number of nodes when shared parts are counted as often as they occur. */
  final double treeSize;

  /** As a polynomial in its variables; functions count 0. */
  final double degree;

  Expr(Fingerprint f, double treeSize, double degree) {
    high = f.a;
    low = f.b;
    this.treeSize = treeSize;
    this.degree = degree;
  }

  @Override
  public Expr self() {
    return this;
  }

  Expr[] children() {
    return NONE;
  }

  /** The same kind of node over other children. */
  Expr rebuild(Expr[] children) {
    return this;
  }

  // ---- making ----

  /**
   * A variable.
   *
   * @throws IllegalArgumentException unless the name is letters, digits and underscores, begins
   *     with a letter and is not the name of a function, pi or e
   */
  public static Expr variable(String name) {
    if (!name.matches("[A-Za-z][A-Za-z0-9_]*")
        || Fn.BY_NAME.containsKey(name)
        || name.equals("sqrt")
        || name.equals("e")) {
      throw new IllegalArgumentException(
          "variable: '"
              + name
              + "' is not a name: letters, digits and _ after a letter, and none of e, pi and the"
              + " functions");
    }
    return new Variable(name);
  }

  /** The variables name1, name2, ... */
  public static Expr[] variables(String name, int count) {
    Expr[] v = new Expr[count];
    Arrays.setAll(v, i -> variable(name + (i + 1)));
    return v;
  }

  public static Expr of(long n) {
    return Constant.num(n);
  }

  /** A finite double: exact if it is a multiple of 1/1024; {@link Math#PI} is pi. */
  public static Expr of(double v) {
    return Math.abs(v) == Math.PI ? v > 0 ? pi() : pi().neg() : Constant.num(v);
  }

  /** An exact fraction. */
  public static Expr fraction(long numerator, long denominator) {
    return Constant.num(
        new Rational(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator)));
  }

  public static Expr pi() {
    return Calls.PI;
  }

  public static Expr e() {
    return Calls.E;
  }

  /** The sum of many, faster than one by one. */
  public static Expr sum(List<Expr> terms) {
    return Sums.of(terms.toArray(NONE));
  }

  /** The product of many, faster than one by one. */
  public static Expr product(List<Expr> factors) {
    return Products.of(factors.toArray(NONE));
  }

  /**
   * Reads what {@link #toString} prints: numbers, names, + - * / ^, comparisons, calls such as
   * {@code atan2(y, x)} and {@code where(x > 0, x, 0)}.
   *
   * @throws IllegalArgumentException with the position of what cannot be read
   */
  public static Expr parse(String text) {
    return new ExprParser(text).parse();
  }

  // ---- arithmetic ----

  public Expr add(Expr o) {
    return Sums.of(this, o);
  }

  public Expr add(double v) {
    return add(of(v));
  }

  public Expr sub(Expr o) {
    return Sums.of(this, o.neg());
  }

  public Expr sub(double v) {
    return add(of(-v));
  }

  public Expr mul(Expr o) {
    return Products.of(this, o);
  }

  public Expr mul(double v) {
    return mul(of(v));
  }

  /**
   * The quotient.
   *
   * @throws ArithmeticException if o is 0
   */
  public Expr div(Expr o) {
    return mul(o.reciprocal());
  }

  public Expr div(double v) {
    return div(of(v));
  }

  public Expr neg() {
    return Products.of(Constant.MINUS_ONE, this);
  }

  public Expr reciprocal() {
    return Powers.of(this, Constant.MINUS_ONE);
  }

  public Expr pow(Expr o) {
    return Powers.of(this, o);
  }

  public Expr pow(double v) {
    return pow(of(v));
  }

  public Expr sqrt() {
    return pow(Constant.HALF);
  }

  // ---- functions ----

  /** A function by its name in text, such as {@code call("atan2", y, x)}. */
  public static Expr call(String name, Expr... arguments) {
    Fn fn = Fn.BY_NAME.get(name);
    if (fn == null || fn.arity != arguments.length) {
      throw new IllegalArgumentException(
          fn == null
              ? "call: there is no function '" + name + "'; known are " + new TreeSet<>(names())
              : "call: " + name + " takes " + fn.arity + " arguments, got " + arguments.length);
    }
    return Calls.of(fn, arguments);
  }

  /** The functions' names in text. */
  public static Set<String> names() {
    return Fn.BY_NAME.keySet();
  }

  // ---- calculus ----

  /** The derivative by a variable; all others are held fixed. */
  public Expr d(String variable) {
    return Differentiation.of(this, variable);
  }

  /** The derivative of an order. */
  public Expr d(String variable, int order) {
    Expr e = this;
    for (int i = 0; i < order; i++) {
      e = e.d(variable);
    }
    return e;
  }

  /** The partial derivatives, [n]. */
  public ExprArray gradient(String... variables) {
    return ExprArray.vector(this).jacobian(variables).reshape(variables.length);
  }

  /** The second derivatives, [n, n]. */
  public ExprArray hessian(String... variables) {
    return gradient(variables).jacobian(variables);
  }

  // ---- rewriting ----

  /** Another expression in a variable's place, everywhere at once. */
  public Expr substitute(String variable, Expr by) {
    return substitute(Map.of(variable, by));
  }

  public Expr substitute(Map<String, Expr> by) {
    return Graph.rewrite(this, e -> e instanceof Variable v ? by.getOrDefault(v.name, v) : e);
  }

  /**
   * Products of sums and whole powers of sums multiplied out.
   *
   * @throws IllegalArgumentException if that gives more than 20,000 terms
   */
  public Expr expand() {
    return Expansion.of(this);
  }

  /**
   * A shorter expression with the same value wherever this has one: multiplied out where that
   * cancels, common factors and denominators taken out, sin^2 + cos^2 = 1 and its like, logarithms
   * of products of positive factors.
   */
  public Expr simplify() {
    return Simplification.of(this);
  }

  /** Whether the difference simplifies to 0; false does not prove that the two differ. */
  public boolean isEquivalentTo(Expr o) {
    if (equals(o)) {
      return true;
    }
    Expr difference = Simplification.inSines(Simplification.tryExpand(sub(o)));
    return Simplification.of(Simplification.tryExpand(difference)).equals(Constant.ZERO);
  }

  // ---- facts and values ----

  /** The names of the variables, sorted. */
  public Set<String> freeVariables() {
    Set<String> names = new TreeSet<>();
    for (Expr e : Graph.parts(List.of(this))) {
      if (e instanceof Variable v) {
        names.add(v.name);
      }
    }
    return names;
  }

  /** The number of different parts. */
  public int size() {
    return Graph.parts(List.of(this)).size();
  }

  /**
   * The value in float64.
   *
   * @throws IllegalArgumentException if a variable has no value
   */
  public double evaluate(Map<String, Double> values) {
    List<String> names = List.copyOf(values.keySet());
    return new Program(List.of(this), names)
        .run(names.stream().mapToDouble(values::get).toArray())[0];
  }

  /** A function of numbers in the order of the names, fast enough to call often. */
  public ToDoubleFunction<double[]> function(String... names) {
    Program program = new Program(List.of(this), List.of(names));
    return x -> {
      if (x.length != names.length) {
        throw new IllegalArgumentException(
            "evaluate: needs " + names.length + " values, got " + x.length);
      }
      return program.run(x)[0];
    };
  }

  /**
   * The values at tensors that broadcast, computed by recorded operations on their device;
   * differentiable.
   *
   * @param values at least one, all of one float type
   * @throws IllegalArgumentException if a variable has no value or there is none at all
   */
  public Tensor evaluateTensor(Map<String, Tensor> values) {
    return ExprArray.vector(this).evaluateTensors(new LinkedHashMap<>(values)).get(0);
  }

  // ---- text ----

  /** LaTeX with as few parentheses as can be. */
  public String latex() {
    return LatexPrinter.print(this);
  }

  /** Text that {@link #parse} reads; of a tree of more than 100,000 nodes only the size. */
  @Override
  public String toString() {
    return treeSize > 100_000
        ? String.format(java.util.Locale.ROOT, "(an expression of %.3g nodes)", treeSize)
        : TextPrinter.print(this);
  }

  @Override
  public final boolean equals(Object o) {
    return o == this || o instanceof Expr e && e.high == high && e.low == low;
  }

  @Override
  public final int hashCode() {
    return Long.hashCode(low);
  }
}
