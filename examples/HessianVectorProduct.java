import java.util.List;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * A Hessian-vector product by differentiating a gradient, on Rosenbrock's function f(x, y) = (1 -
 * x)^2 + 100 (y - x^2)^2, beside the values found by hand.
 */
public class HessianVectorProduct {
  public static void main(String[] args) {
    try (Scope scope = Scope.open()) {
      Tensor p = Tensor.of(new double[] {-1.2, 1.0}).requiresGrad(true);
      Tensor v = Tensor.of(new double[] {1.0, 2.0});

      Tensor x = p.at(0);
      Tensor y = p.at(1);
      Tensor f = x.rsub(1).square().add(y.sub(x.square()).square().mul(100));

      Tensor gradient = Autograd.grad(f, List.of(p), true).get(0);
      Tensor product = Autograd.grad(gradient.mul(v).sum(), p);

      // By hand: f' = (-2(1-x) - 400x(y-x^2), 200(y-x^2)),
      // f'' = ((2 - 400(y-3x^2), -400x), (-400x, 200)).
      System.out.println("f        " + f.item() + "   expected 24.2");
      System.out.println("gradient " + gradient.detach() + "   expected [-215.6 -88.]");
      System.out.println("H v      " + product + "   expected [2290. 880.]");
    }
  }
}
