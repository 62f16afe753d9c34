package org.jacana.linalg;

import java.util.ArrayList;
import java.util.List;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * The second moments of image gradients in a Gaussian neighbourhood, for each pixel and channel:
 * the matrix (xx xy; xy yy), each [N, H, W, C] (Foerstner and Guelch 1987).
 */
public record StructureTensor(Tensor xx, Tensor xy, Tensor yy) {
  /** A corner's place, in pixels, and its response. */
  public record Corner(int y, int x, double response) {}

  /** From Sobel's slopes divided by 8, blurred by a Gaussian of standard deviation sigma. */
  public static StructureTensor of(Tensor images, double sigma) {
    ImageFilters.images("structureTensor", images);
    Tensor[] parts =
        Compose.all(
            images,
            () -> {
              Tensor dx = ImageFilters.sobelX(images).mul(0.125);
              Tensor dy = ImageFilters.sobelY(images).mul(0.125);
              return new Tensor[] {
                ImageFilters.gaussianBlur(dx.square(), sigma),
                ImageFilters.gaussianBlur(dx.mul(dy), sigma),
                ImageFilters.gaussianBlur(dy.square(), sigma)
              };
            });
    return new StructureTensor(parts[0], parts[1], parts[2]);
  }

  /** The matrices' eigenvalues, ascending: [N, H, W, C, 2]. Both are large at corners. */
  public Tensor eigenvalues() {
    return Compose.on(
        xx,
        () -> {
          Tensor mean = xx.add(yy).mul(0.5);
          Tensor spread = xx.sub(yy).mul(0.5).hypot(xy);
          return Tensor.stack(-1, mean.sub(spread), mean.add(spread));
        });
  }

  /**
   * det - k trace^2: positive at corners, negative at edges, near 0 where it is flat (Harris and
   * Stephens 1988); k is usually 0.04 to 0.06.
   */
  public Tensor harris(double k) {
    return Compose.on(xx, () -> xx.mul(yy).sub(xy.square()).sub(xx.add(yy).square().mul(k)));
  }

  /** The smaller eigenvalue (Shi and Tomasi 1994). */
  public Tensor shiTomasi() {
    return Compose.on(xx, () -> eigenvalues().select(-1, 0));
  }

  /**
   * The places where a response [1, H, W, 1] is at least {@code part} of its maximum and the
   * largest within {@code distance} pixels each way (the first of equals), strongest first.
   */
  public static List<Corner> corners(Tensor response, double part, int distance) {
    ImageFilters.images("structureTensor.corners", response);
    int h = response.shape().dim(1);
    int w = response.shape().dim(2);
    if (response.size() != (long) h * w || distance < 0) {
      throw new IllegalArgumentException(
          "structureTensor.corners: needs one response [1, H, W, 1] and a distance of at least 0,"
              + " got "
              + response.shape()
              + " and "
              + distance);
    }
    double[] r;
    try (Scope s = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      r = response.doubles();
    }
    double largest = Double.NEGATIVE_INFINITY;
    for (double v : r) {
      largest = Math.max(largest, v);
    }
    List<Corner> found = new ArrayList<>();
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        double v = r[y * w + x];
        if (v > 0 && v >= part * largest && isPeak(r, h, w, y, x, distance)) {
          found.add(new Corner(y, x, v));
        }
      }
    }
    found.sort((a, b) -> Double.compare(b.response, a.response));
    return found;
  }

  private static boolean isPeak(double[] r, int h, int w, int y, int x, int distance) {
    double v = r[y * w + x];
    for (int i = Math.max(0, y - distance); i <= Math.min(h - 1, y + distance); i++) {
      for (int j = Math.max(0, x - distance); j <= Math.min(w - 1, x + distance); j++) {
        boolean before = i < y || i == y && j < x;
        double other = r[i * w + j];
        if (other > v || before && other == v) {
          return false;
        }
      }
    }
    return true;
  }
}
