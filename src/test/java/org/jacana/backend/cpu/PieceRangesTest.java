package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PieceRangesTest {
  private static List<Integer> all(PieceRanges ranges, int part) {
    List<Integer> pieces = new ArrayList<>();
    for (int i = ranges.take(part); i >= 0; i = ranges.take(part)) {
      pieces.add(i);
    }
    return pieces;
  }

  /** The own range in order, then the others' from their ends. */
  @Test
  void neighboursFirst() {
    assertEquals(List.of(0, 1, 2, 3, 7, 6, 5, 4), all(new PieceRanges(8, 2), 0));
    assertEquals(List.of(4, 5, 6, 7, 3, 2, 1, 0), all(new PieceRanges(8, 2), 1));
    assertEquals(List.of(2, 3, 6, 5, 4, 1, 0), all(new PieceRanges(7, 3), 1));
    assertEquals(List.of(0, 1, 2), all(new PieceRanges(3, 1), 5));
    assertEquals(List.of(0, 1), all(new PieceRanges(2, 4), 3).stream().sorted().toList());
    assertEquals(List.of(), all(new PieceRanges(0, 2), 0));
  }

  @Test
  void aThreadKeepsItsOwnWhenTheOtherTakesPart() {
    PieceRanges ranges = new PieceRanges(8, 2);
    assertEquals(0, ranges.take(0));
    assertEquals(4, ranges.take(1));
    assertEquals(1, ranges.take(0));
    assertEquals(5, ranges.take(1));
    assertEquals(6, ranges.take(1));
    assertEquals(7, ranges.take(1));
    assertEquals(3, ranges.take(1));
    assertEquals(2, ranges.take(0));
    assertEquals(-1, ranges.take(0));
    assertEquals(-1, ranges.take(1));
  }

  @ParameterizedTest
  @CsvSource({"100000, 4, 4", "99999, 3, 5", "5, 8, 8", "50000, 2, 3"})
  void eachPieceOnce(int n, int parts, int threads) throws InterruptedException {
    PieceRanges ranges = new PieceRanges(n, parts);
    AtomicIntegerArray taken = new AtomicIntegerArray(n);
    List<Thread> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int part = t;
      all.add(new Thread(() -> all(ranges, part).forEach(taken::incrementAndGet)));
    }
    all.forEach(Thread::start);
    for (Thread t : all) {
      t.join();
    }
    for (int i = 0; i < n; i++) {
      assertEquals(1, taken.get(i), "piece " + i);
    }
  }
}
