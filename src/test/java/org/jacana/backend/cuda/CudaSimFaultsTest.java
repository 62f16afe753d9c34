package org.jacana.backend.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_ASSERT;
import static jcuda.driver.CUresult.CUDA_ERROR_ILLEGAL_ADDRESS;
import static jcuda.driver.CUresult.CUDA_ERROR_LAUNCH_FAILED;
import static jcuda.driver.CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES;
import static jcuda.driver.CUresult.CUDA_ERROR_MISALIGNED_ADDRESS;
import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuGetErrorString;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static org.jacana.backend.cuda.SimDevice.at;
import static org.jacana.backend.cuda.SimDevice.fails;
import static org.jacana.backend.cuda.SimDevice.floats;
import static org.jacana.backend.cuda.SimDevice.ints;
import static org.jacana.backend.cuda.SimDevice.of;
import static org.jacana.backend.cuda.SimDevice.ok;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import jcuda.driver.CUdeviceptr;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every fault planted in the test kernels is found and told with its place. */
final class CudaSimFaultsTest {
  private SimDevice sim;

  @BeforeEach
  void open() throws IOException {
    sim = new SimDevice();
    CudaSim.shuffle(0);
    CudaSim.alignment(256);
  }

  @AfterEach
  void close() {
    if (sim != null) {
      sim.close();
    }
  }

  private static void says(String... words) {
    for (String w : words) {
      assertTrue(CudaSim.lastError().contains(w), CudaSim.lastError());
    }
  }

  @Test
  void readsOutsideAreFoundAndStick() {
    CUdeviceptr x = sim.alloc(256);
    CUdeviceptr y = sim.alloc(4);
    ok(sim.launch(null, "test_read_beyond", 1, 1, at(x), at(y), of(64)));
    fails(CUDA_ERROR_ILLEGAL_ADDRESS, cuCtxSynchronize());
    says(
        "kernel test_read_beyond, block (0,0,0), thread (0,0,0) read 0 bytes past the end of device");
    String[] text = {null};
    ok(cuGetErrorString(CUDA_ERROR_ILLEGAL_ADDRESS, text));
    assertTrue(text[0].startsWith("an illegal memory access was encountered (cuda-sim: kernel"));
    fails(CUDA_ERROR_ILLEGAL_ADDRESS, cuMemAlloc(new CUdeviceptr(), 4));
    fails(CUDA_ERROR_ILLEGAL_ADDRESS, cuCtxSynchronize());
  }

  @Test
  void readsBeforeTheStartAreFound() {
    CUdeviceptr x = sim.alloc(4096);
    CUdeviceptr y = sim.alloc(4);
    fails(CUDA_ERROR_ILLEGAL_ADDRESS, sim.run("test_read_beyond", 1, 1, at(x), at(y), of(-1)));
    says("4 bytes before the start of device block");
  }

  /** A block is aligned to 256 bytes: what is read between its end and the guard is no number. */
  @Test
  void readsOfTheSlackAreNotANumber() {
    CUdeviceptr x = sim.upload(1f, 2f, 3f);
    CUdeviceptr y = sim.upload(0f);
    ok(sim.run("test_read_beyond", 1, 1, at(x), at(y), of(3)));
    assertTrue(Float.isNaN(floats(y, 1)[0]));
    CudaSim.alignment(16);
    CUdeviceptr tight = sim.upload(1f, 2f, 3f, 4f);
    fails(CUDA_ERROR_ILLEGAL_ADDRESS, sim.run("test_read_beyond", 1, 1, at(tight), at(y), of(4)));
  }

  @Test
  void writesOutsideAreFound() {
    CUdeviceptr x = sim.alloc(1024);
    fails(CUDA_ERROR_ILLEGAL_ADDRESS, sim.run("test_write_beyond", 2, 4, at(x), of(300)));
    says("kernel test_write_beyond, block (1,0,0), thread (3,0,0) wrote 176 bytes past the end");
  }

  @Test
  void writesIntoTheSlackAreFoundAfterTheKernel() {
    CUdeviceptr x = sim.alloc(400);
    fails(CUDA_ERROR_ILLEGAL_ADDRESS, sim.run("test_write_beyond", 2, 4, at(x), of(101)));
    says("kernel test_write_beyond wrote 4 bytes past the end of device block", "of 400 bytes");
  }

  @Test
  void useAfterFreeIsFound() throws IOException {
    CUdeviceptr y = sim.upload(0f);
    CUdeviceptr x = new CUdeviceptr();
    ok(cuMemAlloc(x, 400));
    ok(cuMemFree(x));
    fails(CUDA_ERROR_ILLEGAL_ADDRESS, sim.run("test_read_beyond", 1, 1, at(x), at(y), of(2)));
    says("read 8 bytes into device block", "of 400 bytes, which was freed");
  }

  @Test
  void nullAndHostPointersAreFound() {
    CUdeviceptr y = sim.upload(0f);
    fails(
        CUDA_ERROR_ILLEGAL_ADDRESS,
        sim.run("test_read_beyond", 1, 1, at(new CUdeviceptr()), at(y), of(2)));
    says("read address 0x8 (a null pointer and an offset)");
    CudaSim.reset();
    fails(
        CUDA_ERROR_ILLEGAL_ADDRESS,
        sim.run("test_read_beyond", 1, 1, of(0x7000_0000_0000L), at(y), of(0)));
    says("kernel test_read_beyond got as parameter 0", "not pinned");
  }

  /** In its order the fault hides; in most shuffled orders it shows. */
  @Test
  void aMissingBarrierShowsWhenThreadsAreShuffled() {
    int[] x = IntStream.range(0, 64).toArray();
    CUdeviceptr in = sim.upload(x);
    CUdeviceptr out = sim.upload(new int[64]);
    int[] right = IntStream.range(0, 64).map(t -> Math.max(0, t - 1)).toArray();
    ok(sim.run("test_no_barrier", 1, 64, at(in), at(out)));
    assertArrayEquals(right, ints(out, 64));
    CudaSim.shuffle(1);
    ok(sim.run("test_no_barrier", 1, 64, at(in), at(out)));
    assertNotEquals(Arrays.toString(right), Arrays.toString(ints(out, 64)));
  }

  @Test
  void deadlocksAndWrongMasksAreFound() {
    CUdeviceptr y = sim.alloc(256);
    fails(CUDA_ERROR_LAUNCH_FAILED, sim.run("test_divergent_barrier", 1, 32, at(y)));
    says("kernel test_divergent_barrier", "never ends: 16 of 32 threads wait at __syncthreads");
    says("thread 16 waits at __shfl_sync with mask 0xffffffff");
    CudaSim.reset();
    fails(CUDA_ERROR_LAUNCH_FAILED, sim.run("test_absent_lane", 1, 32, at(y)));
    says("reads lane 25 of its warp in __shfl_sync", "absent");
    CudaSim.reset();
    fails(CUDA_ERROR_LAUNCH_FAILED, sim.run("test_own_lane_missing", 1, 32, at(y)));
    says("leaves out its own lane");
    CudaSim.reset();
    // And the simulation is whole again.
    ok(sim.run("test_early_exit", 1, 64, at(y), of(0)));
    assertEquals(64, ints(y, 64)[63]);
  }

  @Test
  void misalignedVectorsAreFound() {
    CUdeviceptr x = sim.alloc(64);
    CUdeviceptr y = sim.alloc(64);
    fails(CUDA_ERROR_MISALIGNED_ADDRESS, sim.run("test_misaligned", 1, 1, at(x), at(y)));
    says("kernel test_misaligned, block (0,0,0), thread (0,0,0)");
  }

  @Test
  void trapsAssertsDivisionsAndDeepStacksAreFound() {
    CUdeviceptr x = sim.upload(3, 0, -1, 4);
    CUdeviceptr y = sim.alloc(16);
    fails(CUDA_ERROR_LAUNCH_FAILED, sim.run("test_trap", 1, 4, at(x)));
    says("thread (2,0,0) called __trap");
    CudaSim.reset();
    fails(CUDA_ERROR_ASSERT, sim.run("test_assert", 1, 4, at(x)));
    says("thread (2,0,0) failed assert: x[threadIdx.x] >= 0");
    CudaSim.reset();
    fails(CUDA_ERROR_LAUNCH_FAILED, sim.run("test_divide", 1, 1, at(x), at(y)));
    says("kernel test_divide", "divided an integer by zero");
    CudaSim.reset();
    fails(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, sim.run("test_deep_stack", 1, 1, at(y), of(4000)));
    says("kernel test_deep_stack", "64 KiB of stack");
  }

  /** Each block finds shared memory as no number, whatever the block before it left there. */
  @Test
  void sharedMemoryIsNeverSet() {
    CUdeviceptr y = sim.alloc(12);
    ok(sim.run("test_unset_shared", 3, 1, at(y)));
    assertArrayEquals(new int[] {-1, -1, -1}, ints(y, 3));
  }

  @Test
  void aWriteWithoutItsPointerIsFoundWhenTheBlockIsFreed() {
    Address x = new Address();
    ok(cuMemAlloc(x, 100));
    Address y = sim.alloc(256);
    // Reaches the slack of x from another block: the launch does not know x.
    ok(
        sim.launch(
            null, "test_write_beyond", 2, 4, at(y), of((int) ((x.value() - y.value()) / 4 + 26))));
    fails(CUDA_ERROR_ILLEGAL_ADDRESS, cuMemFree(x));
    says("something wrote 4 bytes past the end of device block", "of 100 bytes");
  }
}
