package org.jacana.backend.cuda;

import static org.jacana.backend.cuda.Driver.check;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import org.jacana.backend.Capture;

/**
 * A recorded step as a CUDA graph, with the memory that was allocated while it was recorded: those
 * addresses are in the graph, so that nobody else gets them before it closes.
 */
final class Graph implements Capture {
  private final Gpu gpu;
  private final Arena arena;
  private final CUgraphExec executable = new CUgraphExec();
  private int nodes;
  private boolean closed;

  private Graph(Gpu gpu, Arena arena) {
    this.gpu = gpu;
    this.arena = arena;
  }

  /** Records what {@code step} enqueues; the calling thread has the GPU to itself meanwhile. */
  static Graph record(Gpu gpu, Runnable step) {
    gpu.lock().lock();
    try {
      gpu.context().enter();
      if (gpu.capturing()) {
        throw new IllegalStateException("capture: a step is being recorded already");
      }
      Graph g = new Graph(gpu, gpu.memory().separate());
      try {
        g.capture(step);
        return g;
      } catch (RuntimeException | Error e) {
        gpu.memory().drop(g.arena);
        throw e;
      }
    } finally {
      gpu.lock().unlock();
    }
  }

  private void capture(Runnable step) {
    CUgraph graph = new CUgraph();
    boolean whole = false;
    try {
      // Relaxed: kernels that were not used before may still be loaded.
      check(
          JCudaDriver.cuStreamBeginCapture(
              gpu.context().stream(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED),
          "cuStreamBeginCapture");
      gpu.capturing(true);
      try {
        step.run();
        whole = true;
      } finally {
        gpu.capturing(false);
        int status = JCudaDriver.cuStreamEndCapture(gpu.context().stream(), graph);
        if (status != CUresult.CUDA_SUCCESS) {
          // Were it to go on, nothing else could run; where it has ended, this does nothing.
          if (JCudaDriver.cuStreamEndCapture(gpu.context().stream(), graph)
              == CUresult.CUDA_SUCCESS) {
            JCudaDriver.cuGraphDestroy(graph);
          }
        }
        if (whole) {
          check(status, "cuStreamEndCapture");
        } else if (status == CUresult.CUDA_SUCCESS) {
          // The step's own failure is the one to tell.
          JCudaDriver.cuGraphDestroy(graph);
        }
      }
    } finally {
      gpu.memory().leave();
    }
    long[] count = new long[1];
    String call = "cuGraphGetNodes";
    int status = JCudaDriver.cuGraphGetNodes(graph, null, count);
    nodes = (int) count[0];
    boolean ready = false;
    if (status == CUresult.CUDA_SUCCESS) {
      call = "cuGraphInstantiate";
      status = JCudaDriver.cuGraphInstantiate(executable, graph, 0);
      ready = status == CUresult.CUDA_SUCCESS;
    }
    int freed = JCudaDriver.cuGraphDestroy(graph);
    if (ready && freed != CUresult.CUDA_SUCCESS) {
      JCudaDriver.cuGraphExecDestroy(executable);
    }
    check(status, call);
    check(freed, "cuGraphDestroy");
  }

  @Override
  public void replay() {
    gpu.lock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("capture: it is closed");
      }
      gpu.context().enter();
      check(JCudaDriver.cuGraphLaunch(executable, gpu.context().stream()), "cuGraphLaunch");
    } finally {
      gpu.lock().unlock();
    }
  }

  @Override
  public int nodes() {
    return nodes;
  }

  @Override
  public void close() {
    gpu.lock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      // The graph may still be running.
      try {
        gpu.context().synchronize();
      } finally {
        int status = JCudaDriver.cuGraphExecDestroy(executable);
        gpu.memory().drop(arena);
        check(status, "cuGraphExecDestroy");
      }
    } finally {
      gpu.lock().unlock();
    }
  }
}
