package org.jacana.backend.cuda;

import static org.jacana.backend.cuda.SimDevice.at;
import static org.jacana.backend.cuda.SimDevice.ints;
import static org.jacana.backend.cuda.SimDevice.of;
import static org.jacana.backend.cuda.SimDevice.ok;

import java.io.IOException;
import java.util.Arrays;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;

/** Runs right and wrong kernels; a line for each says what the checked simulation found. */
final class CheckProbe {
  private CheckProbe() {}

  private static void run(SimDevice sim, String kernel, int blocks, int threads, Pointer... args) {
    int status = sim.run(kernel, blocks, threads, args);
    System.out.println(
        kernel
            + ": "
            + CUresult.stringFor(status)
            + (status == 0 ? "" : " " + CudaSim.lastError()));
    CudaSim.reset();
  }

  public static void main(String[] args) throws IOException {
    try (SimDevice sim = new SimDevice()) {
      CUdeviceptr x = sim.upload(new int[64]);
      CUdeviceptr y = sim.upload(new int[64]);
      CUdeviceptr floats = sim.upload(new float[1000]);
      CUdeviceptr sums = sim.upload(new float[4]);
      run(sim, "test_axpy", 3, 96, of(2f), at(floats), at(floats), of(1000L));
      run(sim, "test_block_sum", 4, 256, at(floats), at(sums), of(1000));
      run(sim, "test_early_exit", 1, 64, at(y), of(37));
      run(sim, "test_no_barrier", 1, 64, at(x), at(y));
      run(sim, "test_read_beyond", 1, 1, at(floats), at(y), of(1000));
      run(sim, "test_write_beyond", 2, 4, at(sums), of(4));
      run(sim, "test_same_place", 1, 32, at(y));
      run(sim, "test_neighbour_block", 3, 1, at(y));
      run(sim, "test_exchange", 1, 32, at(y), of(1));
      run(sim, "test_exchange", 1, 32, at(y), of(0));
      CUdeviceptr count = sim.upload(0);
      CUdeviceptr sum = sim.upload(0);
      ok(sim.run("test_last_block", 10, 32, at(x), at(count), at(sum)));
      System.out.println("test_last_block: " + Arrays.toString(ints(sum, 1)));
    }
  }
}
