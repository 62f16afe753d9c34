package org.jacana.backend.cuda;

import static org.jacana.backend.cuda.Driver.check;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
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
        if (whole) {
          check(status, "cuStreamEndCapture");
        }
      }
    } finally {
      gpu.memory().leave();
    }
    try {
      long[] count = new long[1];
      check(JCudaDriver.cuGraphGetNodes(graph, null, count), "cuGraphGetNodes");
      nodes = (int) count[0];
      check(JCudaDriver.cuGraphInstantiate(executable, graph, 0), "cuGraphInstantiate");
    } finally {
      check(JCudaDriver.cuGraphDestroy(graph), "cuGraphDestroy");
    }
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
      gpu.context().synchronize();
      check(JCudaDriver.cuGraphExecDestroy(executable), "cuGraphExecDestroy");
      gpu.memory().drop(arena);
    } finally {
      gpu.lock().unlock();
    }
  }
}
