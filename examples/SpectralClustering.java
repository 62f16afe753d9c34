import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.linalg.Csr;
import org.jacana.linalg.Eigh;
import org.jacana.linalg.Linalg;

/**
 * The karate club of Zachary (1977), cut in two by the sign of the graph Laplacian's second
 * eigenvector (Fiedler 1973), beside how the club really split.
 */
public class SpectralClustering {
  /** Of each member from 2 on, the earlier members that are friends. */
  private static final String[] FRIENDS = {
    "1",
    "1 2",
    "1 2 3",
    "1",
    "1",
    "1 5 6",
    "1 2 3 4",
    "1 3",
    "3",
    "1 5 6",
    "1",
    "1 4",
    "1 2 3 4",
    "",
    "",
    "6 7",
    "1 2",
    "",
    "1 2",
    "",
    "1 2",
    "",
    "",
    "",
    "24 25",
    "",
    "3 24 25",
    "3",
    "24 27",
    "2 9",
    "1 25 26 29",
    "3 9 15 16 19 21 23 24 30 31 32",
    "9 10 14 15 16 19 20 21 23 24 27 28 29 30 31 32 33"
  };

  /** Who stayed with the instructor when the club split. */
  private static final String INSTRUCTOR = "1 2 3 4 5 6 7 8 9 11 12 13 14 17 18 20 22";

  public static void main(String[] args) {
    int n = FRIENDS.length + 1;
    double[] weights = new double[n * n];
    int edges = 0;
    for (int i = 1; i < n; i++) {
      for (String friend : FRIENDS[i - 1].split(" ")) {
        if (!friend.isEmpty()) {
          int j = Integer.parseInt(friend) - 1;
          weights[i * n + j] = 1;
          weights[j * n + i] = 1;
          edges++;
        }
      }
    }
    try (Scope scope = Scope.open()) {
      Tensor adjacency = Tensor.of(weights, n, n);
      Csr sparse = Csr.ofDense(adjacency);
      Tensor degrees = sparse.matmul(Tensor.ones(DType.F64, n));
      System.out.println("members " + n + ", friendships " + edges + "   expected 34, 78");
      Tensor laplacian = degrees.diagEmbed(0).sub(adjacency);
      Eigh e = Linalg.eigh(laplacian);
      System.out.printf("smallest eigenvalue      %.6f   expected 0%n", e.values().at(0).item());
      // Its multiplicity counts the parts that are not connected: one.
      double connectivity = e.values().at(1).item();
      System.out.printf("algebraic connectivity   %.6f   expected 0.468525%n", connectivity);
      if (Math.abs(connectivity - 0.468525) > 1e-6) {
        throw new IllegalStateException("connectivity: not as expected");
      }

      double[] fiedler = e.vectors().select(1, 1).doubles();
      double hi = Math.signum(fiedler[0]);
      StringBuilder group = new StringBuilder();
      int right = 0;
      String real = " " + INSTRUCTOR + " ";
      for (int i = 0; i < n; i++) {
        boolean with = Math.signum(fiedler[i]) == hi;
        group.append(with ? (i + 1) + " " : "");
        right += with == real.contains(" " + (i + 1) + " ") ? 1 : 0;
      }
      System.out.println("with the instructor: " + group);
      System.out.println("as it happened:      " + INSTRUCTOR);
      System.out.println("in agreement: " + right + " of " + n);
    }
  }
}
