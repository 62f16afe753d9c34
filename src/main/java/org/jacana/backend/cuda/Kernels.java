package org.jacana.backend.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * Kernels by file and name, each compiled by the driver when it is first asked for. The files are
 * resources beside this class.
 */
final class Kernels {
  private final Context context;
  private final Map<String, Ptx> files = new HashMap<>();
  private final Map<String, CUfunction> functions = new HashMap<>();

  Kernels(Context context) {
    this.context = context;
  }

  /** Kernel {@code name} of {@code ptx/file.ptx}. */
  synchronized CUfunction get(String file, String name) {
    CUfunction f = functions.get(name);
    if (f == null) {
      f = load(context, file(file).module(name), name);
      functions.put(name, f);
    }
    return f;
  }

  /** Whether {@code ptx/file.ptx} has such a kernel. */
  synchronized boolean has(String file, String name) {
    return file(file).names().contains(name);
  }

  private Ptx file(String file) {
    return files.computeIfAbsent(file, Kernels::read);
  }

  static Ptx read(String file) {
    try (InputStream in = Kernels.class.getResourceAsStream("ptx/" + file + ".ptx")) {
      if (in == null) {
        throw new IllegalStateException("kernels: no resource ptx/" + file + ".ptx in this build");
      }
      return new Ptx(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A module's kernel; unloads the module where there is none. */
  static CUfunction function(CUmodule module, String name) {
    CUfunction f = new CUfunction();
    int status = JCudaDriver.cuModuleGetFunction(f, module, name);
    if (status != CUresult.CUDA_SUCCESS) {
      JCudaDriver.cuModuleUnload(module);
    }
    Driver.check(status, "cuModuleGetFunction of " + name);
    return f;
  }

  /** Compiles a module and finds its kernel. */
  static CUfunction load(Context context, String ptx, String name) {
    context.enter();
    byte[] text = ptx.getBytes(StandardCharsets.UTF_8);
    CUmodule module = new CUmodule();
    // Page-locked and not a Java array, which JCuda would pin for as long as the compiler runs.
    try (Pinned image = new Pinned(text.length + 1)) {
      image.bytes().put(0, text).put(text.length, (byte) 0);
      int status =
          JCudaDriver.cuModuleLoadDataEx(
              module, image.pointer(), 0, new int[0], new jcuda.Pointer());
      if (status != CUresult.CUDA_SUCCESS) {
        throw Driver.failure("cuModuleLoadDataEx of kernel " + name, status);
      }
    }
    return function(module, name);
  }
}
