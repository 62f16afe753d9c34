package org.jacana.calculus;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** LaTeX as textbooks set it. */
final class LatexPrinter extends Printer {
  private static final Set<String> GREEK =
      Set.of(
          "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
          "lambda", "mu", "nu", "xi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi",
          "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Sigma", "Phi", "Psi", "Omega");
  private static final Pattern NAME = Pattern.compile("([A-Za-z]+?)_?((?:\\d+_)*\\d+)");

  private LatexPrinter() {
    super("\\left(", "\\right)");
  }

  static String print(Expr e) {
    if (e.treeSize > 100_000) {
      throw new IllegalArgumentException(
          "latex: the expression has " + e.treeSize + " nodes; simplify or print its parts");
    }
    return new LatexPrinter().write(e);
  }

  @Override
  int precedence(Expr e) {
    if (e instanceof Constant c) {
      return c.signum() < 0
          ? SUM
          : c.isInteger() || c.exact == null && !Double.toString(c.value).contains("E")
              ? ATOM
              : PRODUCT;
    }
    if (e instanceof Sum) {
      return SUM;
    }
    if (e instanceof Product p) {
      return p.coefficient.signum() < 0 ? SUM : PRODUCT;
    }
    if (e instanceof Power) {
      return isReciprocal(e) ? PRODUCT : rootOf(e) > 0 ? ATOM : POWER;
    }
    if (e instanceof Call c) {
      return switch (c.fn) {
        case LT, LE, EQ, WHERE, AND, OR, NOT -> COMPARISON;
        case EXP -> c.equals(Calls.E) ? ATOM : POWER;
        default -> ATOM;
      };
    }
    return ATOM;
  }

  /** n for an n-th root that is written so, else 0. */
  private static int rootOf(Expr e) {
    return e instanceof Power p
            && p.exponent instanceof Constant c
            && c.exact != null
            && c.exact.num().equals(java.math.BigInteger.ONE)
            && c.exact.den().bitLength() < 4
        ? c.exact.den().intValue()
        : 0;
  }

  @Override
  List<Object> pieces(Expr e) {
    if (e instanceof Constant c) {
      return List.of(number(c));
    }
    if (e instanceof Variable v) {
      return List.of(name(v.name));
    }
    if (e instanceof Sum s) {
      return sum(s);
    }
    if (e instanceof Product p) {
      return quotient(Quotient.of(p.coefficient, p.monic()));
    }
    if (e instanceof Power p) {
      return power(p);
    }
    return call((Call) e);
  }

  private static String number(Constant c) {
    if (c.exact != null) {
      return c.isInteger()
          ? c.exact.num().toString()
          : (c.signum() < 0 ? "-" : "")
              + "\\frac{"
              + c.exact.num().abs()
              + "}{"
              + c.exact.den()
              + "}";
    }
    return Double.toString(c.value).replaceFirst("E(.*)", " \\\\cdot 10^{$1}");
  }

  /** Greek letters by name, numbers at the end as indices, longer names upright. */
  static String name(String name) {
    Matcher m = NAME.matcher(name);
    String stem = m.matches() ? m.group(1) : name;
    String index = m.matches() ? "_{" + m.group(2).replace('_', ',') + "}" : "";
    String set =
        GREEK.contains(stem)
            ? "\\" + stem
            : stem.length() == 1 ? stem : "\\mathrm{" + stem.replace("_", "\\_") + "}";
    return set + index;
  }

  private List<Object> power(Power p) {
    if (isReciprocal(p)) {
      return quotient(Quotient.of(Constant.ONE, p));
    }
    int root = rootOf(p);
    if (root > 0) {
      String sign = root == 2 ? "\\sqrt{" : "\\sqrt[" + root + "]{";
      return List.of(sign, new Job(p.base, COMPARISON), "}");
    }
    if (p.base instanceof Call c
        && named(c.fn)
        && p.exponent instanceof Constant k
        && k.isInteger()) {
      return arguments(operator(c.fn) + "^{" + number(k) + "}", c);
    }
    return List.of(new Job(p.base, ATOM), "^{", new Job(p.exponent, COMPARISON), "}");
  }

  /** Functions that LaTeX has an operator for, and whose powers stand behind the name. */
  private static boolean named(Fn f) {
    return switch (f) {
      case SIN, COS, TAN, SINH, COSH, TANH, LOG -> true;
      default -> false;
    };
  }

  @Override
  List<Object> quotient(Quotient q) {
    List<Object> out = new ArrayList<>();
    out.add(q.negative() ? "-" : "");
    if (q.below().isEmpty()) {
      factors(out, q.above());
    } else {
      out.add("\\frac{");
      factors(out, q.above());
      out.add("}{");
      factors(out, q.below());
      out.add("}");
    }
    return out;
  }

  private void factors(List<Object> out, List<Expr> parts) {
    if (parts.isEmpty()) {
      out.add("1");
    }
    for (int i = 0; i < parts.size(); i++) {
      Expr f = parts.get(i);
      if (i > 0) {
        boolean digit = f instanceof Power p && p.base instanceof Constant && rootOf(f) == 0;
        out.add(digit ? " \\cdot " : " ");
      }
      out.add(new Job(f, parts.size() == 1 ? SUM : PRODUCT));
    }
  }

  private List<Object> call(Call c) {
    if (c.equals(Calls.E)) {
      return List.of("e");
    }
    Job x = c.children().length == 0 ? null : new Job(c.argument(0), COMPARISON);
    return switch (c.fn) {
      case PI -> List.of("\\pi");
      case EXP -> List.of("e^{", x, "}");
      case ABS -> List.of("\\left|", x, "\\right|");
      case FLOOR -> List.of("\\left\\lfloor ", x, "\\right\\rfloor ");
      case CEIL -> List.of("\\left\\lceil ", x, "\\right\\rceil ");
      case LT -> infix(c, " < ");
      case LE -> infix(c, " \\le ");
      case EQ -> infix(c, " = ");
      case AND -> infix(c, " \\land ");
      case OR -> infix(c, " \\lor ");
      case NOT -> List.of("\\lnot ", new Job(c.argument(0), SUM));
      case POLYGAMMA ->
          List.of("\\psi^{(", x, ")}\\left(", new Job(c.argument(1), COMPARISON), "\\right)");
      case WHERE ->
          List.of(
              "\\begin{cases} ",
              new Job(c.argument(1), SUM),
              " & \\text{if } ",
              x,
              " \\\\ ",
              new Job(c.argument(2), SUM),
              " & \\text{otherwise} \\end{cases}");
      default -> arguments(operator(c.fn), c);
    };
  }

  private static List<Object> infix(Call c, String sign) {
    return List.of(new Job(c.argument(0), SUM), sign, new Job(c.argument(1), SUM));
  }

  private static List<Object> arguments(String operator, Call c) {
    List<Object> out = new ArrayList<>();
    out.add(operator + "\\left(");
    join(out, List.of(c.children()), ", ", COMPARISON);
    out.add("\\right)");
    return out;
  }

  private static String operator(Fn f) {
    return switch (f) {
      case SIN, COS, TAN, SINH, COSH, TANH, LOG, MAX, MIN -> "\\" + f.text();
      case ASIN, ACOS, ATAN -> "\\arc" + f.text().substring(1);
      case ASINH, ACOSH, ATANH -> "\\operatorname{ar" + f.text().substring(1) + "}";
      case SIGMOID -> "\\sigma";
      case LGAMMA -> "\\log\\Gamma";
      default -> "\\operatorname{" + f.text() + "}";
    };
  }
}
