package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.backend.Backends;
import org.jacana.data.ArrayDataset;
import org.jacana.data.ColorJitter;
import org.jacana.data.CutMix;
import org.jacana.data.Cutout;
import org.jacana.data.Dataset;
import org.jacana.data.Digits;
import org.jacana.data.Example;
import org.jacana.data.ExampleStream;
import org.jacana.data.HorizontalFlip;
import org.jacana.data.ImageData;
import org.jacana.data.Loader;
import org.jacana.data.Mixup;
import org.jacana.data.Normalization;
import org.jacana.data.RandomCrop;
import org.jacana.data.RandomRotation;
import org.jacana.data.Subset;
import org.jacana.data.Target;
import org.jacana.data.Transform;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Batches made on the host and batches picked and transformed on a device are the same. */
class FeedTest {
  private static final ImageData DIGITS = Digits.load().test().slice(0, 50);
  private static final Normalization SCALE = Normalization.of(DIGITS);

  static Stream<Device> devices() {
    return Devices.all().stream();
  }

  private record Case(Supplier<Loader> loader, float tolerance) {}

  private static Loader loader(Dataset data) {
    return Loader.of(data).batch(16).shuffle(4);
  }

  private static ImageData colours() {
    byte[] pixels = new byte[20 * 60];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * i * 31 + i * 7);
    }
    int[] labels = IntStream.range(0, 20).map(i -> i % 2).toArray();
    return new ImageData("colours", pixels, labels, 20, 5, 4, 3, List.of("a", "b"));
  }

  private static Dataset values() {
    float[] x = new float[40];
    float[] y = new float[20];
    for (int i = 0; i < 40; i++) {
      x[i] = (float) Math.sin(i);
      y[i / 2] = i;
    }
    return ArrayDataset.values("values", x, Shape.of(2), y, Shape.of(1));
  }

  private static List<Case> cases() {
    Normalization three = Normalization.of(colours());
    return List.of(
        new Case(() -> loader(DIGITS).transform(SCALE), 0),
        new Case(() -> loader(Subset.range(DIGITS, 3, 40)).transform(SCALE), 0),
        new Case(() -> loader(DIGITS).transform(SCALE, new RandomCrop(2), new HorizontalFlip()), 0),
        new Case(() -> loader(colours()).transform(three, new RandomCrop(1), new Cutout(2)), 0),
        new Case(() -> loader(colours()).transform(new HorizontalFlip()).dropLast(true), 0),
        new Case(
            () ->
                loader(colours())
                    .transform(
                        new ColorJitter(0.3, 0.3, 0.3, 0.1),
                        new RandomRotation(20),
                        new RandomCrop(1),
                        three),
            2e-4f),
        new Case(() -> loader(DIGITS).transform(SCALE).mix(new Mixup(0.4)), 1e-6f),
        new Case(
            () -> loader(DIGITS).transform(SCALE, new RandomCrop(2)).mix(new CutMix(1)), 1e-6f),
        new Case(() -> loader(values()), 0),
        new Case(
            () ->
                loader(values())
                    .transform(new Normalization(new float[] {0.1f, 0}, new float[] {2, 1})),
            1e-6f));
  }

  private static void same(Case c, Feed.Batch host, Feed.Batch device) {
    assertEquals(host.x().shape(), device.x().shape());
    assertEquals(host.y().shape(), device.y().shape());
    assertEquals(host.y().dtype(), device.y().dtype());
    if (c.tolerance == 0) {
      assertArrayEquals(host.x().floats(), device.x().floats());
      assertArrayEquals(host.y().floats(), device.y().floats());
    } else {
      assertArrayEquals(host.x().floats(), device.x().floats(), c.tolerance);
      assertArrayEquals(host.y().floats(), device.y().floats(), c.tolerance);
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void residentBatchesAreTheHostsBatches(Device device) {
    for (Case c : cases()) {
      try (Loader a = c.loader.get();
          Loader b = c.loader.get();
          Feed host = Feed.of(a, device, Residence.HOST);
          Feed resident = Feed.of(b, device, Residence.DEVICE)) {
        assertTrue(resident instanceof ResidentFeed && host instanceof HostFeed);
        for (int epoch = 0; epoch < 2; epoch++) {
          a.start(epoch, epoch);
          b.start(epoch, epoch);
          for (int n = host.next(); n > 0; n = host.next()) {
            assertEquals(n, resident.next());
            try (Scope scope = Scope.open(device);
                Feed.Slot h = host.slot(n);
                Feed.Slot r = resident.slot(n)) {
              same(c, host.batch(n), resident.batch(n));
              host.fill(h);
              resident.fill(r);
              same(c, host.batch(h), resident.batch(r));
              same(c, host.batch(n), host.batch(h));
              same(c, host.batch(2), resident.batch(2));
            }
          }
          assertEquals(0, resident.next());
        }
      }
    }
  }

  private static final class HostOnly implements Transform {
    @Override
    public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
      System.arraycopy(x, 0, y, to, (int) input.size());
    }

    @Override
    public String toString() {
      return "HostOnly";
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void theHostServesWhatADeviceCannotHold(Device device) {
    try (Loader plain = loader(DIGITS).transform(SCALE);
        Loader hosted = loader(DIGITS).transform(new HostOnly());
        Feed auto = Feed.of(plain, device, Residence.AUTO);
        Feed other = Feed.of(hosted, device, Residence.AUTO)) {
      assertEquals(Backends.of(device).asynchronous(), auto instanceof ResidentFeed);
      assertTrue(other instanceof HostFeed);
      String m =
          assertThrows(
                  IllegalArgumentException.class, () -> Feed.of(hosted, device, Residence.DEVICE))
              .getMessage();
      assertTrue(m.contains("HostOnly") && m.contains("let it lie on the host"), m);
    }
    ExampleStream stream =
        ExampleStream.of(
            "s", Shape.of(1), Target.NONE, () -> Stream.of(Example.withValues(new float[1])));
    try (Loader loader = Loader.stream(stream).batch(1);
        Feed feed = Feed.of(loader, device, Residence.AUTO)) {
      assertTrue(feed instanceof HostFeed);
      assertEquals(1, feed.next());
      assertThrows(IllegalArgumentException.class, () -> Feed.of(loader, device, Residence.DEVICE));
    }
  }
}
