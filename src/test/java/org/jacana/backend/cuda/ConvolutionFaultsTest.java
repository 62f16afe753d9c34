package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.OutOfDeviceMemoryException;
import org.junit.jupiter.api.Test;

/** Calls of cuDNN fail: the exception names call and status, and nothing is left. */
class ConvolutionFaultsTest extends LibraryFaults {
  private static final ConvSpec SPEC = ConvSpec.of(1, 1);
  private static final ConvGeometry GEOMETRY =
      ConvGeometry.of(SPEC, Shape.of(2, 5, 4, 3), Shape.of(2, 3, 3, 3), Shape.of(2, 5, 4, 2));

  private static final class Convolution implements AutoCloseable {
    final Twins t = new Twins(2);
    final Twins.Twin y = t.dense(DType.F32, Shape.of(2, 5, 4, 2));
    final Twins.Twin x = t.dense(DType.F32, Shape.of(2, 5, 4, 3));
    final Twins.Twin w = t.dense(DType.F32, Shape.of(2, 3, 3, 3));
    final Convolutions family = new Convolutions(t.cuda.gpu());
    final ConvKind kind;

    Convolution(ConvKind kind) {
      this.kind = kind;
    }

    void run() {
      switch (kind) {
        case FORWARD -> family.conv(SPEC, y.cuda(), x.cuda(), w.cuda());
        case GRAD_INPUT -> family.convGradInput(SPEC, x.cuda(), y.cuda(), w.cuda());
        case GRAD_WEIGHT -> family.convGradWeight(SPEC, w.cuda(), x.cuda(), y.cuda());
      }
    }

    void isRight() {
      t.cuda.fill(out().cuda(), Double.NaN);
      run();
      check();
    }

    Twins.Twin out() {
      return switch (kind) {
        case FORWARD -> y;
        case GRAD_INPUT -> x;
        case GRAD_WEIGHT -> w;
      };
    }

    void check() {
      switch (kind) {
        case FORWARD -> t.reference.conv(SPEC, y.reference(), x.reference(), w.reference());
        case GRAD_INPUT ->
            t.reference.convGradInput(SPEC, x.reference(), y.reference(), w.reference());
        case GRAD_WEIGHT ->
            t.reference.convGradWeight(SPEC, w.reference(), x.reference(), y.reference());
      }
      t.same("conv", out(), 1e-5);
    }

    int algorithm() {
      return family.algorithm(kind, GEOMETRY, DType.F32);
    }

    @Override
    public void close() {
      t.close();
    }
  }

  private static long balance(String what) {
    return CudaSim.calls("cudnnCreate" + what) - CudaSim.calls("cudnnDestroy" + what);
  }

  @Test
  void cudnnDoesNotStart() {
    for (String call : List.of("cudnnCreate", "cudnnSetStream")) {
      try (Convolution c = new Convolution(ConvKind.FORWARD)) {
        long pinned = CudaSim.livePinned();
        fails(c::run, call, 1, 1001, "CUDNN_STATUS_NOT_INITIALIZED");
        assertEquals(pinned, CudaSim.livePinned(), call);
        assertEquals(call.equals("cudnnCreate") ? 0 : 1, CudaSim.calls("cudnnDestroy"), call);
        c.isRight();
      }
      CudaSim.reset();
    }
  }

  @Test
  void plansFailAndTheirDescriptorsAreFreed() {
    List<String> calls =
        List.of(
            "cudnnCreateTensorDescriptor",
            "cudnnSetTensor4dDescriptor",
            "cudnnCreateFilterDescriptor",
            "cudnnSetFilter4dDescriptor",
            "cudnnCreateConvolutionDescriptor",
            "cudnnSetConvolution2dDescriptor",
            "cudnnSetConvolutionGroupCount",
            "cudnnSetConvolutionMathType",
            "cudnnGetConvolutionForwardWorkspaceSize",
            "cudnnConvolutionForward");
    for (String call : calls) {
      for (int nth = 1; nth <= (call.contains("Tensor") ? 2 : 1); nth++) {
        try (Convolution c = new Convolution(ConvKind.FORWARD)) {
          long live = c.t.cuda.liveBytes();
          fails(c::run, call, nth, 2000, "CUDNN_STATUS_BAD_PARAM");
          assertEquals(live, c.t.cuda.liveBytes(), call);
          // A create that failed was counted too; a plan that ran is kept.
          boolean kept = call.equals("cudnnConvolutionForward");
          for (String what : List.of("Tensor", "Filter", "Convolution")) {
            long extra =
                call.equals("cudnnCreate" + what + "Descriptor")
                    ? 1
                    : !kept ? 0 : what.equals("Tensor") ? 2 : 1;
            assertEquals(extra, balance(what + "Descriptor"), call + ": " + what);
          }
          c.isRight();
        }
        CudaSim.reset();
      }
    }
  }

  @Test
  void whatCudnnRefusesGoesToTheNextAlgorithmAndThenToOwnKernels() {
    String[] runs = {
      "cudnnConvolutionForward", "cudnnConvolutionBackwardData", "cudnnConvolutionBackwardFilter"
    };
    for (ConvKind kind : ConvKind.values()) {
      String run = runs[kind.ordinal()];
      try (Convolution c = new Convolution(kind)) {
        c.isRight();
        int first = c.algorithm();
        CudaSim.failCall(run, 1, false, 3000);
        c.isRight();
        assertTrue(c.algorithm() != first && c.algorithm() >= 0, kind + ": " + c.algorithm());
        CudaSim.failCall(run, 1, true, 3002);
        c.isRight();
        assertEquals(-1, c.algorithm());
        CudaSim.reset();
        c.isRight();
        assertEquals(0, CudaSim.calls(run), "asked again what was refused");
      }
      CudaSim.reset();
      try (Convolution c = new Convolution(kind)) {
        String name = run.replace("cudnn", "cudnnGet");
        CudaSim.failCall(name + "Algorithm_v7", 1, false, 3000);
        c.isRight();
        assertEquals(1, c.algorithm());
      }
      CudaSim.reset();
      try (Convolution c = new Convolution(kind)) {
        String name = run.replace("cudnn", "cudnnGet");
        CudaSim.failCall(name + "WorkspaceSize", 1, true, 3000);
        c.isRight();
        assertEquals(-1, c.algorithm());
      }
      CudaSim.reset();
    }
  }

  @Test
  void otherStatusesOfAConvolutionAreTold() {
    try (Convolution c = new Convolution(ConvKind.GRAD_WEIGHT)) {
      c.isRight();
      long live = c.t.cuda.liveBytes();
      String call = "cudnnConvolutionBackwardFilter";
      fails(c::run, call, 1, 4000, "CUDNN_STATUS_INTERNAL_ERROR");
      fails(c::run, call, 1, 5000, "CUDNN_STATUS_EXECUTION_FAILED");
      assertEquals(live, c.t.cuda.liveBytes());
      c.isRight();
    }
  }

  @Test
  void noMemoryForTheWorkspaceOfAConvolution() {
    try (Convolution c = new Convolution(ConvKind.FORWARD)) {
      c.isRight();
      long live = c.t.cuda.liveBytes();
      Memory memory = c.t.cuda.gpu().memory();
      Arena none = memory.separate();
      try {
        CudaSim.failCall("cuMemAlloc", 1, true, 2);
        assertThrows(OutOfDeviceMemoryException.class, c::run);
      } finally {
        CudaSim.reset();
        memory.leave();
        memory.drop(none);
      }
      assertEquals(live, c.t.cuda.liveBytes());
      c.isRight();
    }
  }

  @Test
  void searchTimesTheAlgorithmsOfEachConvolution() {
    System.setProperty(ConvPlan.SEARCH, "true");
    try {
      String[] calls = {
        "cudnnFindConvolutionForwardAlgorithmEx",
        "cudnnFindConvolutionBackwardDataAlgorithmEx",
        "cudnnFindConvolutionBackwardFilterAlgorithmEx"
      };
      for (ConvKind kind : ConvKind.values()) {
        try (Convolution c = new Convolution(kind)) {
          long live = c.t.cuda.liveBytes();
          c.isRight();
          c.run();
          assertEquals(1, CudaSim.calls(calls[kind.ordinal()]));
          assertEquals(live, c.t.cuda.liveBytes());
        }
        // Who cannot be timed is taken as it is known.
        try (Convolution c = new Convolution(kind)) {
          CudaSim.failCall(calls[kind.ordinal()], 1, false, 5000);
          c.isRight();
          assertTrue(c.algorithm() >= 0);
        }
      }
    } finally {
      System.clearProperty(ConvPlan.SEARCH);
    }
  }

  @Test
  void recordedConvolutionsRunAgain() {
    System.setProperty(ConvPlan.SEARCH, "true");
    try {
      for (ConvKind kind : ConvKind.values()) {
        try (Convolution c = new Convolution(kind);
            var step = c.t.cuda.capture(c::run)) {
          c.t.cuda.fill(c.out().cuda(), 7);
          step.replay();
          step.replay();
          c.check();
        }
      }
    } finally {
      System.clearProperty(ConvPlan.SEARCH);
    }
  }
}
