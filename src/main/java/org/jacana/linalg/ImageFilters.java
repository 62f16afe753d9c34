package org.jacana.linalg;

import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;
import org.jacana.op.Padding;

/**
 * Classical filters of images [N, H, W, C], F32 or F64, each channel by itself; results have the
 * image's extents, beyond whose edge the nearest pixel is repeated. x grows to the right, y
 * downwards. Differentiable.
 */
public final class ImageFilters {
  private static final double[] SOBEL = {-1, 0, 1, -2, 0, 2, -1, 0, 1};

  private ImageFilters() {}

  static void images(String op, Tensor x) {
    Check.real(op, x);
    if (x.rank() != 4 || x.size() == 0) {
      throw new IllegalArgumentException(
          op + ": needs images [N, H, W, C] that are not empty, got " + x.shape());
    }
  }

  private static void odd(String op, Tensor x, Tensor kernel) {
    images(op, x);
    Check.matrix(op, kernel);
    Check.real(op, x, kernel);
    if (kernel.shape().dim(0) % 2 == 0 || kernel.shape().dim(1) % 2 == 0) {
      throw new IllegalArgumentException(
          op + ": the kernel needs odd extents, which have a middle, got " + kernel.shape());
    }
  }

  /** Cross-correlation: y[i, j] = sum of k[a, b] x[i + a, j + b], a and b from the middle. */
  public static Tensor crossCorrelate(Tensor x, Tensor kernel) {
    odd("imageFilters.crossCorrelate", x, kernel);
    int h = kernel.shape().dim(0);
    int w = kernel.shape().dim(1);
    int c = x.shape().dim(3);
    ConvSpec spec = new ConvSpec(1, 1, 0, 0, 0, 0, 1, 1, c);
    return Compose.on(
        x,
        () ->
            x.pad(Padding.REPLICATE, 0, 0, h / 2, h / 2, w / 2, w / 2, 0, 0)
                .conv2d(kernel.reshape(1, h, w, 1).expand(c, h, w, 1), null, spec));
  }

  /**
   * True convolution: y[i, j] = sum of k[a, b] x[i - a, j - b], which is cross-correlation with the
   * kernel turned by half a circle. A unit impulse gives the kernel back.
   */
  public static Tensor convolve(Tensor x, Tensor kernel) {
    odd("imageFilters.convolve", x, kernel);
    return Compose.on(x, () -> crossCorrelate(x, kernel.flip(0).flip(1)));
  }

  private static Tensor fixed(Tensor x, double[] kernel, int h, int w) {
    return Compose.on(x, () -> crossCorrelate(x, Tensor.of(kernel, h, w).to(x.dtype())));
  }

  /** Eight times the slope to the right: correlation with (-1 0 1; -2 0 2; -1 0 1). */
  public static Tensor sobelX(Tensor x) {
    images("imageFilters.sobelX", x);
    return fixed(x, SOBEL, 3, 3);
  }

  /** Eight times the slope downwards: correlation with (-1 -2 -1; 0 0 0; 1 2 1). */
  public static Tensor sobelY(Tensor x) {
    images("imageFilters.sobelY", x);
    return Compose.on(
        x, () -> crossCorrelate(x, Tensor.of(SOBEL, 3, 3).to(x.dtype()).transpose(0, 1)));
  }

  /** sqrt(sobelX^2 + sobelY^2). */
  public static Tensor gradientMagnitude(Tensor x) {
    images("imageFilters.gradientMagnitude", x);
    return Compose.on(x, () -> sobelX(x).hypot(sobelY(x)));
  }

  /** The sum of second differences: correlation with (0 1 0; 1 -4 1; 0 1 0). */
  public static Tensor laplacian(Tensor x) {
    images("imageFilters.laplacian", x);
    return fixed(x, new double[] {0, 1, 0, 1, -4, 1, 0, 1, 0}, 3, 3);
  }

  /**
   * exp(-i^2 / 2 sigma^2) for i from -radius to radius, divided by their sum: [2 radius + 1], F64.
   */
  public static Tensor gaussianKernel(double sigma, int radius) {
    return Tensor.of(weights(sigma, radius));
  }

  private static double[] weights(double sigma, int radius) {
    if (!(sigma > 0) || Double.isInfinite(sigma) || radius < 0) {
      throw new IllegalArgumentException(
          "imageFilters.gaussianKernel: sigma must be positive and the radius not negative, got "
              + sigma
              + " and "
              + radius);
    }
    double[] k = new double[2 * radius + 1];
    double sum = 0;
    for (int i = 0; i < k.length; i++) {
      double z = (i - radius) / sigma;
      k[i] = Math.exp(-z * z / 2);
      sum += k[i];
    }
    for (int i = 0; i < k.length; i++) {
      k[i] /= sum;
    }
    return k;
  }

  /** Blurred by a Gaussian, rows and then columns, cut off at 4 sigma (SciPy's choice). */
  public static Tensor gaussianBlur(Tensor x, double sigma) {
    images("imageFilters.gaussianBlur", x);
    double[] k = weights(sigma, (int) (4 * sigma + 0.5));
    return Scope.tidy(() -> fixed(fixed(x, k, 1, k.length), k, k.length, 1));
  }
}
