package org.jacana.peers;

import java.io.IOException;
import java.util.List;
import org.jacana.Scope;
import org.jacana.data.Datasets;
import org.jacana.data.ImageSplit;
import org.jacana.data.Normalization;
import org.jacana.nn.Module;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Schedule;
import org.jacana.train.History;
import org.jacana.train.Progress;
import org.jacana.train.Trainer;

/** One pass over Fashion-MNIST's train images with its evaluation on the test images. */
final class JacanaEpoch implements Job {
  private final Scope scope;
  private final Case work;
  private final ImageSplit data;
  private final Normalization scale;
  private Module net;
  private Optimizer rule;
  private History history;

  private JacanaEpoch(Scope scope, Case work, ImageSplit data) {
    this.scope = scope;
    this.work = work;
    this.data = new ImageSplit(data.train().slice(0, work.size(1)), data.test());
    scale = Normalization.of(this.data.train());
  }

  static JacanaEpoch of(Scope scope, Case c) throws IOException {
    return new JacanaEpoch(scope, c, Datasets.load("fashion-mnist", null).split());
  }

  @Override
  public void between() {
    free();
    net = JacanaStep.network(work.net());
    rule = JacanaStep.optimizer(work.net(), net.parameters());
  }

  @Override
  public void run() {
    history =
        new Trainer(1, work.size(0), 0.05, Schedule.constant(), 1, new Progress.Listener() {})
            .fit(net, rule, data, scale);
  }

  @Override
  public Double accuracy() {
    return history == null ? null : history.last().test().accuracy();
  }

  @Override
  public List<float[]> results() {
    return List.of();
  }

  private void free() {
    if (net != null) {
      rule.close();
      net.close();
    }
  }

  @Override
  public void close() {
    free();
    scope.close();
  }
}
