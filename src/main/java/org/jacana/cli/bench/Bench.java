package org.jacana.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.backend.Backends;

/**
 * What a device does in Jacana's hands: its ceilings first, then each work with its time and a look
 * at its result.
 *
 * @param device that was measured
 * @param ceilings what it did at best
 * @param results in the order of the suite
 */
public record Bench(Device device, Ceilings ceilings, List<Result> results) {

  /**
   * Measures a device.
   *
   * @param rehearse everything once and small: to see that it runs, where times mean nothing
   * @param wanted names of the works to run
   * @param heard hears of each line of the table as it is ready
   */
  public static Bench run(
      Device device, boolean rehearse, Predicate<String> wanted, Consumer<String> heard) {
    Suite suite = new Suite(device, rehearse);
    Stopwatch watch =
        rehearse ? Stopwatch.quick(Backends.of(device)) : Stopwatch.thorough(Backends.of(device));
    Ceilings ceilings =
        Ceilings.measure(device, watch, 2 * suite.large(), suite.products(), suite.precisions());
    heard.accept(BenchText.ceilings(ceilings));
    heard.accept(BenchText.head());
    List<Result> results = new ArrayList<>();
    for (Work w : suite.works()) {
      if (wanted.test(w.name())) {
        Result r = measure(device, watch, ceilings, w);
        results.add(r);
        heard.accept(BenchText.line(r));
      }
    }
    return new Bench(device, ceilings, List.copyOf(results));
  }

  private static Result measure(Device device, Stopwatch watch, Ceilings ceilings, Work w) {
    try (Scope scope = Scope.open(device)) {
      Work.Call call = w.prepare().get();
      return w.precision()
          .run(
              device,
              () -> {
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
}
