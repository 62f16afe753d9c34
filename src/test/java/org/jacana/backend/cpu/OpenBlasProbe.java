package org.jacana.backend.cpu;

import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.linalg.Linalg;

/** Inverts a matrix and prints with what; run in a JVM of its own by {@link OpenBlasTest}. */
final class OpenBlasProbe {
  private OpenBlasProbe() {}

  public static void main(String[] arguments) {
    try (Scope s = Scope.open()) {
      Tensor a = Tensor.of(new double[] {2, 0, 0, 4}, 2, 2);
      System.out.println(Linalg.inv(a).sum().item() + " " + Linalg.library());
    }
  }
}
