package org.jacana.backend;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks at the kernels that the operations of one thread run. Off, it costs one comparison for each
 * use of a tensor's backend.
 *
 * <p>While it is on, {@link #of} answers with a stand-in that measures each call and waits for the
 * device after it, so that a kernel's time is its own. What a device is recording is not measured.
 */
public final class KernelWatch {
  /** Hears of calls, in the thread that made them. */
  public interface Listener {
    /**
     * A kernel has run.
     *
     * @param call its name and arguments
     * @param start {@link System#nanoTime} before it
     * @param nanos how long it and the wait for the device took
     */
    void ran(KernelCall call, long start, long nanos);

    /** Memory was taken for a tensor. */
    void allocated(long bytes);
  }

  /** Questions and settings, which are no work. */
  private static final Set<String> PLAIN =
      Set.of(
          "device",
          "description",
          "synchronize",
          "liveBytes",
          "peakBytes",
          "resetPeak",
          "listen",
          "threads",
          "deterministic",
          "tf32",
          "capturing",
          "asynchronous",
          "capture",
          "lapack",
          "hasHalfBatchNorm",
          "hasLayerNorm",
          "hasWideGradients");

  private static final ThreadLocal<Listener> MINE = new ThreadLocal<>();
  private static final Map<Backend, Backend> STAND_INS = new ConcurrentHashMap<>();

  /** Over all threads. */
  private static int watchers;

  private KernelWatch() {}

  /** Whether some thread listens. */
  public static boolean on() {
    return watchers != 0;
  }

  /** Sets this thread's listener; null for none. The one before. */
  public static Listener listen(Listener listener) {
    Listener before = MINE.get();
    synchronized (KernelWatch.class) {
      watchers += (listener == null ? 0 : 1) - (before == null ? 0 : 1);
    }
    MINE.set(listener);
    return before;
  }

  /** The backend as this thread should call it. */
  public static Backend of(Backend backend) {
    if (!on() || MINE.get() == null) {
      return backend;
    }
    return STAND_INS.computeIfAbsent(backend, KernelWatch::standIn);
  }

  /** The backend itself. */
  public static Backend raw(Backend backend) {
    return backend instanceof Proxy && Proxy.getInvocationHandler(backend) instanceof Timed t
        ? t.backend
        : backend;
  }

  /**
   * Runs work that is no single kernel, as an entry of its own where the device only hears of the
   * whole; where its parts are measured, it is just run.
   */
  public static void whole(Backend backend, String name, Runnable work) {
    Listener listener = on() ? MINE.get() : null;
    if (listener == null || !backend.asynchronous()) {
      work.run();
      return;
    }
    long start = System.nanoTime();
    work.run();
    backend.synchronize();
    long nanos = System.nanoTime() - start;
    listener.ran(new KernelCall(backend.device(), name, new Object[0]), start, nanos);
  }

  private static Backend standIn(Backend backend) {
    return (Backend)
        Proxy.newProxyInstance(
            KernelWatch.class.getClassLoader(), new Class<?>[] {Backend.class}, new Timed(backend));
  }

  private record Timed(Backend backend) implements InvocationHandler {
    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      Listener listener = MINE.get();
      String name = method.getName();
      if (listener == null
          || method.getDeclaringClass() != Backend.class
          || PLAIN.contains(name)
          || backend.capturing()) {
        return call(method, arguments);
      }
      if (name.equals("allocate")) {
        Object buffer = call(method, arguments);
        listener.allocated((Long) arguments[0]);
        return buffer;
      }
      long start = System.nanoTime();
      Object result = call(method, arguments);
      // An optional kernel that says no has done nothing.
      if (!Boolean.FALSE.equals(result)) {
        backend.synchronize();
        long nanos = System.nanoTime() - start;
        listener.ran(new KernelCall(backend.device(), name, arguments), start, nanos);
      }
      return result;
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
      try {
        return method.invoke(backend, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }
}
