package org.jacana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class LeakExtensionTest {
  @Test
  void aPlantedLeakIsFoundWithItsPlace() {
    long before = LeakExtension.liveBytes();
    Tensor planted = Tensor.zeros(3, 5);
    String what = LeakExtension.complaint(before, Leaks.open());
    planted.close();
    assertTrue(what.startsWith("60 bytes of native memory left alive"), what);
    assertTrue(what.contains("Tensor F32 [3, 5] made at LeakExtensionTest.java:"), what);
    assertNull(LeakExtension.complaint(before, Leaks.open()));
  }

  @Test
  void anOpenScopeIsFound() {
    try (Scope s = Scope.open()) {
      assertEquals(
          "a scope was left open",
          LeakExtension.complaint(LeakExtension.liveBytes(), Leaks.open()));
    }
  }

  @Test
  void anUnreachableUnclosedTensorIsReportedWithItsPlace() throws InterruptedException {
    Logger logger = Logger.getLogger("org.jacana");
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord r) {
            lines.add(r.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try {
      long reported = Leaks.reported();
      String expected =
          "Tensor F32 [0, 77] made at LeakExtensionTest.java:" + forget() + " was never closed";
      for (int i = 0; i < 200 && !lines.contains(expected); i++) {
        System.gc();
        Thread.sleep(20);
      }
      assertTrue(lines.contains(expected), lines.toString());
      assertTrue(Leaks.reported() > reported);
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }
  }

  /** Loses a tensor of no bytes; gives the line it was made in. */
  private static int forget() {
    Tensor.zeros(0, 77);
    return new Throwable().getStackTrace()[0].getLineNumber() - 1;
  }
}
