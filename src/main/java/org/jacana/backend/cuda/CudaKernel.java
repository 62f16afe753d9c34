package org.jacana.backend.cuda;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jcuda.driver.CUfunction;
import org.jacana.backend.View;

/**
 * A kernel of the user's own, from PTX or CUDA C++, to be launched over tensors inside a custom
 * operation:
 *
 * <pre>{@code
 * static final CudaKernel CUBE = CudaKernel.fromPtx(ptx, "cube"); // void cube(float*, const float*, int)
 *
 * Tensor y = Tensor.allocate(x.backend(), x.shape(), x.dtype());
 * CUBE.launch(CudaKernel.Grid.over(x.size()), y.view(), x.view(), (int) x.size());
 * }</pre>
 *
 * Arguments are checked against the parameters that the PTX declares; what a kernel reads and
 * writes is not. The driver compiles it at the first launch on each GPU, and keeps it as long as
 * the process lives. Launches are enqueued behind the operations before them, also while a step is
 * recorded. Safe for several threads.
 */
public final class CudaKernel {
  /** Three sizes. */
  public record Dim(int x, int y, int z) {
    public static Dim of(int x) {
      return new Dim(x, 1, 1);
    }

    public static Dim of(int x, int y) {
      return new Dim(x, y, 1);
    }
  }

  /**
   * How many threads run.
   *
   * @param blocks blocks of the grid, at most 2147483647 by 65535 by 65535
   * @param threads threads of a block, at most 1024 in all
   * @param sharedBytes bytes of {@code extern __shared__} memory of a block, at most 49152
   */
  public record Grid(Dim blocks, Dim threads, int sharedBytes) {
    private static final int THREADS = 256;

    /**
     * @throws IllegalArgumentException if a size is beyond what every GPU can run
     */
    public Grid {
      require(blocks, "blocks", Integer.MAX_VALUE, 65535, 65535);
      require(threads, "threads", 1024, 1024, 64);
      if ((long) threads.x() * threads.y() * threads.z() > 1024) {
        throw new IllegalArgumentException(
            "grid: a block has at most 1024 threads, got " + threads);
      }
      if (sharedBytes < 0 || sharedBytes > 49152) {
        throw new IllegalArgumentException(
            "grid: sharedBytes must be 0 to 49152, got " + sharedBytes);
      }
    }

    private static void require(Dim d, String what, int x, int y, int z) {
      if (d.x() < 1 || d.y() < 1 || d.z() < 1 || d.x() > x || d.y() > y || d.z() > z) {
        throw new IllegalArgumentException(
            "grid: " + what + " must be at least 1 and at most " + new Dim(x, y, z) + ", got " + d);
      }
    }

    /** A grid without extra shared memory. */
    public static Grid of(Dim blocks, Dim threads) {
      return new Grid(blocks, threads, 0);
    }

    /**
     * Blocks of 256 threads, one thread for each of n elements.
     *
     * @throws IllegalArgumentException if n is negative or above 2147483647 blocks
     */
    public static Grid over(long n) {
      long blocks = Math.max(1, (n + THREADS - 1) / THREADS);
      if (n < 0 || blocks > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("grid: cannot have a thread for each of " + n);
      }
      return of(Dim.of((int) blocks), Dim.of(THREADS));
    }
  }

  private final String ptx;
  private final KernelSignature signature;
  private final Map<Gpu, CUfunction> loaded = new ConcurrentHashMap<>();

  private CudaKernel(String ptx, KernelSignature signature) {
    this.ptx = ptx;
    this.signature = signature;
  }

  /**
   * A kernel of PTX text, such as {@code nvcc -ptx} writes. No GPU is needed yet.
   *
   * @param name the name after .entry
   * @throws IllegalArgumentException if the text has no such kernel
   */
  public static CudaKernel fromPtx(String ptx, String name) {
    return new CudaKernel(ptx, KernelSignature.of(ptx, name));
  }

  /**
   * A kernel of CUDA C++ text, compiled by NVRTC for the GPUs here.
   *
   * @param name of a function {@code extern "C" __global__ void}
   * @throws IllegalArgumentException with the compiler's messages if it does not compile, or has no
   *     such kernel
   * @throws UnsupportedOperationException with the reason where there is no GPU or no NVRTC
   */
  public static CudaKernel fromSource(String source, String name) {
    Libraries.requireNvrtc();
    return fromPtx(Nvrtc.compile(source, name), name);
  }

  /** The kernel's name. */
  public String name() {
    return signature.kernel();
  }

  /**
   * Enqueues the kernel on the GPU of its tensors.
   *
   * @param arguments for each parameter: the {@link View} of a tensor for a pointer; or an int,
   *     long, float, double, short, byte or boolean of the parameter's size; or for a struct its
   *     bytes
   * @throws IllegalArgumentException if the arguments do not fit the kernel's parameters, or a
   *     tensor is not on a GPU, not contiguous, or on another GPU than the first
   * @throws IllegalStateException if a tensor's memory was given back
   */
  public void launch(Grid grid, Object... arguments) {
    signature.check(arguments);
    Gpu gpu = gpu(arguments);
    CUfunction f = loaded.computeIfAbsent(gpu, g -> UserModule.load(g.context(), ptx, name()));
    Launch l = gpu.launch(f, name());
    for (int i = 0; i < arguments.length; i++) {
      pass(l, arguments[i], signature.parameters().get(i).alignment());
    }
    l.run(grid);
  }

  private Gpu gpu(Object[] arguments) {
    Gpu gpu = null;
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] instanceof View v) {
        if (!(v.buffer() instanceof CudaBuffer b)) {
          throw wrong(i, "is not on a GPU; move it there with to(Device.cuda(0))");
        }
        if (!b.isOpen()) {
          throw new IllegalStateException(
              "kernel " + name() + ": argument " + i + " was closed before the launch");
        }
        if (!v.layout().isContiguous()) {
          throw wrong(i, "is a view with strides, which a kernel cannot see; pass contiguous()");
        }
        Gpu of = Gpu.of(b);
        if (gpu != null && gpu != of) {
          throw wrong(i, "is on another GPU than the tensors before it");
        }
        gpu = of;
      }
    }
    if (gpu == null) {
      throw new IllegalArgumentException(
          "kernel " + name() + ": no argument is a tensor, so that there is no GPU to run it on");
    }
    return gpu;
  }

  private IllegalArgumentException wrong(int argument, String what) {
    return new IllegalArgumentException(
        "kernel "
            + name()
            + ": argument "
            + argument
            + " ("
            + signature.parameters().get(argument).name()
            + ") "
            + what);
  }

  private static void pass(Launch l, Object o, int alignment) {
    if (o instanceof View v) {
      l.i64(((CudaBuffer) v.buffer()).address() + v.layout().offset() * v.dtype().bytes());
    } else if (o instanceof Long x) {
      l.i64(x);
    } else if (o instanceof Double x) {
      l.f64(x);
    } else if (o instanceof Integer x) {
      l.i32(x);
    } else if (o instanceof Float x) {
      l.f32(x);
    } else if (o instanceof Short x) {
      l.bytes(2, (byte) (int) x, (byte) (x >> 8));
    } else if (o instanceof Byte x) {
      l.bytes(1, x);
    } else if (o instanceof Boolean x) {
      l.bytes(1, (byte) (x ? 1 : 0));
    } else {
      l.bytes(alignment, (byte[]) o);
    }
  }

  @Override
  public String toString() {
    return "kernel " + name();
  }
}
