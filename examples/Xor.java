import java.util.List;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** Learns exclusive or with plain tensors and gradients: no layers, no optimizer. */
public class Xor {
  public static void main(String[] args) {
    boolean quick = List.of(args).contains("--short");
    try (Scope model = Scope.open()) {
      Tensor x = Tensor.of(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, 4, 2);
      Tensor target = Tensor.of(new float[] {0, 1, 1, 0}, 4, 1);

      Generator random = new Generator(1);
      Tensor w1 = random.normal(DType.F32, 2, 8).requiresGrad(true);
      Tensor b1 = Tensor.zeros(8).requiresGrad(true);
      Tensor w2 = random.normal(DType.F32, 8, 1).requiresGrad(true);
      Tensor b2 = Tensor.zeros(1).requiresGrad(true);
      List<Tensor> weights = List.of(w1, b1, w2, b2);

      int steps = quick ? 500 : 2000;
      for (int i = 1; i <= steps; i++) {
        // Everything made in the scope is freed at its end.
        try (Scope step = Scope.open()) {
          Tensor y = x.matmul(w1).add(b1).tanh().matmul(w2).add(b2).sigmoid();
          Tensor loss = y.sub(target).square().mean();
          List<Tensor> gradients = Autograd.grad(loss, weights);
          for (int k = 0; k < weights.size(); k++) {
            Tensor w = weights.get(k);
            w.assign(w.detach().sub(gradients.get(k).mul(1.0)));
          }
          if (i % (steps / 5) == 0) {
            System.out.printf("step %4d  loss %.5f%n", i, loss.item());
          }
        }
      }
      Tensor y = x.matmul(w1).add(b1).tanh().matmul(w2).add(b2).sigmoid();
      System.out.println(y.detach());
    }
  }
}
