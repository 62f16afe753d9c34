package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** No status of the driver, cuBLAS or cuDNN is dropped without a reason. */
class VendorCallsTest {
  /** Calls that return nothing, or on the way out after another failure, which is the one told. */
  private static final Set<String> DROPPED =
      Set.of(
          // They return nothing.
          "Driver.java setExceptionsEnabled",
          "Blas.java setExceptionsEnabled",
          "Dnn.java setExceptionsEnabled",
          // After another call has failed.
          "Blas.java cublasDestroy",
          "Blas.java cuMemFree",
          "Dnn.java cudnnDestroy",
          "Context.java cuDevicePrimaryCtxRelease",
          "Context.java cuStreamDestroy",
          "Graph.java cuGraphDestroy",
          "Graph.java cuGraphExecDestroy",
          "Kernels.java cuModuleUnload",
          "Transfers.java cuStreamSynchronize",
          // Nothing can be done about a description that is not freed.
          "ConvDescriptors.java cudnnDestroyTensorDescriptor",
          "ConvDescriptors.java cudnnDestroyFilterDescriptor",
          "ConvDescriptors.java cudnnDestroyConvolutionDescriptor");

  @Test
  void noStatusIsDropped() throws IOException {
    List<VendorCalls.Call> calls = VendorCalls.all();
    assertTrue(calls.size() > 80, "found only " + calls.size());
    Set<String> dropped =
        calls.stream()
            .filter(VendorCalls.Call::dropped)
            .map(c -> c.file() + " " + c.function())
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(DROPPED), dropped);
  }

  private static boolean dropped(String code) {
    List<VendorCalls.Call> calls = VendorCalls.of("F.java", code);
    assertEquals(1, calls.size(), code);
    return calls.get(0).dropped();
  }

  @Test
  void theParserSeesWhatIsDropped() {
    String call = "JCudaDriver.cuMemFree(p)";
    assertTrue(dropped("x();\n  " + call + ";"));
    assertTrue(dropped("if (a(b)) " + call + ";"));
    assertTrue(dropped("else " + call + ";"));
    assertTrue(dropped("{ // check(\n" + call + "; }"));
    assertTrue(dropped("Runnable r = () -> " + call + ";"));
    assertTrue(dropped("switch (a) { case 1 -> " + call + "; }"));
    assertFalse(dropped("int s = switch (a) { case 1 -> " + call + "; };"));
    assertFalse(dropped("x(); int s = " + call + ";"));
    assertFalse(dropped("check(" + call + ", \"cuMemFree\");"));
    assertFalse(dropped("check(a ? " + call + " : 0);"));
    assertFalse(dropped("return " + call + ";"));
    assertFalse(dropped("if (" + call + " != 0) {}"));
  }
}
