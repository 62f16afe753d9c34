package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jacana.CapturedStep;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tensor form of each transform gives what its host form gives, also in a recorded step. */
class TransformFormsTest {
  private static final int N = 6;

  static Stream<Device> devices() {
    return Devices.all().stream();
  }

  private record Case(Transform transform, Shape shape, double tolerance) {}

  private static List<Case> cases() {
    Shape grey = Shape.of(5, 7, 1);
    Shape colour = Shape.of(6, 5, 3);
    return List.of(
        new Case(new RandomCrop(2), grey, 0),
        new Case(new RandomCrop(2), colour, 0),
        new Case(new RandomCrop(4, Border.REFLECT), colour, 0),
        new Case(new RandomCrop(9, Border.EDGE), grey, 0),
        new Case(new RandomCrop(3, 4, 1, Border.ZEROS), colour, 0),
        new Case(new RandomCrop(3, 4, 0, Border.ZEROS), colour, 0),
        new Case(new HorizontalFlip(), colour, 0),
        new Case(new VerticalFlip(), grey, 0),
        new Case(new CenterCrop(4, 2), colour, 0),
        new Case(new Cutout(3, 0.5), colour, 0),
        new Case(new RandomErasing(0.8), colour, 0),
        new Case(new GaussianNoise(0.3), colour, 0),
        new Case(
            new Normalization(new float[] {0.1f, 0.2f, 0.3f}, new float[] {1, 2, 0.3f}),
            colour,
            1e-6),
        new Case(new RandomRotation(180), colour, 2e-5),
        new Case(new RandomRotation(30), grey, 2e-5),
        new Case(new RandomResizedCrop(4, 9), colour, 2e-5),
        new Case(new Resize(3, 11), colour, 2e-6),
        new Case(new Resize(11, 3), grey, 2e-6),
        new Case(new ColorJitter(0.4, 0.4, 0.4, 0.5), colour, 1e-5),
        new Case(new ColorJitter(0, 0, 0.4, 0), colour, 1e-6),
        new Case(new ColorJitter(0.4, 0.4, 0.4, 0.1), grey, 1e-6),
        new Case(new RandomApply(0.5, new RandomCrop(2)), grey, 0),
        new Case(new RandomApply(0.5, new CenterCrop(5, 7)), grey, 0),
        new Case(
            new OneOf(new HorizontalFlip(), new RandomCrop(1), new CenterCrop(6, 5)), colour, 0),
        new Case(
            new Compose(
                new RandomCrop(2), new HorizontalFlip(), new CenterCrop(4, 4), new Cutout(2)),
            colour,
            0));
  }

  private static float[] values(int n, long seed) {
    SplittableRandom r = new SplittableRandom(seed);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) r.nextDouble();
    }
    return x;
  }

  private static float[] drawn(Transform t, Shape s, int epoch) {
    int k = t.parameters(s);
    float[] p = new float[N * k];
    for (int i = 0; i < N; i++) {
      t.draw(new Draws(0).at(5, epoch, i, 0), s, p, i * k);
    }
    return p;
  }

  private static float[] host(Transform t, Shape s, float[] x, float[] p) {
    int in = (int) s.size();
    int out = (int) t.shape(s).size();
    float[] y = new float[N * out];
    for (int i = 0; i < N; i++) {
      float[] one = Arrays.copyOfRange(x, i * in, (i + 1) * in);
      t.apply(s, one, p, i * t.parameters(s), y, i * out);
    }
    return y;
  }

  private static void check(Case c, float[] host, Tensor y, String what) {
    assertEquals(c.transform.shape(c.shape).insert(0, N), y.shape(), what);
    float[] device = y.floats();
    if (c.tolerance == 0) {
      assertArrayEquals(host, device, what);
    } else {
      assertArrayEquals(host, device, (float) c.tolerance, what);
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void theSamePicturesOnADevice(Device device) {
    for (Case c : cases()) {
      assertTrue(c.transform.hasTensorForm());
      int k = c.transform.parameters(c.shape);
      float[] x = values(N * (int) c.shape.size(), 3);
      float[] p = drawn(c.transform, c.shape, 0);
      float[] q = drawn(c.transform, c.shape, 1);
      try (Scope scope = Scope.open(device)) {
        String what = c.transform + " on " + device;
        Tensor xs = Tensor.of(x, c.shape.insert(0, N).dims());
        Tensor ps = k == 0 ? null : Tensor.of(p, N, k);
        Tensor y = c.transform.apply(xs, ps);
        check(c, host(c.transform, c.shape, x, p), y, what);
        Tensor result = Tensor.zeros(y.shape().dims());
        try (CapturedStep step =
            CapturedStep.record(device, () -> result.assign(c.transform.apply(xs, ps)))) {
          if (k > 0) {
            ps.write(q);
          }
          step.replay();
          check(c, host(c.transform, c.shape, x, q), result, what + ", recorded");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void aStepOfLowPrecisionDoesNotBlurPictures(Device device) {
    Shape s = Shape.of(6, 5, 3);
    float[] x = values(N * 90, 3);
    Resize t = new Resize(4, 9);
    try (Scope scope = Scope.open(device)) {
      Tensor xs = Tensor.of(x, 6, 6, 5, 3);
      Tensor y = Precision.BF16.run(device, () -> t.apply(xs, null));
      check(new Case(t, s, 2e-6), host(t, s, x, new float[0]), y, "resize");
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void theSameMixturesOnADevice(Device device) {
    Shape s = Shape.of(5, 4, 2);
    int classes = 3;
    for (BatchTransform t : List.of(new Mixup(0.4), new CutMix(1), new Mixup(0), new CutMix(0))) {
      float[] x = values(N * (int) s.size(), 4);
      float[] y = new float[N * classes];
      for (int i = 0; i < N; i++) {
        y[i * classes + i % classes] = 1;
      }
      for (int epoch = 0; epoch < 5; epoch++) {
        float[] p = new float[t.parameters(N)];
        t.draw(new Draws(0).at(1, epoch, 0, 1), N, s, p);
        try (Scope scope = Scope.open(device)) {
          Tensor xs = Tensor.of(x, s.insert(0, N).dims());
          BatchTransform.Mixed m = t.apply(xs, Tensor.of(y, N, classes), Tensor.of(p));
          float[] hx = x.clone();
          float[] hy = y.clone();
          t.apply(s, N, hx, hy, classes, p, new float[hx.length]);
          assertArrayEquals(hx, m.x().floats(), 1e-6f);
          assertArrayEquals(hy, m.y().floats(), 1e-6f);
        }
      }
    }
  }
}
