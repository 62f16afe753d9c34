package org.jacana.data;

import java.util.Iterator;
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
  private boolean used;
  private final boolean once;

  private ExampleStream(
      String name, Shape input, Target target, Supplier<Stream<Example>> passes, boolean once) {
    this.name = Objects.requireNonNull(name, "name");
    inputShape = Objects.requireNonNull(input, "inputShape");
    this.target = Objects.requireNonNull(target, "target");
    this.passes = Objects.requireNonNull(passes, "passes");
    this.once = once;
  }

  /** A stream for each epoch, closed after it. */
  public static ExampleStream of(
      String name, Shape inputShape, Target target, Supplier<Stream<Example>> passes) {
    return new ExampleStream(name, inputShape, target, passes, false);
  }

  /** Examples that can be read once; a second epoch is an {@link IllegalStateException}. */
  public static ExampleStream once(
      String name, Shape inputShape, Target target, Iterator<Example> examples) {
    Iterable<Example> all = () -> examples;
    return new ExampleStream(
        name, inputShape, target, () -> StreamSupport.stream(all.spliterator(), false), true);
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

  /** Begins a pass over the examples, from the first. */
  Stream<Example> pass() {
    if (once && used) {
      throw new IllegalStateException(
          "loader: "
              + name
              + " can be read once, and was; give a supplier of streams to read it in every epoch");
    }
    used = true;
    return passes.get();
  }
}
