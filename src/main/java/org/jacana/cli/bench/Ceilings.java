package org.jacana.cli.bench;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.Backends;

/**
 * What the device was measured to do at best; no number of a data sheet.
 *
 * @param bytesPerSecond read and written by a copy of a tensor that no cache holds
 * @param operationsPerSecond of the fastest matrix product, by precision
 */
record Ceilings(double bytesPerSecond, Map<Precision, Double> operationsPerSecond) {

  static Ceilings measure(
      Device device, Stopwatch watch, int floats, int[] sizes, List<Precision> precisions) {
    Map<Precision, Double> rates = new EnumMap<>(Precision.class);
    double copy;
    try (Scope scope = Scope.open(device)) {
      Tensor x = Tensor.ones(DType.F32, floats);
      Tensor y = Tensor.zeros(DType.F32, floats);
      Stats s = watch.measure(() -> Backends.of(device).copy(y.view(), x.view()));
      copy = 8.0 * floats / s.least();
    }
    for (Precision p : precisions) {
      for (int n : sizes) {
        Work product = ProductWork.square(n, p);
        try (Scope scope = Scope.open(device)) {
          Work.Call call = product.prepare().get();
          Stats s = p.run(device, () -> watch.measure(call.run()));
          rates.merge(p, product.operations() / s.least(), Math::max);
        }
      }
    }
    return new Ceilings(copy, rates);
  }

  /** The least seconds that so much work can take here; 0 where neither bound says anything. */
  double floor(Work w) {
    Double rate = operationsPerSecond.get(w.precision());
    double compute = rate == null ? 0 : w.operations() / rate;
    return Math.max(compute, w.onDevice() ? w.bytes() / bytesPerSecond : 0);
  }
}
