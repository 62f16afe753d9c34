package org.jacana.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jacana.Device;
import org.jacana.Tensor;
import org.jacana.data.ImageData;
import org.jacana.data.Loader;
import org.jacana.nn.Module;
import org.jacana.optim.Optimizer;
import org.jacana.optim.WeightAverage;
import org.jacana.train.metrics.Metric;

/** What surrounds a run: freezing, averaging, metrics, and their end. */
record Training(Trainer options, Module model, Optimizer optimizer) {
  /** Where a model's parameters are. */
  static Device device(Module model) {
    List<Tensor> parameters = model.parameters();
    return parameters.isEmpty() ? Device.best() : parameters.get(0).device();
  }

  /** A loader of images, not in a random order yet. */
  static Loader images(ImageData images, int batch) {
    if (batch > images.count()) {
      throw new IllegalArgumentException(
          "train: batch size "
              + batch
              + " is larger than the "
              + images.count()
              + " examples of "
              + images.name()
              + "; use a batch size of at most "
              + images.count());
    }
    return Loader.of(images).batch(batch);
  }

  History fit(Loader train, Objective objective, Function<List<Metric>, Evaluation> validation) {
    List<Tensor> frozen = freeze();
    WeightAverage average =
        options.average() == null ? null : options.average().apply(model.parameters());
    List<Metric> metrics = new ArrayList<>();
    try {
      options.metrics.forEach(m -> metrics.add(m.get()));
      options.notes().forEach(options.listener::note);
      Fit.Model trained =
          new Fit.Model(model, optimizer, device(model), average, Fit.scale(options.execution));
      return new Fit(
              options,
              trained,
              objective,
              train,
              validation == null ? null : () -> validation.apply(metrics))
          .fit();
    } finally {
      metrics.forEach(Metric::close);
      if (average != null) {
        average.close();
      }
      frozen.forEach(p -> p.requiresGrad(true));
    }
  }

  private List<Tensor> freeze() {
    List<Tensor> all = new ArrayList<>();
    for (String prefix : options.frozen) {
      int before = all.size();
      for (Map.Entry<String, Tensor> p : model.namedParameters().entrySet()) {
        if (p.getKey().startsWith(prefix)) {
          all.add(p.getValue());
        }
      }
      if (all.size() == before) {
        throw new IllegalArgumentException(
            "train: no parameter's name starts with '"
                + prefix
                + "'; there are "
                + model.namedParameters().keySet());
      }
    }
    List<Tensor> frozen = all.stream().distinct().filter(Tensor::requiresGrad).toList();
    frozen.forEach(p -> p.requiresGrad(false));
    return frozen;
  }
}
