package org.jacana;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/** Calls a class's main method in this JVM. */
final class JavaMain {
  private JavaMain() {}

  /**
   * @throws Throwable what main itself throws
   */
  static void run(Class<?> type, String... args) throws Throwable {
    Method main = type.getDeclaredMethod("main", String[].class);
    main.setAccessible(true);
    try {
      main.invoke(null, (Object) args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
