package org.jacana.backend.cuda;

import static org.jacana.backend.cuda.Driver.check;

import java.nio.ByteBuffer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * Copies between Java's buffers and the device through two page-locked pieces that are filled in
 * turn, so that the next piece is filled while the last one travels. An upload returns when its
 * bytes were taken; a download waits.
 */
final class Transfers {
  private static final int PIECE = 4 << 20;

  private final Gpu gpu;
  private final Pinned[] pieces = new Pinned[2];
  private final CUevent[] done = new CUevent[2];
  private int turn;

  Transfers(Gpu gpu) {
    this.gpu = gpu;
  }

  /** The piece whose turn it is, when the last copy from or to it has ended. */
  private int next() {
    turn ^= 1;
    if (pieces[turn] == null) {
      Pinned piece = new Pinned(PIECE);
      CUevent event = new CUevent();
      int status = JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING);
      if (status != CUresult.CUDA_SUCCESS) {
        piece.close();
      }
      check(status, "cuEventCreate");
      pieces[turn] = piece;
      done[turn] = event;
    } else {
      check(JCudaDriver.cuEventSynchronize(done[turn]), "cuEventSynchronize");
    }
    return turn;
  }

  private void mark(int i) {
    int status = JCudaDriver.cuEventRecord(done[i], gpu.context().stream());
    if (status != CUresult.CUDA_SUCCESS) {
      // Nothing else tells when the copy has ended, and the piece is filled again after this.
      JCudaDriver.cuStreamSynchronize(gpu.context().stream());
    }
    check(status, "cuEventRecord");
  }

  /** Copies the remaining bytes of {@code from} to a buffer, from byte {@code at}. */
  void upload(CudaBuffer to, long at, ByteBuffer from) {
    requireRange("upload", to, at, from.remaining());
    gpu.requireNotCapturing(
        "upload",
        "its values would be the same at every replay; make the tensor before, write() it");
    gpu.lock().lock();
    try {
      gpu.context().enter();
      int total = from.remaining();
      for (int sent = 0; sent < total; sent += PIECE) {
        int n = Math.min(PIECE, total - sent);
        int i = next();
        pieces[i].bytes().put(0, from, from.position() + sent, n);
        check(
            JCudaDriver.cuMemcpyHtoDAsync(
                to.pointer(at + sent), pieces[i].pointer(), n, gpu.context().stream()),
            "cuMemcpyHtoDAsync");
        mark(i);
      }
    } finally {
      gpu.lock().unlock();
    }
  }

  /** Fills the remaining bytes of {@code to} from a buffer, from byte {@code at}; waits. */
  void download(ByteBuffer to, CudaBuffer from, long at) {
    requireRange("download", from, at, to.remaining());
    gpu.requireNotCapturing(
        "download",
        "nothing has run yet; keep the result in a tensor and read that after replay()");
    gpu.lock().lock();
    try {
      gpu.context().enter();
      int total = to.remaining();
      int last = -1;
      int lastAt = 0;
      int lastBytes = 0;
      for (int got = 0; got < total; got += PIECE) {
        int n = Math.min(PIECE, total - got);
        int i = next();
        check(
            JCudaDriver.cuMemcpyDtoHAsync(
                pieces[i].pointer(), from.pointer(at + got), n, gpu.context().stream()),
            "cuMemcpyDtoHAsync");
        mark(i);
        if (last >= 0) {
          take(to, last, lastAt, lastBytes);
        }
        last = i;
        lastAt = got;
        lastBytes = n;
      }
      if (last >= 0) {
        take(to, last, lastAt, lastBytes);
      }
    } finally {
      gpu.lock().unlock();
    }
  }

  private void take(ByteBuffer to, int piece, int at, int n) {
    check(JCudaDriver.cuEventSynchronize(done[piece]), "cuEventSynchronize");
    to.put(to.position() + at, pieces[piece].bytes(), 0, n);
  }

  private static void requireRange(String op, CudaBuffer b, long at, int n) {
    if (at < 0 || at + n > b.bytes()) {
      throw new IndexOutOfBoundsException(
          op + ": bytes " + at + " to " + (at + n) + " of a buffer of " + b.bytes());
    }
  }
}
