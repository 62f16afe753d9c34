package org.jacana;

import java.lang.reflect.Modifier;
import java.util.List;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails every test class that leaves memory of a backend alive or a scope open, and names the
 * tensors and where they were made. Registered for all tests through META-INF/services.
 */
public final class LeakExtension implements BeforeAllCallback, AfterAllCallback {
  private static final ExtensionContext.Namespace SPACE =
      ExtensionContext.Namespace.create(LeakExtension.class);

  /** Bytes alive in every backend of this machine. */
  static long liveBytes() {
    long hosts = Backends.of(Device.REFERENCE).liveBytes() + Backends.of(Device.CPU).liveBytes();
    return hosts + Backends.gpus().stream().mapToLong(Backend::liveBytes).sum();
  }

  /** What is wrong when {@code before} bytes were alive at first, or null. */
  static String complaint(long before, List<String> open) {
    if (Scope.current() != null) {
      return "a scope was left open";
    }
    long left = liveBytes() - before;
    return left == 0
        ? null
        : left + " bytes of native memory left alive; open tensors:\n" + String.join("\n", open);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    // A GPU that the run is about is there before the first test asks for the best device; the
    // tests of the CUDA backend decide for themselves when it comes.
    if (!context.getRequiredTestClass().getPackageName().equals("org.jacana.backend.cuda")) {
      Devices.all();
    }
    context.getStore(SPACE).put(context.getUniqueId(), liveBytes());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    // Instances of a class whose tests share one may hold tensors until the outer class ends.
    Class<?> type = context.getRequiredTestClass();
    if (type.isMemberClass() && !Modifier.isStatic(type.getModifiers())) {
      return;
    }
    long before = context.getStore(SPACE).remove(context.getUniqueId(), Long.class);
    String what = complaint(before, Leaks.open());
    if (what != null) {
      throw new AssertionError(type.getName() + ": " + what);
    }
  }
}
