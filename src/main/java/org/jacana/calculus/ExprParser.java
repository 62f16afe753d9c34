package org.jacana.calculus;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads expressions: comparison, then + and -, then * and /, then signs, then ^ (from the right).
 * Nothing is implied: products need their sign.
 */
final class ExprParser {
  private static final int DEEPEST = 500;

  private final String text;
  private int at;
  private int depth;

  ExprParser(String text) {
    this.text = text;
  }

  Expr parse() {
    try {
      Expr e = comparison();
      if (at < text.length()) {
        throw error("unexpected '" + text.charAt(at) + "'");
      }
      return e;
    } catch (ArithmeticException x) {
      throw error(x.getMessage());
    }
  }

  private IllegalArgumentException error(String what) {
    String around = text.substring(Math.max(0, at - 20), Math.min(text.length(), at + 20));
    return new IllegalArgumentException(
        "parse: " + what + " at position " + at + ", near \"" + around + "\"");
  }

  private void skip() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private boolean take(String sign) {
    skip();
    if (text.startsWith(sign, at)) {
      at += sign.length();
      skip();
      return true;
    }
    return false;
  }

  private void expect(String sign) {
    if (!take(sign)) {
      throw error("expected '" + sign + "'" + (at == text.length() ? " but the text ends" : ""));
    }
  }

  private Expr comparison() {
    if (++depth > DEEPEST) {
      throw error("nested more than " + DEEPEST + " deep");
    }
    Expr a = sum();
    Expr result = a;
    if (take("<=")) {
      result = Calls.of(Fn.LE, a, sum());
    } else if (take(">=")) {
      result = Calls.of(Fn.LE, sum(), a);
    } else if (take("==")) {
      result = Calls.of(Fn.EQ, a, sum());
    } else if (take("!=")) {
      result = Calls.of(Fn.NOT, Calls.of(Fn.EQ, a, sum()));
    } else if (take("<")) {
      result = Calls.of(Fn.LT, a, sum());
    } else if (take(">")) {
      result = Calls.of(Fn.LT, sum(), a);
    }
    depth--;
    return result;
  }

  private Expr sum() {
    Expr first = product();
    skip();
    if (!text.startsWith("+", at) && !text.startsWith("-", at)) {
      return first;
    }
    Sums s = new Sums();
    s.add(first);
    while (true) {
      if (take("+")) {
        s.add(product());
      } else if (take("-")) {
        s.add(Constant.MINUS_ONE, product());
      } else {
        return s.build();
      }
    }
  }

  private Expr product() {
    Products p = new Products();
    p.mul(sign());
    p.mul(power());
    while (true) {
      if (take("*")) {
        p.mul(sign());
        p.mul(power());
      } else if (take("/")) {
        p.mul(sign());
        p.mul(power().reciprocal());
      } else {
        return p.build();
      }
    }
  }

  private Constant sign() {
    boolean minus = false;
    while (true) {
      if (take("-")) {
        minus = !minus;
      } else if (!take("+")) {
        return minus ? Constant.MINUS_ONE : Constant.ONE;
      }
    }
  }

  private Expr power() {
    Expr base = atom();
    if (!take("^")) {
      return base;
    }
    if (++depth > DEEPEST) {
      throw error("nested more than " + DEEPEST + " deep");
    }
    Expr e = Powers.of(base, Products.of(sign(), power()));
    depth--;
    return e;
  }

  private Expr atom() {
    skip();
    if (at == text.length()) {
      throw error("expected a number, a name or '(' but the text ends");
    }
    char c = text.charAt(at);
    if (c == '(') {
      expect("(");
      Expr e = comparison();
      expect(")");
      return e;
    }
    if (isDigit(c) || c == '.') {
      return number();
    }
    if (isLetter(c)) {
      return named();
    }
    throw error("expected a number, a name or '(', got '" + c + "'");
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  private int digits() {
    int from = at;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    return at - from;
  }

  /** Whole numbers are exact; what has a point or an exponent is a double. */
  private Expr number() {
    int from = at;
    int count = digits();
    boolean whole = true;
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      count += digits();
      whole = false;
    }
    if (count == 0) {
      throw error("a number without digits");
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
        at++;
      }
      if (digits() == 0) {
        throw error("an exponent without digits");
      }
      whole = false;
    }
    String s = text.substring(from, at);
    if (whole) {
      return Constant.num(new Rational(new BigInteger(s), BigInteger.ONE));
    }
    double v = Double.parseDouble(s);
    if (Double.isInfinite(v)) {
      throw error("the number " + s + " is too large");
    }
    return Constant.num(v);
  }

  private Expr named() {
    int from = at;
    while (at < text.length()
        && (isLetter(text.charAt(at)) || isDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    String name = text.substring(from, at);
    skip();
    boolean call = at < text.length() && text.charAt(at) == '(';
    Fn fn = Fn.BY_NAME.get(name);
    if (!call) {
      if (fn != null && fn.arity > 0) {
        throw error("the function '" + name + "' needs arguments in parentheses");
      }
      return fn != null ? Calls.of(fn) : name.equals("e") ? Calls.E : new Variable(name);
    }
    if (!name.equals("sqrt") && (fn == null || fn.arity == 0)) {
      at = from;
      throw error("there is no function '" + name + "'");
    }
    List<Expr> x = arguments();
    int arity = fn == null ? 1 : fn.arity;
    if (x.size() != arity) {
      throw error(name + " takes " + arity + " arguments, got " + x.size());
    }
    return fn == null ? x.get(0).sqrt() : Calls.of(fn, x.toArray(new Expr[0]));
  }

  private List<Expr> arguments() {
    List<Expr> x = new ArrayList<>();
    expect("(");
    do {
      x.add(comparison());
    } while (take(","));
    expect(")");
    return x;
  }
}
