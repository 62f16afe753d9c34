package org.jacana.backend.cuda;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Loads JCuda's native halves. JCuda would unpack each under a fixed name into the folder for
 * temporary files and use what it finds there, unchecked; here it finds it in a folder that only
 * this process can write to and that is gone afterwards.
 */
final class Bindings {
  private static final String FOLDER = "lib/";
  private static final String DRIVER = "jcuda.driver.JCudaDriver";
  private static final String TEMPORARY = "java.io.tmpdir";
  private static final String JARS =
      "add org.jcuda:jcuda, jcublas and jcudnn and their natives, as Jacana's pom.xml does";

  private Bindings() {}

  /** Why there is no binding for this platform; null where there is one. */
  static Failure wrongPlatform(String os, String arch) {
    String machine = arch.toLowerCase(Locale.ROOT);
    return os.equals("Linux") && (machine.equals("amd64") || machine.equals("x86_64"))
        ? null
        : new Failure(
            "the CUDA binding is made for Linux x86-64, and this is " + os + " " + arch,
            "use the cpu here");
  }

  /** Why JCuda is not on a class path; null where it is. */
  static Failure missing(ClassLoader loader) {
    if (loader.getResource(DRIVER.replace('.', '/') + ".class") == null) {
      return new Failure("the CUDA binding is not on the class path", JARS);
    }
    String library = file("JCudaDriver");
    return loader.getResource(FOLDER + library) != null
        ? null
        : new Failure("the CUDA binding's native library " + library + " is not there", JARS);
  }

  private static String file(String library) {
    return System.mapLibraryName(
        jcuda.LibUtils.createPlatformLibraryName(library + "-" + jcuda.JCudaVersion.get()));
  }

  /**
   * Loads a class of JCuda and its native library.
   *
   * @param type the class
   * @param library the native library's name, without version and platform
   * @param from a library that it needs, to be replaced by {@code to}; null to change nothing
   * @throws UnsatisfiedLinkError if the linker cannot satisfy it
   * @throws IOException if it cannot be unpacked
   */
  static synchronized void load(String type, String library, String from, String to)
      throws IOException {
    // Java reads the property once, for its own temporary files; let it be before the change.
    Files.delete(File.createTempFile("jacana", null).toPath());
    Path folder = Files.createTempDirectory("jacana-cuda-");
    Path file = folder.resolve(file(library));
    String temporary = System.getProperty(TEMPORARY);
    try {
      Files.write(file, patched(library, from, to));
      // Before JCuda does, whose message would be two stack traces.
      System.load(file.toString());
      System.setProperty(TEMPORARY, folder.toString());
      Class.forName(type, true, Bindings.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new NoClassDefFoundError(type);
    } finally {
      System.setProperty(TEMPORARY, temporary);
      // What is loaded stays loaded without its file.
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }

  /** The bytes of a native library, changed to need another library. */
  static byte[] patched(String library, String from, String to) throws IOException {
    String name = file(library);
    byte[] bytes;
    try (InputStream in = Bindings.class.getClassLoader().getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IOException(name + " is not on the class path");
      }
      bytes = in.readAllBytes();
    }
    if (from != null && !from.equals(to)) {
      new Elf(name, bytes).rename(from, to);
    }
    return bytes;
  }
}
