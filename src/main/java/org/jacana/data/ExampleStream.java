package org.jacana.data;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jacana.Shape;

/**
 * Examples that come one after the other, from a Java Stream or Iterator; their number need not be
 * known. They are read by one thread at a time, in order.
 */
public final class ExampleStream {
  private final String name;
  private final Shape inputShape;
  private final Target target;
  private final Supplier<Stream<Example>> passes;
  private final boolean once;
  private final int buffer;
  private final long seed;
  private boolean used;

  private ExampleStream(
      String name,
      Shape input,
      Target target,
      Supplier<Stream<Example>> passes,
      boolean once,
      int buffer,
      long seed) {
    this.name = Objects.requireNonNull(name, "name");
    inputShape = Objects.requireNonNull(input, "inputShape");
    this.target = Objects.requireNonNull(target, "target");
    this.passes = Objects.requireNonNull(passes, "passes");
    this.once = once;
    this.buffer = buffer;
    this.seed = seed;
  }

  /** A stream for each epoch, closed after it. */
  public static ExampleStream of(
      String name, Shape inputShape, Target target, Supplier<Stream<Example>> passes) {
    return new ExampleStream(name, inputShape, target, passes, false, 1, 0);
  }

  /** Examples that can be read once; a second epoch is an {@link IllegalStateException}. */
  public static ExampleStream once(
      String name, Shape inputShape, Target target, Iterator<Example> examples) {
    Iterable<Example> all = () -> examples;
    return new ExampleStream(
        name, inputShape, target, () -> StreamSupport.stream(all.spliterator(), false), true, 1, 0);
  }

  /** Name of the data, for messages. */
  public String name() {
    return name;
  }

  /** Shape of the input of one example. */
  public Shape inputShape() {
    return inputShape;
  }

  /** What is to be predicted. */
  public Target target() {
    return target;
  }

  /**
   * The same examples in a partly random order: each comes at random out of a buffer that is kept
   * full. The order follows from the seed and the epoch.
   *
   * @param examples that the buffer holds, at least 1
   */
  public ExampleStream shuffle(int examples, long seed) {
    Grid.requirePositive("exampleStream", "buffer", examples);
    return new ExampleStream(name, inputShape, target, passes, once, examples, seed);
  }

  /** Begins a pass over the examples, from the first; closing it closes the source. */
  Stream<Example> pass(int epoch) {
    if (once && used) {
      throw new IllegalStateException(
          "loader: "
              + name
              + " can be read once, and was; give a supplier of streams to read it in every epoch");
    }
    used = true;
    Stream<Example> source = passes.get();
    if (buffer == 1) {
      return source;
    }
    Iterable<Example> mixed = () -> mixed(source.iterator(), new Draws(seed, epoch));
    return StreamSupport.stream(mixed.spliterator(), false).onClose(source::close);
  }

  private Iterator<Example> mixed(Iterator<Example> from, Draws draws) {
    List<Example> held = new ArrayList<>();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !held.isEmpty() || from.hasNext();
      }

      @Override
      public Example next() {
        while (held.size() < buffer && from.hasNext()) {
          held.add(from.next());
        }
        if (held.isEmpty()) {
          throw new NoSuchElementException();
        }
        int i = draws.below(held.size());
        Example last = held.remove(held.size() - 1);
        return i == held.size() ? last : held.set(i, last);
      }
    };
  }
}
