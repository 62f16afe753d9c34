import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.linalg.ImageFilters;
import org.jacana.linalg.StructureTensor;
import org.jacana.linalg.Toeplitz;

/** Convolution, slopes, and corners of a white square, beside the values found by hand. */
public class ImageCorners {
  public static void main(String[] args) {
    try (Scope scope = Scope.open()) {
      Tensor kernel = Tensor.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 3);
      double[] dot = new double[9];
      dot[4] = 1;
      Tensor impulse = Tensor.of(dot, 1, 3, 3, 1);
      System.out.println("an impulse convolved with 1..9, expected 1..9");
      System.out.println(ImageFilters.convolve(impulse, kernel).reshape(9));
      System.out.println("cross-correlated, expected 9..1");
      System.out.println(ImageFilters.crossCorrelate(impulse, kernel).reshape(9));
      System.out.println("(0 1 0.5) convolved with (1 2 3) as a matrix product");
      Tensor t = Toeplitz.convolution(Tensor.of(new double[] {1, 2, 3}), 3);
      System.out.println(t);
      System.out.println(
          t.matmul(Tensor.of(new double[] {0, 1, 0.5})) + "   expected 0 1 2.5 4 1.5");

      double[] pixels = new double[24 * 24];
      for (int y = 6; y < 18; y++) {
        for (int x = 8; x < 16; x++) {
          pixels[y * 24 + x] = 1;
        }
      }
      Tensor square = Tensor.of(pixels, 1, 24, 24, 1);
      Tensor slope = ImageFilters.sobelX(square);
      System.out.println(
          "Sobel at the left edge " + slope.at(0, 12, 8, 0).item() + "   expected 4");
      Tensor blurred = ImageFilters.gaussianBlur(square, 1);
      System.out.printf(
          "light after a blur %.6f   expected 96%n", blurred.sum().to(DType.F64).item());
      System.out.println("corners, expected (6,8) (6,15) (17,8) (17,15)");
      var corners = StructureTensor.corners(StructureTensor.of(square, 1).harris(0.05), 0.5, 3);
      corners.forEach(c -> System.out.printf("  (%d,%d) %.4g%n", c.y(), c.x(), c.response()));
      if (corners.size() != 4) {
        throw new IllegalStateException("corners: not as expected");
      }
    }
  }
}
