package org.jacana.backend.cuda;

import static org.jacana.backend.cuda.Driver.check;

import jcuda.driver.JCudaDriver;
import org.jacana.DType;
import org.jacana.backend.View;

/** Fill and copy: cuda/copy.cu, and the driver's own copy for contiguous memory of one type. */
final class Copies {
  private final Gpu gpu;

  Copies(Gpu gpu) {
    this.gpu = gpu;
  }

  void fill(View out, double value) {
    Strided.each(
        s -> {
          if (s.dense()) {
            gpu.launch("copy", "fill_dense")
                .i64(s.size())
                .i64(s.address(0))
                .i32(out.dtype().ordinal())
                .f64(value)
                .over(s.size());
          } else {
            gpu.launch("copy", "fill_any")
                .strided(s)
                .i64(s.address(0))
                .i32(out.dtype().ordinal())
                .f64(value)
                .over(s.size());
          }
        },
        out);
  }

  void copy(View out, View x) {
    Strided.each(
        s -> {
          if (out.dtype() != x.dtype()) {
            cast(s, out.dtype(), x.dtype());
          } else if (s.dense()) {
            move(out, x, s);
          } else {
            gpu.launch("copy", "move_" + out.dtype().bytes())
                .strided(s)
                .i64(s.address(0))
                .i64(s.address(1))
                .over(s.size());
          }
        },
        out,
        x);
  }

  private void move(View out, View x, Strided s) {
    Address to = pointer(out, s.address(0));
    Address from = pointer(x, s.address(1));
    gpu.lock().lock();
    try {
      gpu.context().enter();
      check(
          JCudaDriver.cuMemcpyDtoDAsync(
              to, from, s.size() * out.dtype().bytes(), gpu.context().stream()),
          "cuMemcpyDtoDAsync");
    } finally {
      gpu.lock().unlock();
    }
  }

  private static Address pointer(View v, long address) {
    CudaBuffer b = (CudaBuffer) v.buffer();
    return b.pointer(address - b.address());
  }

  private void cast(Strided s, DType to, DType from) {
    boolean floats = to.isFloat() && from.isFloat() && to != DType.F64 && from != DType.F64;
    gpu.launch("copy", floats ? "copy_float" : "copy_any")
        .strided(s)
        .i64(s.address(0))
        .i32(to.ordinal())
        .i64(s.address(1))
        .i32(from.ordinal())
        .over(s.size());
  }
}
