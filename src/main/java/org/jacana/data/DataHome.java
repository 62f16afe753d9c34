package org.jacana.data;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where data sets are kept: the user's cache folder, the folder of the Debian package {@code
 * dataset-fashion-mnist}, and the address from which Fashion-MNIST is published.
 */
public final class DataHome {
  private final Path cache;
  private final Path systemFashion;
  private final URI fashionAddress;
  private final List<RemoteFile> fashionFiles;

  DataHome(Path cache, Path systemFashion, URI fashionAddress, List<RemoteFile> fashionFiles) {
    this.cache = cache;
    this.systemFashion = systemFashion;
    this.fashionAddress = fashionAddress;
    this.fashionFiles = List.copyOf(fashionFiles);
  }

  /** The places of this machine, read from the environment. */
  public static DataHome standard() {
    return new DataHome(
        cacheFolder(System.getenv(), System.getProperty("user.home")),
        Path.of("/usr/share/datasets/fashion-mnist"),
        URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
        List.of(
            new RemoteFile(
                "train-images-idx3-ubyte.gz",
                26_421_880,
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
            new RemoteFile(
                "train-labels-idx1-ubyte.gz",
                29_515,
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
            new RemoteFile(
                "t10k-images-idx3-ubyte.gz",
                4_422_102,
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
            new RemoteFile(
                "t10k-labels-idx1-ubyte.gz",
                5_148,
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5")));
  }

  /**
   * {@code $JACANA_CACHE}; without it {@code $XDG_CACHE_HOME/jacana}, if that is an absolute path
   * as its specification asks; else {@code ~/.cache/jacana}.
   */
  static Path cacheFolder(Map<String, String> environment, String userHome) {
    String own = environment.getOrDefault("JACANA_CACHE", "");
    if (!own.isBlank()) {
      return Path.of(own).toAbsolutePath();
    }
    String shared = environment.getOrDefault("XDG_CACHE_HOME", "");
    if (!shared.isBlank() && Path.of(shared).isAbsolute()) {
      return Path.of(shared, "jacana");
    }
    return Path.of(userHome, ".cache", "jacana").toAbsolutePath();
  }

  /** The cache folder; it need not exist. */
  public Path cache() {
    return cache;
  }

  /** The folder of one data set in the cache; it need not exist. */
  public Path cache(String dataset) {
    return cache.resolve(dataset);
  }

  Path systemFashion() {
    return systemFashion;
  }

  URI fashionAddress() {
    return fashionAddress;
  }

  List<RemoteFile> fashionFiles() {
    return fashionFiles;
  }
}
