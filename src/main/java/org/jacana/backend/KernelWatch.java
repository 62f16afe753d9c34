package org.jacana.backend;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks at the kernels that the operations of one thread run, or records them. Off, it costs one
 * comparison for each use of a tensor's backend.
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

  /** What is called in a backend's place. */
  public interface StandIn extends InvocationHandler {
    Backend backend();
  }

  private static final ThreadLocal<Listener> MINE = new ThreadLocal<>();

  /** What records this thread's kernels. */
  private static final ThreadLocal<Backend> RECORDER = new ThreadLocal<>();

  private static final Map<Backend, Backend> STAND_INS = new ConcurrentHashMap<>();

  /** Listeners and recorders over all threads. */
  private static int watchers;

  private KernelWatch() {}

  /** Whether some thread listens or records. */
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
    if (!on()) {
      return backend;
    }
    Backend recorder = RECORDER.get();
    if (recorder != null && raw(recorder) == raw(backend)) {
      return recorder;
    }
    return MINE.get() == null
        ? backend
        : STAND_INS.computeIfAbsent(raw(backend), b -> proxy(new Timed(b)));
  }

  /** The backend itself. */
  public static Backend raw(Backend backend) {
    return backend instanceof Proxy && Proxy.getInvocationHandler(backend) instanceof StandIn t
        ? t.backend()
        : backend;
  }

  /**
   * Runs work whose kernels on a backend go to a stand-in.
   *
   * @throws IllegalStateException if this thread's go to one already
   */
  public static void record(StandIn recorder, Runnable work) {
    if (RECORDER.get() != null) {
      throw new IllegalStateException("capture: a step is being recorded already");
    }
    RECORDER.set(proxy(recorder));
    synchronized (KernelWatch.class) {
      watchers++;
    }
    try {
      work.run();
    } finally {
      RECORDER.remove();
      synchronized (KernelWatch.class) {
        watchers--;
      }
    }
  }

  /** Whether a method of {@link Backend} is a question or a setting. */
  public static boolean isPlain(Method method) {
    return method.getDeclaringClass() != Backend.class || PLAIN.contains(method.getName());
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

  private static Backend proxy(StandIn handler) {
    return (Backend)
        Proxy.newProxyInstance(
            KernelWatch.class.getClassLoader(), new Class<?>[] {Backend.class}, handler);
  }

  /** Calls a backend's method with what a stand-in was given. */
  public static Object call(Backend backend, Method method, Object[] arguments) throws Throwable {
    if (method.getName().equals("equals") && method.getDeclaringClass() == Object.class) {
      return arguments[0] instanceof Backend b && raw(b) == backend;
    }
    try {
      return method.invoke(backend, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private record Timed(Backend backend) implements StandIn {
    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      Listener listener = MINE.get();
      String name = method.getName();
      if (listener == null || isPlain(method) || backend.capturing()) {
        return call(backend, method, arguments);
      }
      if (name.equals("allocate")) {
        Object buffer = call(backend, method, arguments);
        listener.allocated((Long) arguments[0]);
        return buffer;
      }
      long start = System.nanoTime();
      Object result = call(backend, method, arguments);
      // An optional kernel that says no has done nothing.
      if (!Boolean.FALSE.equals(result)) {
        backend.synchronize();
        long nanos = System.nanoTime() - start;
        listener.ran(new KernelCall(backend.device(), name, arguments), start, nanos);
      }
      return result;
    }
  }
}
