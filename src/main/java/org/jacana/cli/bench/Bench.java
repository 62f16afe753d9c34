package org.jacana.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.backend.Backends;
import org.jacana.backend.DeviceProbe;
import org.jacana.plot.Picture;
import org.jacana.plot.Roofline;

/**
 * What a device does in Jacana's hands: its ceilings first, then each work with its time and a look
 * at its result.
 *
 * @param device that was measured
 * @param clocks of its processors, before, between and after; none where they are the host's
 * @param ceilings what it did at best
 * @param results in the order of the suite
 * @param scaling what of the results says how times grow; null where that was not measured
 */
public record Bench(
    Device device, List<Clock> clocks, Ceilings ceilings, List<Result> results, Scaling scaling) {
  private static final long CLOCK_NANOSECONDS = 10_000_000;

  /**
   * Measures a device.
   *
   * @param rehearse everything once and small: to see that it runs, where times mean nothing
   * @param wanted names of the works to run
   * @param heard hears of each line of the table as it is ready
   */
  public static Bench run(
      Device device, boolean rehearse, Predicate<String> wanted, Consumer<String> heard) {
    Suite suite = Suite.of(device, rehearse);
    return run(suite, suite.works(), suite.leftOut(), wanted, heard);
  }

  /** Measures instead how the times of networks grow with the batch and with the image. */
  public static Bench scaling(
      Device device, boolean rehearse, Predicate<String> wanted, Consumer<String> heard) {
    ScalingSuite growing = ScalingSuite.of(rehearse, FreeMemory.of(device));
    List<Work> works = growing.works(device);
    Stopwatch warm = new Stopwatch(Backends.of(device), rehearse ? 0.01 : 1.5, 0, 0.0005);
    for (int i = 0; i < works.size(); i++) {
      // Java compiles while the smallest size runs first, which is not what a curve should show.
      if (wanted.test(works.get(i).name()) && growing.begins(i)) {
        measure(device, warm, null, works.get(i));
      }
    }
    Bench b = run(Suite.of(device, rehearse), works, growing.leftOut(), wanted, heard);
    Scaling scaling = Scaling.of(growing, b.results);
    heard.accept(scaling.toString());
    return new Bench(device, b.clocks, b.ceilings, b.results, scaling);
  }

  private static Bench run(
      Suite suite,
      List<Work> works,
      List<String> leftOut,
      Predicate<String> wanted,
      Consumer<String> heard) {
    Device device = suite.device();
    boolean rehearse = suite.small();
    List<Clock> clocks = new ArrayList<>();
    Consumer<String> clock = when -> clock(device, rehearse, when, clocks, heard);
    leftOut.forEach(heard);
    clock.accept("at rest");
    Stopwatch watch =
        rehearse ? Stopwatch.quick(Backends.of(device)) : Stopwatch.thorough(Backends.of(device));
    Ceilings ceilings =
        Ceilings.measure(
            device, watch, 2 * suite.large(), suite.largestProducts(), suite.precisions());
    clock.accept("after the products");
    heard.accept(BenchText.ceilings(ceilings));
    heard.accept(BenchText.head());
    List<Result> results = new ArrayList<>();
    for (Work w : works) {
      if (wanted.test(w.name())) {
        Result r = measure(device, watch, ceilings, w);
        results.add(r);
        heard.accept(BenchText.line(r));
      }
    }
    clock.accept("at the end");
    return new Bench(device, List.copyOf(clocks), ceilings, List.copyOf(results), null);
  }

  private static void clock(
      Device device, boolean rehearse, String when, List<Clock> all, Consumer<String> heard) {
    DeviceProbe probe = Backends.of(device).probe();
    if (probe != null) {
      all.add(Clock.read(when, probe, rehearse ? CLOCK_NANOSECONDS / 10 : CLOCK_NANOSECONDS));
      heard.accept(all.get(all.size() - 1).toString());
    }
  }

  /** What is recorded while it is prepared is recorded in the work's precision, too. */
  static Result measure(Device device, Stopwatch watch, Ceilings ceilings, Work w) {
    try (Scope scope = Scope.open(device)) {
      return w.precision()
          .run(
              device,
              () -> {
                Work.Call call = w.prepare().get();
                Stats s = watch.measure(call.run()).per(w.times());
                return Result.of(w, s, ceilings, call.wrong().get());
              });
    } catch (RuntimeException e) {
      return Result.failed(w, e);
    }
  }

  /** The number of results that are wrong or could not be had. */
  public long wrong() {
    return results.stream().filter(r -> r.wrong() != null).count();
  }

  /**
   * Matrix products and convolutions by their operations for each byte, under the ceilings.
   *
   * @throws IllegalStateException if none was measured, or pictures cannot be drawn here
   */
  public Picture roofline() {
    Roofline picture = new Roofline("Operations on " + device);
    ceilings.operationsPerSecond().forEach((p, rate) -> picture.compute(p.name(), rate));
    picture.memory("copy", ceilings.bytesPerSecond());
    int points = 0;
    for (Result r : results) {
      if (r.gigaflops() > 0 && r.gigabytes() > 0) {
        double seconds = r.micros() / 1e6;
        picture.point(
            r.name(), r.gigaflops() * 1e9 * seconds, r.gigabytes() * 1e9 * seconds, seconds);
        points++;
      }
    }
    if (points == 0) {
      throw new IllegalStateException(
          "roofline: no matrix product or convolution was measured; leave out --only");
    }
    return picture.picture();
  }

  /**
   * Times over batch and image, in one picture.
   *
   * @throws IllegalStateException if none was measured, or pictures cannot be drawn here
   */
  public Picture scalingPicture() {
    if (scaling == null) {
      throw new IllegalStateException("scaling: it was not measured");
    }
    return scaling.picture(device.toString());
  }
}
