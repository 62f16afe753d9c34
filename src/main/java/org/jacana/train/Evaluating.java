package org.jacana.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.data.Batch;
import org.jacana.data.ImageData;
import org.jacana.data.Loader;
import org.jacana.data.Normalization;
import org.jacana.nn.Module;
import org.jacana.train.metrics.Metric;

/** Runs a model over data in eval mode; sums stay on the device until the end. */
final class Evaluating {
  private static final int BATCH = 250;

  private Evaluating() {}

  /** With new metrics of a trainer. */
  static Evaluation with(Trainer options, Function<List<Metric>, Evaluation> body) {
    List<Metric> metrics = new ArrayList<>();
    try {
      options.metrics.forEach(m -> metrics.add(m.get()));
      return body.apply(metrics);
    } finally {
      metrics.forEach(Metric::close);
    }
  }

  /** Images: by {@link Evaluation#of} where nothing else is asked for. */
  static Evaluation of(
      Module model,
      ImageData images,
      Normalization scale,
      Objective objective,
      List<Metric> metrics) {
    if (objective.equals(Objective.CLASSES) && metrics.isEmpty()) {
      return Evaluation.of(model, images, scale);
    }
    try (Loader loader =
        Loader.of(images).batch(Math.min(BATCH, images.count())).transform(scale)) {
      return of(model, loader, objective, metrics);
    }
  }

  static Evaluation of(Module model, Loader data, Objective objective, List<Metric> metrics) {
    metrics.forEach(Metric::reset);
    Device device = Training.device(model);
    boolean training = model.isTraining();
    model.eval();
    try (Scope all = Scope.open(device);
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor loss = Tensor.zeros(DType.F64);
      Tensor correct = Tensor.zeros(DType.I32);
      int count = 0;
      data.start(0);
      for (Batch b = data.next(); b != null; b = data.next()) {
        try (Scope one = Scope.open(device)) {
          Tensor target = b.y();
          Tensor output = objective.output(model, b.x());
          Tensor mean = objective.loss(output, target);
          loss.assign(loss.add(mean.to(DType.F64).reshape().mul(b.size())));
          correct.assign(correct.add(objective.correct(output, target)));
          metrics.forEach(m -> m.update(output, target));
        }
        count += b.size();
      }
      if (count == 0) {
        throw new IllegalArgumentException("evaluate: the data has no batch");
      }
      Map<String, Double> figures = new LinkedHashMap<>();
      metrics.forEach(m -> figures.put(m.name(), m.compute()));
      return new Evaluation(
          count, objective.classifier() ? (int) correct.item() : -1, loss.item() / count, figures);
    } finally {
      model.train(training);
    }
  }
}
