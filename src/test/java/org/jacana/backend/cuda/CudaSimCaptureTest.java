package org.jacana.backend.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_CAPTURED_EVENT;
import static jcuda.driver.CUresult.CUDA_ERROR_ILLEGAL_ADDRESS;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_VALUE;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_ISOLATION;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_UNJOINED;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
import static jcuda.driver.CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL;
import static jcuda.driver.CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED;
import static jcuda.driver.CUstream_flags.CU_STREAM_DEFAULT;
import static jcuda.driver.CUstream_flags.CU_STREAM_NON_BLOCKING;
import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventQuery;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphGetNodes;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuGraphUpload;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD32Async;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;
import static jcuda.driver.JCudaDriver.cuStreamIsCapturing;
import static jcuda.driver.JCudaDriver.cuStreamQuery;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;
import static org.jacana.backend.cuda.SimDevice.at;
import static org.jacana.backend.cuda.SimDevice.fails;
import static org.jacana.backend.cuda.SimDevice.floats;
import static org.jacana.backend.cuda.SimDevice.of;
import static org.jacana.backend.cuda.SimDevice.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.function.IntSupplier;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Capture records instead of running, replays run what was recorded, forbidden calls break it. */
final class CudaSimCaptureTest {
  private SimDevice sim;
  private CUstream stream;

  @BeforeEach
  void open() throws IOException {
    sim = new SimDevice();
    stream = sim.stream(CU_STREAM_NON_BLOCKING);
  }

  @AfterEach
  void close() {
    if (sim != null) {
      sim.close();
    }
  }

  private void axpy(CUstream s, float a, CUdeviceptr x, CUdeviceptr y) {
    ok(sim.launch(s, "test_axpy", 1, 1, of(a), at(x), at(y), of(1L)));
  }

  private static CUgraphExec executable(CUgraph graph) {
    CUgraphExec exec = new CUgraphExec();
    ok(cuGraphInstantiate(exec, graph, 0));
    ok(cuGraphDestroy(graph));
    return exec;
  }

  private int capturing() {
    int[] status = {-1};
    ok(cuStreamIsCapturing(stream, status));
    return status[0];
  }

  @Test
  void replaysWhatWasRecorded() {
    CUdeviceptr x = sim.upload(1f);
    CUdeviceptr y = sim.upload(0f);
    CUdeviceptr z = sim.upload(0f);
    float[] a = {2};
    Pointer arguments = Pointer.to(Pointer.to(a), at(x), at(y), of(1L));
    ok(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
    assertEquals(1, capturing());
    ok(cuMemsetD32Async(y, Float.floatToIntBits(10), 1, stream));
    ok(
        jcuda.driver.JCudaDriver.cuLaunchKernel(
            sim.kernel("test_axpy"), 1, 1, 1, 1, 1, 1, 0, stream, arguments, null));
    a[0] = 100;
    ok(cuMemcpyDtoDAsync(z, y, 4, stream));
    CUgraph graph = new CUgraph();
    ok(cuStreamEndCapture(stream, graph));
    assertEquals(0, capturing());
    assertEquals(0f, floats(y, 1)[0]);
    long[] count = {0};
    ok(cuGraphGetNodes(graph, null, count));
    assertEquals(3, count[0]);

    CUgraphExec exec = executable(graph);
    ok(cuGraphUpload(exec, stream));
    ok(cuGraphLaunch(exec, stream));
    ok(cuStreamSynchronize(stream));
    assertEquals(12f, floats(z, 1)[0]);
    ok(cuMemcpyHtoD(x, Pointer.to(new float[] {3}), 4));
    ok(cuGraphLaunch(exec, stream));
    assertEquals(12f, floats(z, 1)[0]);
    ok(cuStreamSynchronize(stream));
    assertEquals(16f, floats(z, 1)[0]);
    ok(cuGraphExecDestroy(exec));
    fails(CUDA_ERROR_INVALID_VALUE, cuGraphLaunch(exec, stream));
  }

  /** The other stream's node has to run between the two of the first. */
  @Test
  void otherStreamsJoinByEvents() {
    CUstream other = sim.stream(CU_STREAM_NON_BLOCKING);
    CUevent fork = new CUevent();
    CUevent join = new CUevent();
    ok(cuEventCreate(fork, 0));
    ok(cuEventCreate(join, 0));
    CUdeviceptr x = sim.upload(1f);
    CUdeviceptr y = sim.upload(0f);
    CUdeviceptr z = sim.upload(0f);
    ok(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
    axpy(stream, 2, x, y);
    ok(cuEventRecord(fork, stream));
    ok(cuStreamWaitEvent(other, fork, 0));
    axpy(other, 3, y, z);
    ok(cuEventRecord(join, other));
    ok(cuStreamWaitEvent(stream, join, 0));
    axpy(stream, 1, z, y);
    CUgraph graph = new CUgraph();
    ok(cuStreamEndCapture(stream, graph));
    CUgraphExec exec = executable(graph);
    ok(cuGraphLaunch(exec, stream));
    ok(cuStreamSynchronize(stream));
    assertEquals(6f, floats(z, 1)[0]);
    assertEquals(8f, floats(y, 1)[0]);
    fails(CUDA_ERROR_CAPTURED_EVENT, cuEventQuery(join));
    ok(cuGraphExecDestroy(exec));

    ok(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
    ok(cuEventRecord(fork, stream));
    ok(cuStreamWaitEvent(other, fork, 0));
    axpy(other, 3, y, z);
    fails(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, cuStreamEndCapture(stream, graph));
    ok(cuEventDestroy(fork));
    ok(cuEventDestroy(join));
  }

  private void breaks(int status, IntSupplier call) {
    breaks(stream, status, call);
  }

  private static void breaks(CUstream s, int status, IntSupplier call) {
    ok(cuStreamBeginCapture(s, CU_STREAM_CAPTURE_MODE_GLOBAL));
    fails(status, call.getAsInt());
    int[] state = {-1};
    ok(cuStreamIsCapturing(s, state));
    assertEquals(2, state[0]);
    fails(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(s, new CUgraph()));
  }

  @Test
  void forbiddenCallsBreakIt() {
    CUdeviceptr x = sim.upload(1f);
    float[] host = {1};
    CUevent outside = new CUevent();
    ok(cuEventCreate(outside, 0));
    ok(cuEventRecord(outside, null));
    breaks(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, () -> cuStreamSynchronize(stream));
    breaks(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, () -> cuStreamQuery(stream));
    breaks(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, () -> cuCtxSynchronize());
    breaks(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, () -> cuEventQuery(outside));
    breaks(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, () -> cuMemAlloc(new CUdeviceptr(), 16));
    breaks(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, () -> cuMemFree(x));
    breaks(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, () -> cuMemcpyHtoD(x, Pointer.to(host), 4));
    breaks(
        CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
        () -> cuMemcpyHtoDAsync(x, Pointer.to(host), 4, stream));
    assertTrue(CudaSim.lastError().contains("broken"), CudaSim.lastError());
    breaks(CUDA_ERROR_STREAM_CAPTURE_ISOLATION, () -> cuStreamWaitEvent(stream, outside, 0));
    CUstream blocking = sim.stream(CU_STREAM_DEFAULT);
    breaks(blocking, CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, () -> cuMemsetD32Async(x, 0, 1, null));
    ok(cuEventDestroy(outside));
  }

  @Test
  void relaxedCapturesAllowAllocation() {
    CUdeviceptr p = new CUdeviceptr();
    ok(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_RELAXED));
    ok(cuMemAlloc(p, 16));
    ok(cuMemsetD32Async(p, 1, 4, stream));
    CUgraph graph = new CUgraph();
    ok(cuStreamEndCapture(stream, graph));
    CUgraphExec exec = executable(graph);
    ok(cuGraphLaunch(exec, stream));
    ok(cuMemFree(p));
    // The address is in the graph, the memory is gone.
    ok(cuGraphLaunch(exec, stream));
    fails(CUDA_ERROR_ILLEGAL_ADDRESS, cuStreamSynchronize(stream));
    assertTrue(CudaSim.lastError().contains("which was freed"), CudaSim.lastError());
    CudaSim.reset();
    ok(cuGraphExecDestroy(exec));
  }

  @Test
  void endsInItsOwnThread() throws InterruptedException {
    ok(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
    int[] status = {0, 0};
    Thread other =
        new Thread(
            () -> {
              SimDevice.enter();
              status[0] = cuStreamEndCapture(stream, new CUgraph());
              status[1] = cuMemAlloc(new CUdeviceptr(), 16);
            });
    other.start();
    other.join();
    fails(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD, status[0]);
    fails(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, status[1]);
    fails(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(stream, new CUgraph()));
    fails(CUDA_ERROR_INVALID_VALUE, cuStreamEndCapture(stream, new CUgraph()));
  }
}
