package org.jacana.data;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jacana.Shape;

/**
 * How examples become a batch: what a loader is asked to do, checked and fixed. Shared by threads;
 * what changes lies in the {@link Batch}.
 */
final class Assembly {
  private static final int TRANSFORM = 0;
  private static final int MIX = 1;

  private final String name;
  private final Target target;
  private final Shape input;
  private final Shape output;
  private final int batch;
  private final long seed;
  private final Compose transforms;
  private final BatchTransform mixing;
  private final float[] table;
  private final int parameters;

  Assembly(
      String name,
      Shape input,
      Target target,
      boolean bytes,
      int batch,
      long seed,
      List<Transform> all,
      BatchTransform mixing) {
    this.name = name;
    this.target = target;
    this.input = input;
    this.batch = batch;
    this.seed = seed;
    this.mixing = mixing;
    if (mixing != null && !target.isClass()) {
      throw new IllegalArgumentException(
          "loader: mixing needs classes, but "
              + name
              + " has "
              + target
              + "; leave it out or give class names");
    }
    Compose whole = new Compose(all);
    output = whole.shape(input);
    boolean first = bytes && !whole.isEmpty() && whole.transforms().get(0) instanceof Normalization;
    if (first) {
      table = ((Normalization) whole.transforms().get(0)).table();
      transforms = new Compose(whole.transforms().subList(1, whole.transforms().size()));
    } else {
      table = bytes ? Normalization.none(input.dim(-1)).table() : null;
      transforms = whole;
    }
    parameters = transforms.parameters(input);
  }

  int batch() {
    return batch;
  }

  int inputSize() {
    return Math.toIntExact(input.size());
  }

  int outputSize() {
    return Math.toIntExact(output.size());
  }

  Shape outputShape() {
    return output;
  }

  /** The table of a byte's number in each channel; null for other data. */
  float[] table() {
    return table;
  }

  /** What comes after the table. */
  Compose transforms() {
    return transforms;
  }

  BatchTransform mixing() {
    return mixing;
  }

  int parameterCount() {
    return parameters;
  }

  int mixingCount(int n) {
    return mixing == null ? 0 : mixing.parameters(n);
  }

  /** Shape of one example's F32 target; null for a class number. */
  Shape valuesShape() {
    return mixing != null ? Shape.of(target.classes()) : target.shape();
  }

  int valuesSize() {
    return valuesShape() == null ? 0 : Math.toIntExact(valuesShape().size());
  }

  /** Draws what the batch's examples and their mixing need. */
  void draw(Batch b) {
    for (int i = 0; i < b.n && parameters > 0; i++) {
      b.draws.at(seed, b.epoch, (long) b.number * batch + i, TRANSFORM);
      transforms.draw(b.draws, input, b.parameters, i * parameters);
    }
    if (mixing != null) {
      b.draws.at(seed, b.epoch, b.number, MIX);
      mixing.draw(b.draws, b.n, output, b.mixing);
    }
  }

  /** Fills the target and the transformed input of example i of the batch. */
  void example(Batch b, int i, Dataset data) throws IOException {
    int index = b.indices[i];
    if (target.isClass()) {
      b.labels[i] = data.label(index);
    } else if (b.y.length > 0) {
      data.values(index, b.y, i * valuesSize());
    }
    boolean direct = transforms.isEmpty();
    float[] to = direct ? b.x : b.raw;
    int at = direct ? i * outputSize() : 0;
    if (table != null) {
      ((ByteImages) data).read(index, table, to, at);
    } else {
      data.read(index, to, at);
    }
    transform(b, i);
  }

  /** As {@link #example(Batch, int, Dataset)}, from an example of a stream. */
  void example(Batch b, int i, Example e) {
    if (e.input().length != inputSize()
        || (target.isClass() ? 0 : target.size()) != e.values().length
        || (target.isClass() && (e.label() < 0 || e.label() >= target.classes()))) {
      throw new IllegalArgumentException(
          name
              + ": an example has "
              + e.input().length
              + " numbers, label "
              + e.label()
              + " and "
              + e.values().length
              + " values, expected "
              + inputSize()
              + " numbers "
              + input
              + " and "
              + target);
    }
    if (target.isClass()) {
      b.labels[i] = e.label();
    } else {
      System.arraycopy(e.values(), 0, b.y, i * valuesSize(), e.values().length);
    }
    boolean direct = transforms.isEmpty();
    System.arraycopy(
        e.input(), 0, direct ? b.x : b.raw, direct ? i * outputSize() : 0, e.input().length);
    transform(b, i);
  }

  private void transform(Batch b, int i) {
    if (!transforms.isEmpty()) {
      transforms.apply(input, b.raw, b.parameters, i * parameters, b.x, i * outputSize());
    }
  }

  /** Mixes a batch whose examples are all there. */
  void mix(Batch b) {
    if (mixing == null) {
      return;
    }
    int classes = target.classes();
    Arrays.fill(b.y, 0, b.n * classes, 0);
    for (int i = 0; i < b.n; i++) {
      b.y[i * classes + b.labels[i]] = 1;
    }
    mixing.apply(output, b.n, b.x, b.y, classes, b.mixing, b.spare);
  }
}
