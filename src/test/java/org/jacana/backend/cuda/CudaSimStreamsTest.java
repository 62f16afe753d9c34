package org.jacana.backend.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_HANDLE;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_VALUE;
import static jcuda.driver.CUresult.CUDA_ERROR_NOT_READY;
import static jcuda.driver.CUstream_flags.CU_STREAM_DEFAULT;
import static jcuda.driver.CUstream_flags.CU_STREAM_NON_BLOCKING;
import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventElapsedTime;
import static jcuda.driver.JCudaDriver.cuEventQuery;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams and events: work runs late unless somebody waits, so that a missing wait shows. */
final class CudaSimStreamsTest {
  private SimDevice sim;

  @BeforeEach
  void open() throws IOException {
    sim = new SimDevice();
  }

  @AfterEach
  void close() {
    if (sim != null) {
      sim.close();
    }
  }

  private static ByteBuffer view(Pointer pinned, int bytes) {
    return pinned.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
  }

  /** y += a x for one element. */
  private void axpy(CUstream stream, float a, CUdeviceptr x, CUdeviceptr y) {
    ok(sim.launch(stream, "test_axpy", 1, 1, of(a), at(x), at(y), of(1L)));
  }

  @Test
  void aDownloadArrivesOnlyAfterAWait() {
    CUstream s = sim.stream(CU_STREAM_NON_BLOCKING);
    CUdeviceptr x = sim.upload(5f);
    Pointer host = sim.pinned(4);
    ByteBuffer got = view(host, 4);
    ok(cuMemcpyDtoHAsync(host, x, 4, s));
    assertTrue(Float.isNaN(got.getFloat(0)));
    ok(cuStreamSynchronize(s));
    assertEquals(5f, got.getFloat(0));

    CudaSim.late(false);
    got.putFloat(0, 0);
    ok(cuMemcpyDtoHAsync(host, x, 4, s));
    assertEquals(5f, got.getFloat(0));
  }

  @Test
  void aStreamDoesNotWaitForAnotherUnlessTold() {
    CUstream a = sim.stream(CU_STREAM_NON_BLOCKING);
    CUstream b = sim.stream(CU_STREAM_NON_BLOCKING);
    CUdeviceptr x = sim.upload(1f);
    CUdeviceptr y = sim.upload(0f);
    CUdeviceptr z = sim.upload(0f);
    axpy(a, 2, x, y);
    axpy(b, 1, y, z);
    ok(cuStreamSynchronize(b));
    assertEquals(0f, floats(z, 1)[0]);
    ok(cuStreamSynchronize(a));

    CUevent done = new CUevent();
    ok(cuEventCreate(done, CUevent_flags.CU_EVENT_DISABLE_TIMING));
    axpy(a, 2, x, y);
    ok(cuEventRecord(done, a));
    ok(cuStreamWaitEvent(b, done, 0));
    axpy(b, 1, y, z);
    ok(cuStreamSynchronize(b));
    assertEquals(4f, floats(z, 1)[0]);
    ok(cuEventDestroy(done));
    fails(CUDA_ERROR_INVALID_HANDLE, cuStreamWaitEvent(b, done, 0));
  }

  /** Blocking streams and the default stream take turns, non-blocking ones stay apart. */
  @Test
  void theDefaultStreamJoinsBlockingStreams() {
    CUstream blocking = sim.stream(CU_STREAM_DEFAULT);
    CUstream apart = sim.stream(CU_STREAM_NON_BLOCKING);
    CUdeviceptr x = sim.upload(1f);
    CUdeviceptr y = sim.upload(0f);
    axpy(blocking, 1, x, y);
    axpy(null, 10, x, y);
    axpy(blocking, 100, x, y);
    ok(cuStreamSynchronize(blocking));
    assertEquals(111f, floats(y, 1)[0]);
    axpy(apart, 1000, x, y);
    assertEquals(111f, floats(y, 1)[0]);
    ok(cuCtxSynchronize());
    assertEquals(1111f, floats(y, 1)[0]);
  }

  @Test
  void queriesSayNotReadyAndGetThere() {
    CUstream s = sim.stream(CU_STREAM_NON_BLOCKING);
    CUdeviceptr x = sim.upload(1f);
    CUdeviceptr y = sim.upload(0f);
    CUevent e = new CUevent();
    ok(cuEventCreate(e, 0));
    ok(cuStreamQuery(s));
    ok(cuEventQuery(e));
    axpy(s, 1, x, y);
    axpy(s, 1, x, y);
    ok(cuEventRecord(e, s));
    axpy(s, 1, x, y);
    int queries = 0;
    while (cuEventQuery(e) == CUDA_ERROR_NOT_READY) {
      queries++;
    }
    assertEquals(3, queries);
    assertEquals(2f, floats(y, 1)[0]);
    fails(CUDA_ERROR_NOT_READY, cuStreamQuery(s));
    ok(cuStreamQuery(s));
    assertEquals(3f, floats(y, 1)[0]);
    ok(cuEventDestroy(e));
  }

  @Test
  void eventsMeasureTime() {
    CUevent a = new CUevent();
    CUevent b = new CUevent();
    CUevent untimed = new CUevent();
    ok(cuEventCreate(a, 0));
    ok(cuEventCreate(b, 0));
    ok(cuEventCreate(untimed, CUevent_flags.CU_EVENT_DISABLE_TIMING));
    float[] ms = {-1};
    fails(CUDA_ERROR_INVALID_HANDLE, cuEventElapsedTime(ms, a, b));
    ok(cuEventRecord(a, null));
    ok(cuEventRecord(b, null));
    fails(CUDA_ERROR_NOT_READY, cuEventElapsedTime(ms, a, b));
    ok(cuEventSynchronize(b));
    ok(cuEventElapsedTime(ms, a, b));
    assertTrue(ms[0] >= 0);
    ok(cuEventRecord(untimed, null));
    fails(CUDA_ERROR_INVALID_HANDLE, cuEventElapsedTime(ms, a, untimed));
    for (CUevent e : List.of(a, b, untimed)) {
      ok(cuEventDestroy(e));
    }
  }

  @Test
  void copiesOfMemoryThatIsNotPinnedAreCounted() {
    CUstream s = sim.stream(CU_STREAM_NON_BLOCKING);
    CUdeviceptr x = sim.upload(1f, 2f);
    float[] host = {7, 8};
    ok(cuMemcpyHtoDAsync(x, Pointer.to(host), 8, s));
    host[0] = 9;
    assertEquals(1f, floats(x, 2)[0]);
    ok(cuStreamSynchronize(s));
    assertEquals(7f, floats(x, 2)[0]);
    ok(cuMemcpyDtoHAsync(Pointer.to(host), x, 8, s));
    assertEquals(7f, host[0]);
    assertEquals(2, CudaSim.calls("unpinned"));
    fails(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoDAsync(x, sim.pinned(4), 8, s));
  }

  /** Eight threads with a stream each, and one event that all wait for. */
  @Test
  void eightThreadsAtOnce() throws InterruptedException, ExecutionException {
    CUstream first = sim.stream(CU_STREAM_NON_BLOCKING);
    CUdeviceptr start = sim.upload(0f);
    CUdeviceptr one = sim.upload(1f);
    CUevent go = new CUevent();
    ok(cuEventCreate(go, CUevent_flags.CU_EVENT_DISABLE_TIMING));
    axpy(first, 1, one, start);
    ok(cuEventRecord(go, first));
    List<CUstream> streams = new ArrayList<>();
    List<CUdeviceptr> sums = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      streams.add(sim.stream(CU_STREAM_NON_BLOCKING));
      sums.add(sim.upload(0f));
    }
    ExecutorService pool = Executors.newFixedThreadPool(8);
    List<Future<?>> all = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      CUstream s = streams.get(t);
      CUdeviceptr y = sums.get(t);
      all.add(
          pool.submit(
              (Callable<Void>)
                  () -> {
                    SimDevice.enter();
                    ok(cuStreamWaitEvent(s, go, 0));
                    for (int i = 0; i < 200; i++) {
                      axpy(s, 1, start, y);
                      if (i % 50 == 0) {
                        ok(cuStreamSynchronize(s));
                      }
                    }
                    ok(cuStreamSynchronize(s));
                    return null;
                  }));
    }
    for (Future<?> f : all) {
      f.get();
    }
    pool.shutdown();
    for (CUdeviceptr y : sums) {
      assertEquals(200f, floats(y, 1)[0]);
    }
    ok(cuEventDestroy(go));
  }
}
