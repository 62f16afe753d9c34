package org.jacana.data;

import java.util.ArrayList;
import java.util.List;
import org.jacana.Shape;

/**
 * The batches of a data set, epoch by epoch, made by background threads while the last one is used.
 * Order and augmentation follow from (seed, epoch, place) alone: the same bits at any number of
 * workers, and from any epoch and batch on. Used by one thread; closing it ends its own.
 *
 * <pre>{@code
 * try (Loader loader =
 *     Loader.of(train).batch(128).shuffle(1).workers(2)
 *         .transform(Normalization.of(train), new RandomCrop(4), new HorizontalFlip())) {
 *   for (int epoch = 0; epoch < 10; epoch++) {
 *     for (Batch b : loader.epoch(epoch)) {
 *       try (Scope step = Scope.open()) {
 *         Losses.crossEntropy(model.apply(b.x()), b.y()).backward();
 *         ...
 *       }
 *     }
 *   }
 * }
 * }</pre>
 */
public final class Loader implements AutoCloseable {
  private static final int AUTO = -1;

  private final Dataset data;
  private final ExampleStream stream;
  private final String name;
  private final List<Transform> transforms = new ArrayList<>();
  private int batch = 32;
  private long seed;
  private boolean shuffle;
  private Sampler sampler;
  private int workers = AUTO;
  private int prefetch = 2;
  private boolean dropLast;
  private BatchTransform mixing;

  private Assembly assembly;
  private Delivery delivery;
  private boolean closed;

  private Loader(Dataset data, ExampleStream stream, String name) {
    this.data = data;
    this.stream = stream;
    this.name = name;
  }

  /** Batches of 32 in the order of the data; what follows changes that, before the first batch. */
  public static Loader of(Dataset data) {
    return new Loader(data, null, data.name());
  }

  /** Batches of 32 of a stream, in its order; it has no shuffle and no sampler. */
  public static Loader stream(ExampleStream stream) {
    return new Loader(null, stream, stream.name());
  }

  private Loader option(boolean valid, String rule) {
    if (assembly != null || closed) {
      throw new IllegalStateException("loader: it is in use; set its options before that");
    }
    if (!valid) {
      throw new IllegalArgumentException("loader: " + rule);
    }
    return this;
  }

  private void requireOrder(String what) {
    option(
        stream == null,
        name
            + " is a stream, whose order is its own; leave out "
            + what
            + " or shuffle the stream");
  }

  /** Examples of a batch, at least 1. */
  public Loader batch(int examples) {
    option(examples >= 1, "batch size must be at least 1, is " + examples);
    batch = examples;
    return this;
  }

  /** A random order, new in each epoch; this seeds what else is random, too. */
  public Loader shuffle(long seed) {
    requireOrder("shuffle");
    option(sampler == null, "it has a sampler already, which gives the order");
    shuffle = true;
    this.seed = seed;
    return this;
  }

  /** Seed of the transforms, without a random order. */
  public Loader seed(long seed) {
    option(true, "");
    this.seed = seed;
    return this;
  }

  /** Which examples make up an epoch, in which order. */
  public Loader sampler(Sampler sampler) {
    requireOrder("a sampler");
    option(!shuffle, "it shuffles already; leave out shuffle and seed the sampler");
    this.sampler = sampler;
    return this;
  }

  /**
   * Background threads: 0 makes batches in the caller's thread. Without this there are none for
   * images in memory that need no transforms, and else two.
   */
  public Loader workers(int threads) {
    option(threads >= 0, "workers must be at least 0, is " + threads);
    workers = threads;
    return this;
  }

  /** How many batches are made in advance at most, at least 1; 2 unless set. */
  public Loader prefetch(int batches) {
    option(batches >= 1, "prefetch must be at least 1, is " + batches);
    prefetch = batches;
    return this;
  }

  /** Appends transforms of the examples. */
  public Loader transform(Transform... next) {
    option(true, "");
    transforms.addAll(List.of(next));
    return this;
  }

  /** Mixes the examples of a batch; {@link Batch#y} gives probabilities then. */
  public Loader mix(BatchTransform mixing) {
    option(true, "");
    this.mixing = mixing;
    return this;
  }

  /** Whether the last examples of an epoch are left out where they do not fill a batch. */
  public Loader dropLast(boolean drop) {
    option(true, "");
    dropLast = drop;
    return this;
  }

  private Delivery delivery() {
    if (closed) {
      throw new IllegalStateException("loader: it is closed");
    }
    if (delivery == null) {
      assembly();
      Work work =
          stream == null
              ? new IndexedWork(data, assembly, sampler, dropLast)
              : new StreamWork(stream, assembly, dropLast);
      boolean light =
          assembly.transforms().isEmpty() && mixing == null && stream == null && data.inMemory();
      int threads = workers != AUTO ? workers : light ? 0 : 2;
      delivery = new Delivery(assembly, work, threads, prefetch, name);
    }
    return delivery;
  }

  private Assembly assembly() {
    if (assembly == null) {
      if (stream == null) {
        requireSampler();
      }
      assembly =
          new Assembly(
              name,
              stream == null ? data.inputShape() : stream.inputShape(),
              stream == null ? data.target() : stream.target(),
              data instanceof ByteImages,
              batch,
              seed,
              transforms,
              mixing);
    }
    return assembly;
  }

  private void requireSampler() {
    if (sampler == null) {
      int n = data.count();
      sampler = shuffle ? Samplers.shuffled(n, seed) : Samplers.sequential(n);
    }
    if (dropLast && batch > sampler.length()) {
      throw new IllegalArgumentException(
          "loader: batch size "
              + batch
              + " is larger than the "
              + sampler.length()
              + " examples of "
              + name
              + "; use a batch size of at most "
              + sampler.length());
    }
  }

  /** Goes to the first batch of an epoch; returns this. */
  public Loader start(int epoch) {
    return start(epoch, 0);
  }

  /**
   * Goes to a batch of an epoch, as for a run that goes on where another one ended; returns this.
   *
   * @param batch from 0; the number of batches stands for the epoch's end
   * @throws IllegalArgumentException if either is negative, or there are not so many batches
   */
  public Loader start(int epoch, int batch) {
    delivery().start(epoch, batch);
    return this;
  }

  /**
   * The next batch, of epoch 0 if none was started; null at the end of the epoch. It is valid until
   * the next call.
   *
   * @throws java.io.UncheckedIOException if an example cannot be read, naming it
   * @throws IllegalStateException if reading or transforming an example fails otherwise
   */
  public Batch next() {
    return delivery().next();
  }

  /**
   * As {@link #next}, but the batch has no inputs and targets, only the numbers of its examples and
   * what is drawn for their transforms: for data that lies on a device. An epoch is read in one of
   * the two ways.
   */
  public Batch plan() {
    return delivery().plan();
  }

  /** The batches of an epoch from its start, for a loop. */
  public Iterable<Batch> epoch(int epoch) {
    return () -> {
      start(epoch);
      return delivery.iterator();
    };
  }

  /** Number of batches of an epoch; -1 for a stream, which does not know. */
  public int batches() {
    return delivery().batches();
  }

  /** Examples of a full batch. */
  public int batchSize() {
    return batch;
  }

  /** Examples of an epoch that are given out; -1 for a stream, which does not know. */
  public int examples() {
    assembly();
    if (stream != null) {
      return -1;
    }
    int n = sampler.length();
    return dropLast ? n - n % batch : n;
  }

  /** Where the examples come from; null for a stream. */
  public Dataset dataset() {
    return data;
  }

  /** Shape of one input after the transforms. */
  public Shape inputShape() {
    return assembly().outputShape();
  }

  /** Shape of one example's F32 target, such as mixed probabilities; null for a class number. */
  public Shape valuesShape() {
    return assembly().valuesShape();
  }

  /** For {@link ByteImages}, 256 numbers a channel that the bytes become first; else null. */
  public float[] table() {
    float[] table = assembly().table();
    return table == null ? null : table.clone();
  }

  /** What is done to the examples after the table. */
  public Compose transforms() {
    return assembly().transforms();
  }

  /** How the examples of a batch are mixed; null where they are not. */
  public BatchTransform mixing() {
    return mixing;
  }

  /** Nanoseconds for which {@link #next} kept its caller waiting, in all. */
  public long waitNanos() {
    return delivery == null ? 0 : delivery.waitNanos();
  }

  /** Ends the background threads; waits for the example that each is reading. */
  @Override
  public void close() {
    closed = true;
    if (delivery != null) {
      delivery.close();
    }
  }
}
