package org.jacana.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jacana.peers.Protocol.Answer;
import org.jacana.peers.Protocol.Order;

/** A framework with a layout, at one work. */
final class Contestant {
  private final WorkerProcess worker;
  private final Case work;
  private final String layout;
  private final List<Double> medians = new ArrayList<>();
  private double error;
  private boolean fell = true;
  private Double accuracy;

  Contestant(WorkerProcess worker, Case work, String layout) {
    this.worker = worker;
    this.work = work;
    this.layout = layout;
  }

  WorkerProcess worker() {
    return worker;
  }

  String layout() {
    return layout;
  }

  /** What it computes; null where the framework does not do this. */
  List<float[]> results() throws IOException {
    Path file = Files.createTempFile("jacana-peers", ".bin");
    try {
      Answer a = ask(new Order("results", work.name(), layout, file.toString(), 0, 0));
      return a.absent() ? null : Protocol.read(file);
    } finally {
      Files.delete(file);
    }
  }

  void error(double relative) {
    error = relative;
  }

  double error() {
    return error;
  }

  /** One turn; a warm-up's times are not kept. */
  void turn(double warmUp, double budget, boolean kept) throws IOException {
    Answer a = ask(new Order("measure", work.name(), layout, null, warmUp, budget));
    if (kept) {
      medians.add(a.turn().median() / work.times());
      fell &= a.fell() == null || a.fell();
      accuracy = a.accuracy();
    }
  }

  /** Seconds, a round each. */
  List<Double> medians() {
    return medians;
  }

  double median() {
    return Quantiles.median(medians.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** Whether the loss fell in every round. */
  boolean fell() {
    return fell;
  }

  Double accuracy() {
    return accuracy;
  }

  void close() throws IOException {
    ask(new Order("close", work.name(), layout, null, 0, 0));
  }

  private Answer ask(Order order) throws IOException {
    Answer a = worker.ask(order);
    if (a.error() != null) {
      throw new FailedException(worker.name() + ": " + a.error());
    }
    return a;
  }

  /** A worker that could not do what it was asked for. */
  static final class FailedException extends IOException {
    private static final long serialVersionUID = 1;

    FailedException(String message) {
      super(message);
    }
  }
}
