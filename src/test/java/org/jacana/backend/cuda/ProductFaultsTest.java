package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.OutOfDeviceMemoryException;
import org.junit.jupiter.api.Test;

/** Calls of cuBLAS fail: the exception names call and status, and nothing is left. */
class ProductFaultsTest extends LibraryFaults {
  /** c = a b by a family of its own, whose handle is not made yet. */
  private static final class Product implements AutoCloseable {
    final Twins t = new Twins(1);
    final Twins.Twin c = t.dense(DType.F32, Shape.of(3, 2));
    final Twins.Twin a = t.dense(DType.F32, Shape.of(3, 4));
    final Twins.Twin b = t.dense(DType.F32, Shape.of(4, 2));
    final Products products = new Products(t.cuda.gpu());

    void run() {
      products.matmul(c.cuda(), a.cuda(), b.cuda());
    }

    void isRight() {
      t.cuda.fill(c.cuda(), Double.NaN);
      run();
      t.reference.matmul(c.reference(), a.reference(), b.reference());
      t.same("matmul", c, 1e-6);
    }

    @Override
    public void close() {
      t.close();
    }
  }

  @Test
  void cublasDoesNotStart() {
    List<String> calls =
        List.of(
            "cublasCreate",
            "cublasSetStream",
            "cublasSetWorkspace",
            "cublasSetPointerMode",
            "cublasSetMathMode");
    for (String call : calls) {
      try (Product p = new Product()) {
        long pinned = CudaSim.livePinned();
        long blocks = CudaSim.liveAllocations();
        long live = p.t.cuda.liveBytes();
        fails(p::run, call, 1, 14, "CUBLAS_STATUS_INTERNAL_ERROR");
        assertEquals(pinned, CudaSim.livePinned(), call);
        assertEquals(blocks, CudaSim.liveAllocations(), call);
        assertEquals(live, p.t.cuda.liveBytes(), call);
        long made = call.equals("cublasCreate") ? 0 : 1;
        assertEquals(made, CudaSim.calls("cublasDestroy"), call);
        // The next attempt starts anew.
        p.isRight();
      }
      CudaSim.reset();
    }
  }

  @Test
  void noMemoryForTheWorkspaceOfCublas() {
    try (Product p = new Product()) {
      long pinned = CudaSim.livePinned();
      CudaSim.failCall("cuMemAlloc", 1, true, 2);
      assertThrows(OutOfDeviceMemoryException.class, p::run);
      // Once is not enough: unused memory is given back, and it is tried again.
      CudaSim.failCall("cuMemAlloc", 1, false, 2);
      assertEquals(pinned, CudaSim.livePinned());
      assertEquals(1, CudaSim.calls("cublasDestroy"));
      p.isRight();
    }
  }

  @Test
  void productsFail() {
    String[] names = new String[17];
    names[1] = "CUBLAS_STATUS_NOT_INITIALIZED";
    names[3] = "CUBLAS_STATUS_ALLOC_FAILED";
    names[7] = "CUBLAS_STATUS_INVALID_VALUE";
    names[8] = "CUBLAS_STATUS_ARCH_MISMATCH";
    names[11] = "CUBLAS_STATUS_MAPPING_ERROR";
    names[13] = "CUBLAS_STATUS_EXECUTION_FAILED";
    names[14] = "CUBLAS_STATUS_INTERNAL_ERROR";
    names[15] = "CUBLAS_STATUS_NOT_SUPPORTED";
    names[16] = "CUBLAS_STATUS_LICENSE_ERROR";
    try (Product p = new Product()) {
      p.isRight();
      long live = p.t.cuda.liveBytes();
      for (int status = 1; status < names.length; status++) {
        if (names[status] != null) {
          fails(p::run, "cublasGemmEx", 1, status, names[status]);
          assertEquals(live, p.t.cuda.liveBytes());
        }
      }
      p.isRight();
    }
  }

  @Test
  void aProductOverABatchFailsAndItsCopiesAreFreed() {
    try (Twins t = new Twins(3)) {
      t.view(DType.F32, Shape.of(4, 3, 2), l -> l.slice(0, 3, 4, -1));
      t.view(DType.F32, Shape.of(4, 3, 6), l -> l.slice(2, 5, 6, -1));
      t.dense(DType.F32, Shape.of(4, 6, 2));
      Runnable run =
          () ->
              t.cuda.matmul(
                  t.twins().get(0).cuda(), t.twins().get(1).cuda(), t.twins().get(2).cuda());
      run.run();
      long live = t.cuda.liveBytes();
      fails(run, "cublasGemmStridedBatchedEx", 1, 13, "CUBLAS_STATUS_EXECUTION_FAILED");
      assertEquals(live, t.cuda.liveBytes());
      CudaSim.failCall("cuLaunchKernel", 2, false, 700);
      assertThrows(CudaException.class, run::run);
      assertEquals(live, t.cuda.liveBytes());
    }
  }

  @Test
  void recordedProductsRunAgain() {
    try (Product p = new Product();
        var step = p.t.cuda.capture(p::run)) {
      p.t.cuda.fill(p.c.cuda(), 7);
      step.replay();
      step.replay();
      p.t.reference.matmul(p.c.reference(), p.a.reference(), p.b.reference());
      p.t.same("matmul", p.c, 1e-6);
    }
  }
}
