package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoaderTest {
  private static final Normalization SCALE =
      new Normalization(new float[] {0.1f, 0.2f}, new float[] {0.5f, 0.25f});

  /** Ten images [2, 3, 2] whose label is their index. */
  private static ImageData ten() {
    int[] labels = IntStream.range(0, 10).toArray();
    return new ImageData(
        "ten", TestFiles.random(120, 8), labels, 10, 2, 3, 2, Mnist.DIGITS.classNames());
  }

  /** Draws a number per example and adds it. */
  private record Shift() implements Transform {
    @Override
    public int parameters(Shape input) {
      return 1;
    }

    @Override
    public void draw(Draws random, Shape input, float[] p, int at) {
      p[at] = (float) random.uniform();
    }

    @Override
    public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
      for (int i = 0; i < input.size(); i++) {
        y[to + i] = x[i] + p[at];
      }
    }
  }

  /** n examples [2] = (i, 10 i) of one class; reading example {@code bad} fails. */
  private record Counting(int count, int bad, CountDownLatch gate) implements Dataset {
    @Override
    public String name() {
      return "counting";
    }

    @Override
    public Shape inputShape() {
      return Shape.of(2);
    }

    @Override
    public Target target() {
      return Target.classes(List.of("only"));
    }

    @Override
    public int label(int i) {
      return 0;
    }

    @Override
    public void read(int i, float[] x, int at) throws IOException {
      if (gate != null) {
        try {
          gate.await();
        } catch (InterruptedException e) {
          throw new IOException("interrupted", e);
        }
      }
      if (i == bad) {
        throw new IOException("the disk is gone");
      }
      x[at] = i;
      x[at + 1] = 10 * i;
    }
  }

  private static List<String> epoch(Loader loader) {
    List<String> all = new ArrayList<>();
    for (Batch b = loader.next(); b != null; b = loader.next()) {
      all.add(content(b));
    }
    return all;
  }

  private static String content(Batch b) {
    int one = b.input().length / b.labels().length;
    return b.number()
        + " "
        + Arrays.toString(Arrays.copyOf(b.input(), b.size() * one))
        + Arrays.toString(Arrays.copyOf(b.labels(), b.size()));
  }

  @Test
  void batchesAreTheExamplesInOrder() {
    try (Loader loader = Loader.of(new Counting(5, -1, null)).batch(2).workers(0)) {
      assertEquals(3, loader.batches());
      assertEquals(
          List.of(
              "0 [0.0, 0.0, 1.0, 10.0][0, 0]",
              "1 [2.0, 20.0, 3.0, 30.0][0, 0]",
              "2 [4.0, 40.0][0]"),
          epoch(loader));
      assertNull(loader.next());
      assertEquals(5, loader.examples());
    }
    try (Loader loader = Loader.of(new Counting(5, -1, null)).batch(2).dropLast(true)) {
      assertEquals(2, epoch(loader).size());
      assertEquals(2, loader.batches());
      assertEquals(4, loader.examples());
    }
    try (Loader loader = Loader.of(new Counting(5, -1, null)).batch(9)) {
      assertEquals(5, loader.next().size());
      assertNull(loader.next());
    }
  }

  @Test
  void normalizedBytesAreLookedUp() {
    ImageData data = ten();
    try (Loader loader = Loader.of(data).batch(10).transform(SCALE);
        Loader plain = Loader.of(data).batch(10)) {
      float[] x = loader.next().input();
      float[] p = plain.next().input();
      for (int k = 0; k < 120; k++) {
        double value = (data.pixels()[k] & 255) / 255.0;
        double expected = k % 2 == 0 ? (value - 0.1) / 0.5 : (value - 0.2) / 0.25;
        assertEquals(expected, x[k], 1e-6);
        assertEquals((float) value, p[k]);
      }
    }
  }

  @Test
  void theSameBitsAtAnyNumberOfWorkersAndFromAnyBatchOn() {
    List<List<String>> epochs = new ArrayList<>();
    try (Loader loader = shifting(0)) {
      for (int e = 0; e < 3; e++) {
        epochs.add(epoch(loader.start(e)));
      }
    }
    assertFalse(epochs.get(0).equals(epochs.get(1)));
    for (int workers : new int[] {0, 1, 4}) {
      try (Loader loader = shifting(workers)) {
        for (int e : new int[] {2, 0, 1, 1}) {
          assertEquals(epochs.get(e), epoch(loader.start(e)), workers + " workers");
        }
        for (int batch = 0; batch <= 4; batch++) {
          assertEquals(epochs.get(1).subList(batch, 4), epoch(loader.start(1, batch)));
        }
        // Left in the middle, with batches in the making.
        loader.start(2).next();
        assertEquals(epochs.get(0), epoch(loader.start(0)));
      }
    }
  }

  private static Loader shifting(int workers) {
    return Loader.of(ten()).batch(3).shuffle(42).workers(workers).transform(SCALE, new Shift());
  }

  @Test
  void theOrderIsTheOneOfTheShuffle() {
    try (Loader loader = Loader.of(ten()).batch(10).shuffle(42)) {
      // From a separate implementation of the shuffle, in Python.
      assertArrayEquals(new int[] {4, 7, 9, 6, 1, 5, 2, 0, 8, 3}, loader.next().indices());
      assertArrayEquals(new int[] {6, 5, 7, 0, 9, 1, 2, 8, 4, 3}, loader.start(1).next().labels());
    }
  }

  @Test
  void aPlanHasTheOrderAndTheDrawnNumbers() {
    try (Loader loader = shifting(1);
        Loader plan = shifting(0)) {
      for (int e = 0; e < 2; e++) {
        loader.start(e);
        plan.start(e);
        for (Batch b = loader.next(); b != null; b = loader.next()) {
          Batch p = plan.plan();
          assertEquals(b.size(), p.size());
          for (int i = 0; i < b.size(); i++) {
            assertEquals(b.indices()[i], p.indices()[i]);
            assertEquals(b.parameters()[i], p.parameters()[i]);
          }
        }
        assertNull(plan.plan());
      }
      plan.start(0).plan();
      assertThrows(IllegalStateException.class, plan::next);
      plan.start(0).next();
      assertThrows(IllegalStateException.class, plan::plan);
    }
  }

  @Test
  void tensorsAreOfTheCurrentScope() {
    try (Loader loader = Loader.of(ten()).batch(4);
        Scope scope = Scope.open()) {
      int examples = 0;
      for (Batch b : loader.epoch(0)) {
        assertEquals(Shape.of(b.size(), 2, 3, 2), b.x().shape());
        assertEquals(DType.I32, b.y().dtype());
        assertArrayEquals(IntStream.range(examples, examples + b.size()).toArray(), b.y().ints());
        try (Tensor first = Scope.release(b.x(1))) {
          assertEquals(Shape.of(1, 2, 3, 2), first.shape());
        }
        assertThrows(IllegalArgumentException.class, () -> b.x(5));
        examples += b.size();
      }
      assertEquals(10, examples);
    }
  }

  @Test
  void aFailureNamesTheExampleAndTheLoaderGoesOn() {
    for (int workers : new int[] {0, 1, 3}) {
      try (Loader loader = Loader.of(new Counting(8, 5, null)).batch(2).workers(workers)) {
        assertEquals("0 [0.0, 0.0, 1.0, 10.0][0, 0]", content(loader.next()));
        loader.next();
        UncheckedIOException e = assertThrows(UncheckedIOException.class, loader::next);
        assertEquals(
            "loader: reading example 5 of counting for batch 2 of epoch 0 failed: the disk is gone",
            e.getMessage());
        assertEquals("3 [6.0, 60.0, 7.0, 70.0][0, 0]", content(loader.next()));
        assertNull(loader.next());
        assertEquals("0 [0.0, 0.0, 1.0, 10.0][0, 0]", content(loader.start(1).next()));
      }
    }
  }

  @Test
  void whatFailsInATransformIsNamedToo() {
    AssertionError own = new AssertionError("own");
    Transform failing =
        new Transform() {
          @Override
          public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
            if (x[0] == 3) {
              throw own;
            }
            y[to + 7] = x[8];
          }
        };
    try (Loader loader = Loader.of(new Counting(9, 0, null)).batch(3).transform(failing)) {
      assertThrows(UncheckedIOException.class, loader::next);
      assertSame(own, assertThrows(AssertionError.class, loader::next));
      IllegalStateException e = assertThrows(IllegalStateException.class, loader::next);
      assertTrue(e.getMessage().startsWith("loader: reading example 6 of counting"), e.toString());
    }
  }

  @Test
  void waitingIsMeasured() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    try (Loader loader = Loader.of(new Counting(8, -1, gate)).batch(2).workers(2)) {
      Thread opener =
          new Thread(
              () -> {
                try {
                  Thread.sleep(50);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                gate.countDown();
              });
      opener.start();
      loader.next();
      assertTrue(loader.waitNanos() > 10_000_000, loader.waitNanos() + " ns");
      opener.join();
    }
  }

  @Test
  void closingEndsAThreadThatReads() {
    CountDownLatch never = new CountDownLatch(1);
    Loader loader = Loader.of(new Counting(8, -1, never)).batch(2).workers(1);
    Thread closer =
        new Thread(
            () -> {
              try {
                Thread.sleep(50);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              never.countDown();
            });
    closer.start();
    loader.next();
    loader.close();
    assertEquals(0, threads());
    assertThrows(IllegalStateException.class, loader::next);
    assertThrows(IllegalStateException.class, () -> loader.start(0));
    loader.close();
  }

  @Test
  void anInterruptedUserHearsOfItAndCloseInterruptsAReaderThatHangs() {
    CountDownLatch never = new CountDownLatch(1);
    Loader loader = Loader.of(new Counting(8, -1, never)).batch(2).workers(1);
    Thread.currentThread().interrupt();
    IllegalStateException e = assertThrows(IllegalStateException.class, loader::next);
    assertTrue(e.getMessage().contains("interrupted"), e.getMessage());
    assertTrue(Thread.interrupted());
    loader.close();
    assertEquals(0, threads());
  }

  private static int threads() {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .filter(t -> t.getName().startsWith("jacana-loader"))
            .count();
  }

  @Test
  void aThousandLoadersLeaveNoThread() {
    for (int i = 0; i < 1000; i++) {
      try (Loader loader = Loader.of(new Counting(8, -1, null)).batch(2).workers(2)) {
        loader.start(i % 3, i % 4).next();
      }
    }
    assertEquals(0, threads());
  }

  @Test
  void aBatchAllocatesNothing() {
    ThreadMXBean beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Loader loader =
        Loader.of(ten()).batch(4).shuffle(3).workers(0).transform(SCALE, new Shift())) {
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 20; round++) {
        loader.start(round);
        loader.next();
        long before = beans.getCurrentThreadAllocatedBytes();
        loader.next();
        loader.next();
        assertNull(loader.next());
        least = Math.min(least, beans.getCurrentThreadAllocatedBytes() - before);
      }
      assertTrue(least < 200, least + " bytes in two batches");
    }
  }

  @Test
  void workersAllocateNothingEither() {
    ThreadMXBean beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    ImageData data = Digits.load().train();
    Transform[] all = {
      Normalization.of(data), new RandomCrop(1), new RandomRotation(5), new HorizontalFlip()
    };
    try (Loader loader = Loader.of(data).batch(4).shuffle(3).workers(2).transform(all)) {
      long least = Long.MAX_VALUE;
      for (int epoch = 0; epoch < 12; epoch++) {
        loader.start(epoch).next();
        long[] ids =
            Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("jacana-loader"))
                .mapToLong(Thread::getId)
                .toArray();
        long before = Arrays.stream(beans.getThreadAllocatedBytes(ids)).sum();
        int batches = 1;
        while (loader.next() != null) {
          batches++;
        }
        assertEquals(loader.batches(), batches);
        long bytes = Arrays.stream(beans.getThreadAllocatedBytes(ids)).sum() - before;
        least = Math.min(least, bytes / batches);
      }
      assertTrue(least < 100, least + " bytes a batch");
    }
  }

  @Test
  void aStreamIsReadInOrder() {
    for (int workers : new int[] {0, 1, 4}) {
      List<Integer> closed = new ArrayList<>();
      ExampleStream stream =
          ExampleStream.of(
              "odd",
              Shape.of(1),
              Target.values(1),
              () ->
                  IntStream.range(0, 7)
                      .mapToObj(i -> Example.withValues(new float[] {i}, 10 * i))
                      .onClose(() -> closed.add(1)));
      try (Loader loader = Loader.stream(stream).batch(3).workers(workers)) {
        for (int e = 0; e < 2; e++) {
          loader.start(e);
          assertArrayEquals(new float[] {0, 1, 2}, loader.next().input());
          assertArrayEquals(new float[] {30, 40, 50}, loader.next().values());
          Batch last = loader.next();
          assertEquals(1, last.size());
          assertEquals(6, last.input()[0]);
          assertNull(loader.next());
          assertNull(loader.next());
        }
        assertEquals(2, loader.start(1, 2).next().number());
        assertNull(loader.start(1, 5).next());
        assertEquals(-1, loader.batches());
        assertThrows(IllegalStateException.class, loader::plan);
      }
      assertEquals(4, closed.size());
    }
  }

  @Test
  void aStreamIsShuffledInABuffer() {
    boolean[] closed = {false};
    ExampleStream stream =
        ExampleStream.of(
                "n",
                Shape.of(1),
                Target.NONE,
                () ->
                    IntStream.range(0, 100)
                        .mapToObj(i -> Example.withValues(new float[] {i}))
                        .onClose(() -> closed[0] = true))
            .shuffle(10, 4);
    float[][] epochs = new float[3][];
    for (int e = 0; e < 3; e++) {
      try (Loader loader = Loader.stream(stream).batch(100).workers(e)) {
        epochs[e] = loader.start(e % 2).next().input().clone();
        assertNull(loader.next());
      }
      assertTrue(closed[0]);
      for (int k = 0; k < 100; k++) {
        assertTrue(epochs[e][k] < k + 10, "no example comes before it was read");
      }
      float[] sorted = epochs[e].clone();
      Arrays.sort(sorted);
      for (int k = 0; k < 100; k++) {
        assertEquals(k, sorted[k]);
      }
    }
    assertArrayEquals(epochs[0], epochs[2]);
    assertFalse(Arrays.equals(epochs[0], epochs[1]));
    try (Loader loader = Loader.stream(stream).batch(30)) {
      float[] third = loader.start(0, 2).next().input();
      assertArrayEquals(Arrays.copyOfRange(epochs[0], 60, 90), third);
    }
    assertThrows(IllegalArgumentException.class, () -> stream.shuffle(0, 1));
  }

  @Test
  void anIteratorIsReadOnce() {
    List<Example> all = List.of(Example.of(new float[] {1}, 0), Example.of(new float[] {2}, 1));
    ExampleStream stream =
        ExampleStream.once("pair", Shape.of(1), Target.classes(List.of("a", "b")), all.iterator());
    try (Loader loader = Loader.stream(stream).batch(1).workers(1)) {
      assertEquals("0 [1.0][0]", content(loader.next()));
      assertEquals("1 [2.0][1]", content(loader.next()));
      assertNull(loader.next());
      IllegalStateException e = assertThrows(IllegalStateException.class, () -> loader.start(1));
      assertTrue(e.getMessage().contains("pair can be read once"), e.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> Loader.stream(stream).shuffle(1));
  }

  @Test
  void aStreamThatFailsSaysWhere() {
    for (int workers : new int[] {0, 2}) {
      ExampleStream stream =
          ExampleStream.of(
              "bad",
              Shape.of(1),
              Target.classes(List.of("a")),
              () -> IntStream.range(0, 9).mapToObj(i -> Example.of(new float[1], i == 4 ? 7 : 0)));
      try (Loader loader = Loader.stream(stream).batch(3).workers(workers)) {
        loader.next();
        IllegalStateException e = assertThrows(IllegalStateException.class, loader::next);
        assertEquals(
            "loader: example 4 of epoch 0 of bad failed: bad: an example has 1 numbers, label 7 and"
                + " 0 values, expected 1 numbers [1] and 1 classes",
            e.getMessage());
      }
      ExampleStream broken =
          ExampleStream.of(
              "broken",
              Shape.of(1),
              Target.classes(List.of("a")),
              () -> IntStream.range(0, 9).mapToObj(i -> Example.of(new float[1], 0 / (5 - i))));
      try (Loader loader = Loader.stream(broken).batch(3).workers(workers)) {
        loader.next();
        IllegalStateException e = assertThrows(IllegalStateException.class, loader::next);
        assertEquals("loader: example 5 of epoch 0 of broken failed: / by zero", e.getMessage());
        assertTrue(e.getCause() instanceof ArithmeticException);
        if (workers > 0) {
          assertNull(loader.next());
        }
      }
    }
  }

  @Test
  void refusesWhatCannotBe() {
    Counting five = new Counting(5, -1, null);
    assertThrows(IllegalArgumentException.class, () -> Loader.of(five).batch(0));
    assertThrows(IllegalArgumentException.class, () -> Loader.of(five).workers(-1));
    assertThrows(IllegalArgumentException.class, () -> Loader.of(five).prefetch(0));
    String tooLarge =
        assertThrows(
                IllegalArgumentException.class,
                () -> Loader.of(five).batch(6).dropLast(true).batches())
            .getMessage();
    assertEquals(
        "loader: batch size 6 is larger than the 5 examples of counting; use a batch size of at"
            + " most 5",
        tooLarge);
    assertThrows(
        IllegalArgumentException.class,
        () -> Loader.of(ten()).transform(Normalization.none(3)).inputShape());
    try (Loader loader = Loader.of(five).batch(2)) {
      assertThrows(IllegalArgumentException.class, () -> loader.start(-1));
      assertThrows(IllegalArgumentException.class, () -> loader.start(0, -1));
      assertThrows(IllegalArgumentException.class, () -> loader.start(0, 4));
      assertThrows(IllegalStateException.class, () -> loader.batch(3));
    }
    Sampler wild =
        new Sampler() {
          @Override
          public int length() {
            return 2;
          }

          @Override
          public void order(long epoch, int[] order) {
            order[1] = 5;
          }
        };
    try (Loader loader = Loader.of(five).sampler(wild)) {
      assertThrows(IllegalArgumentException.class, loader::next);
    }
  }

  @Test
  void manyWorkersDoNotLoseBatches() {
    org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          try (Loader loader =
              Loader.of(new Counting(3000, -1, null)).batch(1).workers(8).prefetch(3)) {
            for (int e = 0; e < 3; e++) {
              loader.start(e);
              for (int i = 0; i < 3000; i++) {
                assertEquals(i, loader.next().input()[0]);
              }
              assertNull(loader.next());
            }
          }
        });
  }

  /** Whatever is asked for in which order, the answer is the one of a loader without threads. */
  @Test
  void anyOrderOfCallsGivesTheSameBatches() {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 60; round++) {
      int workers = 1 + random.nextInt(4);
      int size = 1 + random.nextInt(4);
      int ahead = 1 + random.nextInt(5);
      try (Loader loader = shuffled(size).workers(workers).prefetch(ahead);
          Loader plain = shuffled(size).workers(0)) {
        for (int call = 0; call < 40; call++) {
          if (random.nextInt(4) == 0) {
            int epoch = random.nextInt(3);
            int batch = random.nextInt(plain.batches() + 1);
            loader.start(epoch, batch);
            plain.start(epoch, batch);
          }
          Batch expected = plain.next();
          Batch got = loader.next();
          assertEquals(expected == null, got == null);
          if (got != null) {
            assertEquals(content(expected), content(got));
          }
        }
      }
    }
    assertEquals(0, threads());
  }

  private static Loader shuffled(int size) {
    return Loader.of(ten()).batch(size).shuffle(9).transform(SCALE, new Shift());
  }
}
