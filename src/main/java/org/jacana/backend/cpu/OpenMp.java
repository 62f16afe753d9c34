package org.jacana.backend.cpu;

import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.opencl.User_func_Pointer;

/**
 * The thread count of libgomp. No Java binding of omp_set_num_threads exists, so its address goes
 * into a compiled call of a {@code void (*)(void *)}: the int argument is the low half of the
 * register that holds a first pointer argument, on x86-64 and on AArch64.
 */
final class OpenMp {
  private static final String SYMBOL = "omp_set_num_threads";

  private static User_func_Pointer setter;
  private static LongPointer cell;
  private static final ThreadLocal<Count> COUNT = ThreadLocal.withInitial(Count::new);

  private OpenMp() {}

  /** The count of one Java thread; made by the thread itself, since OpenMP keeps it per thread. */
  private static final class Count {
    private final Address argument = new Address(0);
    private int threads;

    Count() {
      set(Native.maxThreads());
    }

    void set(int n) {
      setter.call(argument.to(n));
      threads = n;
    }
  }

  /** Loads oneDNN and finds the function in its OpenMP library; null, or what is missing. */
  static String find() {
    Preload.libraries(dnnl.class);
    Loader.load(dnnl.class);
    Pointer function = Loader.addressof(SYMBOL);
    if (function == null || function.isNull()) {
      for (Map.Entry<String, String> library : Loader.getLoadedLibraries().entrySet()) {
        if (library.getKey().matches("(gomp|iomp|omp).*")) {
          Loader.loadGlobal(library.getValue());
        }
      }
      function = Loader.addressof(SYMBOL);
    }
    if (function == null || function.isNull()) {
      return "oneDNN: its OpenMP library has no visible function " + SYMBOL;
    }
    // A function pointer's address is that of a cell holding the function's address.
    cell = new LongPointer(Pointer.malloc(Long.BYTES));
    cell.put(function.address());
    setter = new User_func_Pointer(new Address(cell.address()));
    return null;
  }

  static int threads() {
    return COUNT.get().threads;
  }

  static void setThreads(int n) {
    COUNT.get().set(n);
  }
}
