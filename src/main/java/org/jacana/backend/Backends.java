package org.jacana.backend;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Device;
import org.jacana.backend.cpu.CpuBackend;
import org.jacana.backend.cuda.CudaBackend;
import org.jacana.backend.reference.ReferenceBackend;

/** The backends of this process, one per device, made when first asked for. */
public final class Backends {
  private static final Map<Integer, Backend> GPUS = new HashMap<>();
  private static volatile Backend standard;

  private Backends() {}

  private static final class Reference {
    static final Backend INSTANCE = new ReferenceBackend();
  }

  private static final class Cpu {
    static final Backend INSTANCE = new CpuBackend();
  }

  /**
   * The backend of a device.
   *
   * @throws UnsupportedOperationException with the reason when the device cannot be used here
   */
  public static Backend of(Device device) {
    return switch (device.kind()) {
      case REFERENCE -> Reference.INSTANCE;
      case CPU -> Cpu.INSTANCE;
      case CUDA -> cuda(device);
    };
  }

  private static synchronized Backend cuda(Device device) {
    Backend b = GPUS.get(device.index());
    if (b == null) {
      String reason = whyNoCuda();
      if (reason != null) {
        throw new UnsupportedOperationException(device + ": " + reason + "; use the cpu");
      }
      b = new CudaBackend(device.index());
      GPUS.put(device.index(), b);
    }
    return b;
  }

  /** The GPUs that were asked for so far. */
  public static synchronized List<Backend> gpus() {
    return List.copyOf(GPUS.values());
  }

  /** Why CUDA cannot be used here, in one sentence; null where it can. */
  public static String whyNoCuda() {
    return CudaBackend.whyNot();
  }

  /**
   * Why a GPU is not the best device here, in one sentence; null where it is. Other than for {@link
   * #whyNoCuda}, the libraries for products and convolutions must be there.
   */
  public static String whyCudaIsNotBest() {
    return CudaBackend.whyNoTraining();
  }

  /** What a run on a GPU depends on, and what of it is here; loads the CUDA libraries. */
  public static CudaReport cudaReport() {
    return CudaBackend.report();
  }

  /** The backend of tensors made outside any scope that names a device. */
  public static Backend standard() {
    Backend b = standard;
    if (b == null) {
      b = of(Device.best());
      standard = b;
    }
    return b;
  }

  /** Changes {@link #standard}. */
  public static void standard(Device device) {
    standard = of(device);
  }
}
