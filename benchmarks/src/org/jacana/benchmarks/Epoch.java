package org.jacana.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.data.Datasets;
import org.jacana.data.FormatException;
import org.jacana.data.ImageData;
import org.jacana.data.ImageSplit;
import org.jacana.data.Located;
import org.jacana.data.Normalization;
import org.jacana.nn.Models;
import org.jacana.nn.Sequential;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Schedule;
import org.jacana.optim.Sgd;
import org.jacana.train.History;
import org.jacana.train.Progress;
import org.jacana.train.Trainer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A first epoch with its evaluation, from bytes to accuracy: lenet, batch 128, SGD 0.05 with
 * momentum 0.9, on Fashion-MNIST; where that cannot be had, on made-up images of its sizes, which
 * take as long. The run says which, and fails if little is learnt.
 */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 2)
@Fork(1)
public class Epoch {
  private static final int SIDE = 28;
  private static final int CLASSES = 10;

  /** After one epoch; a network that learns nothing has 0.1. */
  private static final double LEAST_ACCURACY = 0.7;

  /** Train images; there are a sixth as many to test with. */
  @Param("60000")
  int images;

  /** Or made-up, which needs no file. */
  @Param("fashion-mnist")
  String source;

  private Scope scope;
  private ImageSplit data;
  private Normalization scale;
  private Sequential net;
  private Optimizer optimizer;
  private History history;

  @Setup(Level.Trial)
  public void load() throws IOException {
    scope = Scope.open(Device.CPU);
    ImageSplit all = source.equals("made-up") ? madeUp("as was asked for") : found();
    data = new ImageSplit(all.train().slice(0, images), all.test().slice(0, images / 6));
    scale = Normalization.of(data.train());
  }

  private ImageSplit found() throws IOException {
    try {
      Located found = Datasets.load(source, null);
      System.out.println("images: " + found.source());
      return found.split();
    } catch (FormatException e) {
      throw e; // a damaged file is no missing one
    } catch (IOException e) {
      return madeUp("because " + e.getMessage());
    }
  }

  private static ImageSplit madeUp(String why) {
    System.out.println("images: made up, " + why);
    return new ImageSplit(madeUp("train", 60_000, 1), madeUp("test", 10_000, 2));
  }

  /** Noise, and for each class a bright square at a place of its own. */
  private static ImageData madeUp(String name, int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] pixels = new byte[count * SIDE * SIDE];
    random.nextBytes(pixels);
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      int k = random.nextInt(CLASSES);
      labels[i] = k;
      int top = k / 5 * 14 + random.nextInt(6);
      int left = k % 5 * 5 + random.nextInt(3);
      for (int y = 0; y < 6; y++) {
        for (int x = 0; x < 4; x++) {
          pixels[(i * SIDE + top + y) * SIDE + left + x] = (byte) 255;
        }
      }
    }
    List<String> names = IntStream.range(0, CLASSES).mapToObj(k -> "class " + k).toList();
    return new ImageData(name, pixels, labels, count, SIDE, SIDE, 1, names);
  }

  @Setup(Level.Iteration)
  public void begin() {
    net = Models.lenet(SIDE, SIDE, 1, CLASSES, new Generator(1));
    optimizer = Sgd.of(net.parameters()).learningRate(0.05).momentum(0.9);
  }

  @Benchmark
  public History epoch() {
    history =
        new Trainer(1, 128, 0.05, Schedule.constant(), 1, new Progress.Listener() {})
            .fit(net, optimizer, data, scale);
    return history;
  }

  @TearDown(Level.Iteration)
  public void end() {
    optimizer.close();
    net.close();
    double accuracy = history.last().test().accuracy();
    System.out.printf("accuracy %.4f%n", accuracy);
    if (images == 60_000 && !(accuracy > LEAST_ACCURACY)) {
      throw new IllegalStateException("an epoch gave an accuracy of " + accuracy);
    }
  }

  @TearDown(Level.Trial)
  public void close() {
    scope.close();
  }
}
