import java.util.Map;
import java.util.function.UnaryOperator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Transforms;
import org.jacana.calculus.Backpropagation;
import org.jacana.calculus.Expr;
import org.jacana.calculus.ExprArray;
import org.jacana.calculus.Tracer;
import org.jacana.calculus.Tracer.Argument;

/** The rules of differentiation on expressions, beside the answers found by hand. */
public class SymbolicCalculus {
  public static void main(String[] args) {
    Expr x = Expr.variable("x");
    Expr y = Expr.variable("y");

    System.out.println("Rules");
    show("sum and power", x.pow(3).add(x.sqrt()).d("x"), "3*x^2 + 1/(2*sqrt(x))");
    show("product", x.pow(2).mul(x.sin()).d("x"), "x^2*cos(x) + 2*x*sin(x)");
    show("quotient", x.sin().div(x).d("x"), "cos(x)/x - sin(x)/x^2");
    show("chain", Expr.parse("log(1 + exp(x^2))").d("x"), "2*x*exp(x^2)/(exp(x^2) + 1)");
    show("second derivative", x.mul(x.exp()).d("x", 2), "(x + 2)*exp(x)");
    show("d/dx x^x", x.pow(x).d("x"), "x^x*(log(x) + 1)");

    System.out.println("Several variables");
    Expr f = x.pow(2).mul(y).add(x.mul(y).sin());
    show("gradient", f.gradient("x", "y"), "[2*x*y + y*cos(x*y), x^2 + x*cos(x*y)]");
    ExprArray polar = ExprArray.vector(Expr.parse("r*cos(t)"), Expr.parse("r*sin(t)"));
    ExprArray j = polar.jacobian("r", "t");
    show("polar Jacobian", j, "[[cos(t), -r*sin(t)], [sin(t), r*cos(t)]]");
    Expr det = j.at(0, 0).mul(j.at(1, 1)).sub(j.at(0, 1).mul(j.at(1, 0)));
    show("its determinant", det.simplify(), "r");
    // The chain rule: the Jacobian of (u^2, u v) at u = x y, v = x + y is a product of two.
    ExprArray inner = ExprArray.vector(x.mul(y), x.add(y));
    ExprArray outer = ExprArray.vector(Expr.parse("u^2"), Expr.parse("u*v"));
    Map<String, Expr> where = Map.of("u", inner.at(0), "v", inner.at(1));
    ExprArray product = outer.jacobian("u", "v").substitute(where).matmul(inner.jacobian("x", "y"));
    show("chain rule", product.at(0, 1), "2*x^2*y");
    show("the same at once", outer.substitute(where).jacobian("x", "y").at(0, 1), "2*x^2*y");
    show("Hessian of x^2 y", x.pow(2).mul(y).hessian("x", "y"), "[[2*y, 2*x], [2*x, 0]]");
    System.out.println("  as LaTeX                " + j.latex());

    System.out.println("Functions written with tensors");
    show("silu", Tracer.trace(t -> t.silu(), "x"), "x*sigmoid(x)");
    show(
        "its derivative",
        Tracer.trace(t -> t.silu(), "x").d("x"),
        "sigmoid(x)*(1 + x*(1 - sigmoid(x)))");
    UnaryOperator<Tensor> entropy = z -> z.logSoftmax(0).at(0).neg();
    Expr loss = Tracer.trace(entropy, "z", 3).at().simplify();
    show("cross entropy", loss, "log(exp(z1) + exp(z2) + exp(z3)) - z1");
    show("its gradient by z2", loss.d("z2"), "exp(z2)/(exp(z1) + exp(z2) + exp(z3))");
    ExprArray layer =
        Tracer.trace(
            t -> t.get(0).matmul(t.get(1)).add(t.get(2)).tanh(),
            Argument.of("w", 1, 2),
            Argument.of("x", 2),
            Argument.of("b", 1));
    show("a layer", layer, "[tanh(w1_1*x1 + w1_2*x2 + b1)]");
    try (Scope scope = Scope.open()) {
      Tensor z = Tensor.of(new double[] {0.5, -1, 2});
      double symbolic = loss.d("z2").evaluate(Map.of("z1", 0.5, "z2", -1.0, "z3", 2.0));
      double autograd = Transforms.grad(entropy).apply(z).doubles()[1];
      System.out.printf("  %-24s %.15f, autograd %.15f%n", "at (0.5, -1, 2)", symbolic, autograd);
      require(Math.abs(symbolic - autograd) < 1e-14, "the gradient");
    }

    System.out.println("Backpropagation through sqrt(u) + cos(u), u = x^2 + exp(x^2), at x = 1");
    Expr chain = Expr.parse("sqrt(x^2 + exp(x^2)) + cos(x^2 + exp(x^2))");
    Map<String, Double> at = Map.of("x", 1.0);
    double slope = 0;
    for (Backpropagation.Step s : Backpropagation.steps(chain, at)) {
      System.out.printf("  %-44s value %9.6f  adjoint %9.6f%n", s.part(), s.value(), s.adjoint());
      slope = s.part().equals(x) ? s.adjoint() : slope;
    }
    // f' = 2x (1 + e^(x^2)) (1 / (2 sqrt(u)) - sin(u)).
    double u = 1 + Math.E;
    double hand = 2 * (1 + Math.E) * (1 / (2 * Math.sqrt(u)) - Math.sin(u));
    System.out.printf("  %-44s by hand %9.6f%n", "df/dx", hand);
    require(Math.abs(slope - hand) < 1e-12, "the adjoint of x");
  }

  static void show(String what, Expr found, String hand) {
    System.out.printf("  %-24s %-38s by hand %s%n", what, found, hand);
    require(found.isEquivalentTo(Expr.parse(hand)), what);
  }

  static void show(String what, ExprArray found, String hand) {
    System.out.printf("  %-24s %s by hand %s%n", what, found, hand);
    require(found.toString().equals(hand), what);
  }

  static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what + ": not as expected");
    }
  }
}
