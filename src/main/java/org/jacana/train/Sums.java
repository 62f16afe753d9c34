package org.jacana.train;

import java.util.ArrayDeque;
import java.util.Map;

/**
 * Loss and hits of an epoch. Results stay on the device until they are read, together, so that it
 * does not wait for the host at every step.
 */
final class Sums implements AutoCloseable {
  private record Unread(TrainStep.Result result, int epoch, int step, double rate)
      implements AutoCloseable {
    @Override
    public void close() {
      result.close();
    }
  }

  private final ArrayDeque<Unread> unread = new ArrayDeque<>();
  private final boolean classifier;
  private final double highestRate;
  private double lossSum;
  private double correct;
  private double examples;
  private double last = Double.NaN;

  Sums(boolean classifier, double highestRate) {
    this.classifier = classifier;
    this.highestRate = highestRate;
  }

  void add(TrainStep.Result result, int epoch, int step, double rate) {
    unread.add(new Unread(result, epoch, step, rate));
  }

  int unread() {
    return unread.size();
  }

  /**
   * Reads what is on the device.
   *
   * @throws DivergedException if a loss is not finite
   */
  void read() {
    while (!unread.isEmpty()) {
      try (Unread u = unread.poll()) {
        double loss = u.result().loss().item();
        if (!Double.isFinite(loss)) {
          throw new DivergedException(loss, u.epoch(), u.step(), u.rate(), highestRate);
        }
        last = loss;
        lossSum += loss * u.result().examples();
        correct += u.result().correct().item();
        examples += u.result().examples();
      }
    }
  }

  double last() {
    read();
    return last;
  }

  double loss() {
    read();
    return lossSum / examples;
  }

  double accuracy() {
    read();
    return classifier ? correct / examples : Double.NaN;
  }

  /** Starts another epoch. */
  void clear() {
    lossSum = 0;
    correct = 0;
    examples = 0;
  }

  void save(Map<String, Double> into) {
    read();
    into.put("loss_sum", lossSum);
    into.put("correct", correct);
    into.put("examples", examples);
    into.put("last_loss", last);
  }

  void load(Map<String, Double> from) {
    lossSum = from.get("loss_sum");
    correct = from.get("correct");
    examples = from.get("examples");
    last = from.get("last_loss");
  }

  @Override
  public void close() {
    unread.forEach(Unread::close);
    unread.clear();
  }
}
