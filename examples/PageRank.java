import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.linalg.Csr;

/**
 * PageRank (Page et al. 1999) by power iteration with a sparse matrix, on the eleven pages of
 * Wikipedia's picture of it, beside the ranks written there.
 */
public class PageRank {
  private static final Map<String, String> LINKS =
      new TreeMap<>(
          Map.of(
              "A", "", "B", "C", "C", "B", "D", "AB", "E", "BDF", "F", "BE", "G", "BE", "H", "BE",
              "I", "BE", "J", "E"));
  private static final double[] PERCENT = {3.3, 38.4, 34.3, 3.9, 8.1, 3.9, 1.6, 1.6, 1.6, 1.6, 1.6};

  public static void main(String[] args) {
    LINKS.put("K", "E");
    List<String> pages = List.copyOf(LINKS.keySet());
    int n = pages.size();
    List<int[]> places = new ArrayList<>();
    List<Double> shares = new ArrayList<>();
    double[] none = new double[n];
    for (int from = 0; from < n; from++) {
      String to = LINKS.get(pages.get(from));
      none[from] = to.isEmpty() ? 1 : 0;
      for (char page : to.toCharArray()) {
        places.add(new int[] {page - 'A', from});
        shares.add(1.0 / to.length());
      }
    }
    try (Scope scope = Scope.open()) {
      Csr links =
          Csr.ofCoordinates(
              n,
              n,
              places.stream().mapToInt(p -> p[0]).toArray(),
              places.stream().mapToInt(p -> p[1]).toArray(),
              shares.stream().mapToDouble(s -> s).toArray(),
              DType.F64);
      Tensor dangling = Tensor.of(none);
      Tensor rank = Tensor.full(DType.F64, 1.0 / n, n);
      double damping = 0.85;
      double change = 1;
      int steps = 0;
      for (; change > 1e-12; steps++) {
        // A page without links counts as one that links to all.
        Tensor spread = dangling.dot(rank).mul(damping / n).add((1 - damping) / n);
        Tensor next = links.matmul(rank).mul(damping).add(spread);
        change = next.sub(rank).abs().sum().item();
        rank = next;
      }
      System.out.println("steps " + steps + ", sum " + rank.sum().item());
      for (int i = 0; i < n; i++) {
        double percent = 100 * rank.at(i).item();
        System.out.printf("%s %5.1f   expected %5.1f%n", pages.get(i), percent, PERCENT[i]);
        if (Math.abs(percent - PERCENT[i]) > 0.0501) {
          throw new IllegalStateException("page " + pages.get(i) + ": not as expected");
        }
      }
    }
  }
}
