package org.jacana.linalg;

import static org.jacana.linalg.LinalgTest.close;
import static org.jacana.linalg.LinalgTest.matrix;
import static org.jacana.linalg.LinalgTest.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.GradientCheck;
import org.junit.jupiter.api.Test;

class ImageFiltersTest {
  private static Tensor image(Tensor t) {
    return t.reshape(1, t.shape().dim(0), t.shape().dim(1), 1);
  }

  /** Zeros but for ones in rows and columns from..to-1. */
  private static Tensor box(int n, int from, int to) {
    double[] v = new double[n * n];
    for (int y = from; y < to; y++) {
      for (int x = from; x < to; x++) {
        v[y * n + x] = 1;
      }
    }
    return image(Tensor.of(v, n, n));
  }

  @Test
  void anImpulseTellsConvolutionFromCorrelation() {
    try (Scope s = Scope.open()) {
      Tensor k = matrix(3, 1, 2, 3, 4, 5, 6, 7, 8, 9);
      Tensor impulse = box(3, 1, 2);
      close(k.doubles(), ImageFilters.convolve(impulse, k), 0);
      close(new double[] {9, 8, 7, 6, 5, 4, 3, 2, 1}, ImageFilters.crossCorrelate(impulse, k), 0);
      Tensor x = normal(1, 2, 6, 5, 3);
      Tensor y = ImageFilters.crossCorrelate(x, k);
      // Channels and images by themselves, and the nearest pixel beyond the edge.
      Tensor one = ImageFilters.crossCorrelate(x.slice(0, 1, 2).slice(3, 2, 3).contiguous(), k);
      close(y.slice(0, 1, 2).slice(3, 2, 3), one, 1e-13);
      double corner = 0;
      for (int a = 0; a < 3; a++) {
        for (int b = 0; b < 3; b++) {
          corner += k.at(a, b).item() * x.at(0, Math.max(0, a - 1), Math.max(0, b - 1), 0).item();
        }
      }
      assertEquals(corner, y.at(0, 0, 0, 0).item(), 1e-13);
      assertThrows(
          IllegalArgumentException.class, () -> ImageFilters.convolve(x, k.slice(0, 0, 2)));
    }
  }

  @Test
  void slopesOfRampsAndParabolas() {
    try (Scope s = Scope.open()) {
      double[] ramp = new double[49];
      double[] bowl = new double[49];
      for (int i = 0; i < 49; i++) {
        ramp[i] = 2 * (i % 7) - 3 * (i / 7);
        bowl[i] = (i % 7) * (i % 7) + 2 * (i / 7) * (i / 7);
      }
      Tensor x = image(Tensor.of(ramp, 7, 7));
      assertEquals(16, ImageFilters.sobelX(x).at(0, 3, 3, 0).item(), 1e-13);
      assertEquals(-24, ImageFilters.sobelY(x).at(0, 3, 3, 0).item(), 1e-13);
      assertEquals(
          8 * Math.sqrt(13), ImageFilters.gradientMagnitude(x).at(0, 3, 3, 0).item(), 1e-12);
      assertEquals(
          6, ImageFilters.laplacian(image(Tensor.of(bowl, 7, 7))).at(0, 2, 4, 0).item(), 1e-13);
    }
  }

  @Test
  void gaussians() {
    try (Scope s = Scope.open()) {
      // Of sigma 1 and radius 1: 1 / (1 + 2 exp(-1/2)) in the middle.
      double middle = 1 / (1 + 2 * Math.exp(-0.5));
      close(
          new double[] {(1 - middle) / 2, middle, (1 - middle) / 2},
          ImageFilters.gaussianKernel(1, 1),
          1e-15);
      Tensor flat = Tensor.full(DType.F64, 3, 1, 8, 8, 2);
      close(flat, ImageFilters.gaussianBlur(flat, 1.5), 1e-13);
      Tensor impulse = box(41, 20, 21);
      Tensor once = ImageFilters.gaussianBlur(impulse, 2.5);
      assertEquals(1, once.sum().item(), 1e-12);
      assertEquals(1 / (2 * Math.PI * 6.25), once.at(0, 20, 20, 0).item(), 1e-5);
      // Variances add: 1.5^2 + 2^2 = 2.5^2.
      Tensor twice = ImageFilters.gaussianBlur(ImageFilters.gaussianBlur(impulse, 1.5), 2);
      close(once, twice, 1e-5);
      assertThrows(IllegalArgumentException.class, () -> ImageFilters.gaussianBlur(flat, 0));
    }
  }

  @Test
  void harrisFindsTheCornersOfASquare() {
    try (Scope s = Scope.open()) {
      Tensor x = box(30, 10, 20);
      StructureTensor t = StructureTensor.of(x, 1);
      Tensor r = t.harris(0.05);
      assertTrue(r.at(0, 10, 10, 0).item() > 0);
      assertTrue(r.at(0, 10, 15, 0).item() < 0, "an edge");
      assertEquals(0, r.at(0, 15, 15, 0).item(), 1e-6);
      assertEquals(0, r.at(0, 2, 2, 0).item(), 1e-12);
      Set<List<Integer>> expected =
          Set.of(List.of(10, 10), List.of(10, 19), List.of(19, 10), List.of(19, 19));
      for (Tensor response : new Tensor[] {r, t.shiTomasi()}) {
        Set<List<Integer>> found =
            StructureTensor.corners(response, 0.5, 3).stream()
                .map(c -> List.of(c.y(), c.x()))
                .collect(Collectors.toSet());
        assertEquals(expected, found);
      }
      // det and trace by eigenvalues.
      Tensor e = t.eigenvalues();
      Tensor low = e.select(-1, 0);
      Tensor high = e.select(-1, 1);
      close(t.xx().add(t.yy()), low.add(high), 1e-15);
      close(t.xx().mul(t.yy()).sub(t.xy().square()), low.mul(high), 1e-15);
      assertTrue(StructureTensor.corners(r.mul(0), 0.5, 1).isEmpty());
    }
  }

  @Test
  void derivatives() {
    try (Scope s = Scope.open()) {
      GradientCheck.check(
          x -> ImageFilters.convolve(x[0], x[1]), normal(1, 1, 4, 4, 2), normal(2, 3, 1));
      GradientCheck.check(x -> StructureTensor.of(x[0], 0.5).harris(0.05), normal(3, 1, 4, 4, 1));
      GradientCheck.check(x -> ImageFilters.gradientMagnitude(x[0]), normal(4, 1, 4, 4, 1));
    }
  }
}
