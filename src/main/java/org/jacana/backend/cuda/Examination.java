package org.jacana.backend.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;
import org.jacana.backend.CudaReport;

/** Collects the facts of a {@link CudaReport}; loads each library, makes no context. */
final class Examination {
  private static final Pattern RELEASE = Pattern.compile("(?:so\\.|Module\\s+)(\\d{3,}\\.[\\d.]+)");
  private static final Path MODULE = Path.of("/proc/driver/nvidia/version");

  private Examination() {}

  static CudaReport report() {
    Failure failure = Libraries.driverFailure();
    // The driver answers questions once its binding is loaded, whatever else is wrong.
    int version = Libraries.driverAnswers() ? Driver.version() : 0;
    Path file = Libraries.driverFile();
    CudaReport.Driver driver =
        new CudaReport.Driver(
            file == null ? null : file.toString(),
            file == null ? null : release(file),
            version == 0 ? null : DriverCheck.text(version),
            version == 0 ? null : newestPtx(version),
            failure == null ? null : failure.cause(),
            failure == null ? null : failure.fix());
    List<CudaReport.Library> libraries = new ArrayList<>();
    for (Wanted w : Wanted.values()) {
      libraries.add(library(w, failure != null));
    }
    return new CudaReport(
        driver,
        failure == null ? gpus() : List.of(),
        new CudaReport.Kernels(Kernels.read("copy").version(), dotted(DriverCheck.CAPABILITY)),
        libraries,
        Libraries.search().triedFolders());
  }

  /** The driver's own number, which its file's name ends with, or else its kernel module's. */
  private static String release(Path library) {
    try {
      Matcher m = RELEASE.matcher(library.toRealPath().getFileName().toString());
      if (m.find()) {
        return m.group(1);
      }
      m = RELEASE.matcher(Files.readString(MODULE));
      return m.find() ? m.group(1) : null;
    } catch (IOException e) {
      // Another platform's driver, such as that of WSL.
      return null;
    }
  }

  private static CudaReport.Library library(Wanted w, boolean noDriver) {
    LibraryLoader.Outcome o =
        noDriver ? new LibraryLoader(Libraries.search(), 0).locate(w) : Libraries.outcome(w);
    String version = null;
    if (!noDriver && o.ok()) {
      try {
        // A function that is missing would end the process.
        version = Elf.map(o.file()).exports(w.versionFunction()) ? w.version() : null;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new CudaReport.Library(
        w.title(),
        w.use(),
        w != Wanted.NVRTC,
        w.linkedFor(),
        o.file() == null ? null : o.file().toString(),
        version,
        o.ok() ? null : o.failure().cause(),
        o.ok() ? null : o.failure().fix());
  }

  private static List<CudaReport.Gpu> gpus() {
    List<CudaReport.Gpu> out = new ArrayList<>();
    int count = Driver.deviceCount();
    for (int i = 0; i < count; i++) {
      CUdevice d = new CUdevice();
      Driver.check(JCudaDriver.cuDeviceGet(d, i), "cuDeviceGet");
      int c = Driver.capability(d);
      long[] memory = new long[1];
      Driver.check(JCudaDriver.cuDeviceTotalMem(memory, d), "cuDeviceTotalMem");
      out.add(
          new CudaReport.Gpu(
              i,
              Driver.name(d),
              dotted(c),
              memory[0],
              Driver.attribute(d, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
              products(c),
              c >= DriverCheck.CAPABILITY
                  ? null
                  : "the kernels need compute capability " + dotted(DriverCheck.CAPABILITY)));
    }
    return out;
  }

  /** Precisions of tensor cores: CUDA C++ Programming Guide, "Compute Capabilities". */
  private static List<String> products(int capability) {
    return capability >= 80
        ? List.of("TF32", "BF16", "FP16")
        : capability >= 70 ? List.of("FP16") : List.of();
  }

  private static String dotted(int capability) {
    return capability / 10 + "." + capability % 10;
  }

  /** The PTX that came with a CUDA release: PTX ISA, "Release Notes". */
  static String newestPtx(int cuda) {
    int major = cuda / 1000;
    int minor = cuda % 1000 / 10;
    return switch (major) {
      case 11 -> "7." + Math.min(minor, 8);
      // 12.5 and 12.6 share one.
      case 12 -> "8." + (minor <= 5 ? minor : Math.min(minor, 9) - 1);
      default -> major < 11 ? "6.5 or older" : major == 13 ? "9." + minor : "9.0 or newer";
    };
  }
}
