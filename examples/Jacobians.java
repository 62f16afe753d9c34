import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.CustomOp;
import org.jacana.autograd.Transforms;

/** Derivatives of every kind by function transforms, beside the values found by hand. */
public class Jacobians {
  /** (1 - x)^2 + 100 (y - x^2)^2. */
  static Tensor rosenbrock(Tensor p) {
    Tensor x = p.at(0);
    return x.rsub(1).square().add(p.at(1).sub(x.square()).square().mul(100));
  }

  public static void main(String[] args) {
    try (Scope scope = Scope.open()) {
      Tensor p = Tensor.of(new double[] {-1.2, 1});
      Tensor v = Tensor.of(new double[] {1, 2});
      show("Rosenbrock gradient", "-215.6 -88", Transforms.grad(Jacobians::rosenbrock).apply(p));
      show("Rosenbrock Hessian", "1330 480 480 200", Transforms.hessian(Jacobians::rosenbrock, p));
      show("Hessian times (1, 2)", "2290 880", Transforms.hvp(Jacobians::rosenbrock, p, v));

      // Polar to Cartesian coordinates: the determinant of the Jacobian is r.
      UnaryOperator<Tensor> cartesian =
          q -> Tensor.stack(0, q.at(0).mul(q.at(1).cos()), q.at(0).mul(q.at(1).sin()));
      Tensor j = Transforms.jacobian(cartesian, Tensor.of(new double[] {2, Math.PI / 6}));
      Tensor det = j.at(0, 0).mul(j.at(1, 1)).sub(j.at(0, 1).mul(j.at(1, 0)));
      show("polar Jacobian", "0.866025 -1 0.5 1.732051", j);
      show("its determinant", "2", det);

      // The Jacobian of softmax is diag(s) - s s'.
      Tensor logits = Tensor.of(new double[] {0, Math.log(2), Math.log(5)});
      show(
          "softmax Jacobian",
          "0.109375 -0.03125 -0.078125 -0.03125 0.1875 -0.15625 -0.078125 -0.15625 0.234375",
          Transforms.jacobian(x -> x.softmax(0), logits));

      Tensor half = Tensor.of(new double[] {0.5});
      UnaryOperator<Tensor> third = Transforms.grad(Transforms.grad(Transforms.grad(Tensor::sin)));
      show("third derivative of sin", number(-Math.cos(0.5)), third.apply(half));
      show(
          "d/dx of the jvp of x^3",
          "15",
          Transforms.grad(x -> Transforms.jvp(t -> t.pow(3), x, half.mul(10)).tangent())
              .apply(half));

      Tensor points = Tensor.of(new double[] {-1.2, 1, 1, 1}, 2, 2);
      show(
          "gradients of both points",
          "-215.6 -88 0 0",
          Transforms.vmap(Transforms.grad(Jacobians::rosenbrock)).apply(points));

      CustomOp cube =
          CustomOp.of("cube", x -> x[0].pow(3))
              .gradient((x, y, g) -> new Tensor[] {g.mul(x[0].square()).mul(3)});
      show("Hessian of a custom cube", "3", Transforms.hessian(x -> cube.apply(x), half));
      show(
          "gradient by checkpoint",
          number(Math.exp(Math.sin(0.5)) * Math.cos(0.5)),
          Transforms.grad(x -> Transforms.checkpoint(t -> t.sin().exp(), x)).apply(half));
    }
  }

  static String number(double v) {
    String s = String.format(Locale.ROOT, "%.6f", v);
    return s.replaceAll("\\.?0+$", "").replaceAll("^-0$", "0");
  }

  static void show(String what, String expected, Tensor t) {
    StringBuilder values = new StringBuilder();
    for (double d : t.doubles()) {
      values.append(values.length() == 0 ? "" : " ").append(number(d));
    }
    System.out.printf("%-25s %s%n%-25s %s%n", what, values, "  expected", expected);
    if (!values.toString().equals(expected)) {
      throw new IllegalStateException(what + ": not as expected");
    }
  }
}
