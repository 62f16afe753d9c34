package org.jacana.backend.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class TilesTest {
  @Test
  void thePieceAfterGetsTheArraysOfTheOneBefore() {
    float[][] seen = new float[3][];
    Tiles.run(i -> seen[0] = Tiles.floats(17), 0);
    Tiles.run(
        i -> {
          seen[1] = Tiles.floats(17);
          seen[2] = Tiles.floats(17);
        },
        0);
    assertSame(seen[0], seen[1]);
    assertNotSame(seen[1], seen[2]);
    assertEquals(17, seen[2].length);
  }

  @Test
  void aPieceInsideAnotherLeavesItsArraysAlone() {
    Tiles.run(
        i -> {
          double[] mine = Tiles.doubles(5);
          int[] ints = Tiles.ints(5);
          for (int k = 0; k < 2; k++) {
            Tiles.run(
                j -> {
                  assertNotSame(mine, Tiles.doubles(5));
                  assertNotSame(ints, Tiles.ints(5));
                },
                k);
          }
          assertNotSame(mine, Tiles.doubles(5));
        },
        0);
  }

  @Test
  void whatIsTakenOutsideAPieceIsKept() {
    float[] mine = Tiles.floats(9);
    Tiles.run(i -> assertNotSame(mine, Tiles.floats(9)), 0);
    assertNotSame(mine, Tiles.floats(9));
  }

  @Test
  void aPieceThatFailsGivesItsArraysBack() {
    float[][] seen = new float[2][];
    assertThrows(
        IllegalStateException.class,
        () ->
            Tiles.run(
                i -> {
                  seen[0] = Tiles.floats(23);
                  throw new IllegalStateException();
                },
                0));
    Tiles.run(i -> seen[1] = Tiles.floats(23), 0);
    assertSame(seen[0], seen[1]);
  }

  @Test
  void threadsShareNothing() throws Exception {
    float[][] seen = new float[2][];
    Tiles.run(i -> seen[0] = Tiles.floats(31), 0);
    Thread other = new Thread(() -> Tiles.run(i -> seen[1] = Tiles.floats(31), 0));
    other.start();
    other.join();
    assertNotSame(seen[0], seen[1]);
  }
}
