package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ScheduleTest {
  @Test
  void constantStays() {
    assertEquals(1, Schedule.constant().factor(0, 10));
    assertEquals(1, Schedule.constant().factor(9, 10));
  }

  @Test
  void linearFalls() {
    assertEquals(1, Schedule.linear().factor(0, 4));
    assertEquals(0.25, Schedule.linear().factor(3, 4));
  }

  @Test
  void cosineIsHalfInTheMiddle() {
    assertEquals(1, Schedule.cosine().factor(0, 8));
    assertEquals(0.5, Schedule.cosine().factor(4, 8), 1e-15);
    assertEquals(0.14644660940672627, Schedule.cosine().factor(6, 8), 1e-15);
  }

  @Test
  void warmUpRisesFirst() {
    Schedule s = Schedule.linear().after(4);
    assertEquals(0.25, s.factor(0, 8));
    assertEquals(1, s.factor(3, 8));
    assertEquals(1, s.factor(4, 8));
    assertEquals(0.25, s.factor(7, 8));
    assertThrows(IllegalArgumentException.class, () -> s.after(-1));
  }
}
