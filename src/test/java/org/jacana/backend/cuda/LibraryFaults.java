package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

/** For tests in which calls of the stand-in fail. */
abstract class LibraryFaults {
  @BeforeEach
  void onTheStandIn() {
    CudaDevice.backend();
    Assumptions.assumeTrue(CudaDevice.simulated(), "needs calls that fail when asked to");
    CudaSim.reset();
  }

  @AfterEach
  void mend() {
    CudaSim.reset();
  }

  /** The next call fails: the exception names it and the status. */
  static void fails(Runnable work, String call, int nth, int status, String name) {
    CudaSim.failCall(call, nth, false, status);
    CudaException e = assertThrows(CudaException.class, work::run, call);
    assertTrue(e.call().startsWith(call), e.call() + " of " + call);
    assertEquals(status, e.status());
    assertTrue(e.getMessage().contains(name), e.getMessage());
  }
}
