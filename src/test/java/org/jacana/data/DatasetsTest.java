package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where data sets are found, with folders and a server of the test's own. */
class DatasetsTest {
  private static final String FASHION = "fashion-mnist";
  private static final String TRAIN_IMAGES = "train-images-idx3-ubyte.gz";
  private static final String TEST_LABELS = "t10k-labels-idx1-ubyte.gz";

  /** First labels of the sets in the different places: a label tells where a set came from. */
  private static final int GIVEN = 1;

  private static final int CACHED = 2;
  private static final int SYSTEM = 3;
  private static final int REMOTE = 4;

  @TempDir Path folder;
  private Path cache;
  private Path system;
  private HttpServer server;
  private URI address;
  private final Map<String, byte[]> published = new ConcurrentHashMap<>();
  private final Map<String, Integer> claimedSizes = new ConcurrentHashMap<>();
  private final AtomicInteger requests = new AtomicInteger();

  @BeforeEach
  void open() throws IOException {
    cache = folder.resolve("cache");
    system = folder.resolve("system");
    for (String file : Mnist.FILES) {
      published.put(file + ".gz", TestFiles.gzip(TestFiles.fourFile(file, REMOTE)));
    }
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          String name = exchange.getRequestURI().getPath().substring(1);
          byte[] bytes = published.get(name);
          try (exchange) {
            if (bytes == null) {
              exchange.sendResponseHeaders(404, -1);
              return;
            }
            exchange.sendResponseHeaders(200, claimedSizes.getOrDefault(name, bytes.length));
            exchange.getResponseBody().write(bytes);
          }
        });
    server.start();
    String host = server.getAddress().getAddress().getHostAddress();
    address = URI.create("http://" + host + ":" + server.getAddress().getPort() + "/");
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private static RemoteFile describe(String name, byte[] bytes) {
    String sha256 = HexFormat.of().formatHex(Checksum.sha256().digest(bytes));
    return new RemoteFile(name, bytes.length, sha256);
  }

  /** Places whose published sizes and checksums are those of the set served at first. */
  private DataHome home() {
    List<RemoteFile> files = new ArrayList<>();
    for (String file : Mnist.FILES) {
      String name = file + ".gz";
      files.add(describe(name, TestFiles.gzip(TestFiles.fourFile(file, REMOTE))));
    }
    return new DataHome(cache, system, address, files);
  }

  private Located load(Path given) throws IOException {
    return Datasets.load(FASHION, given, notice -> {}, home());
  }

  private static int origin(Located located) {
    return located.split().train().labels()[0];
  }

  private List<String> cached() throws IOException {
    Path own = cache.resolve(FASHION);
    if (!Files.exists(own)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(own)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theGivenFolderComesFirst() throws IOException {
    Path given = TestFiles.fourFiles(folder.resolve("given"), GIVEN);
    TestFiles.fourFiles(cache.resolve(FASHION), CACHED);
    TestFiles.fourFiles(system, SYSTEM);
    Located located = load(given);
    assertEquals(GIVEN, origin(located));
    assertEquals(given.toString(), located.source());
    assertEquals(0, requests.get());
  }

  @Test
  void theGivenFolderMayHoldASubfolder() throws IOException {
    Path inner = TestFiles.fourFiles(folder.resolve("given").resolve(FASHION), GIVEN);
    Located located = load(folder.resolve("given"));
    assertEquals(GIVEN, origin(located));
    assertEquals(inner.toString(), located.source());
  }

  @Test
  void theCacheComesBeforeThePackage() throws IOException {
    TestFiles.fourFiles(cache.resolve(FASHION), CACHED);
    TestFiles.fourFiles(system, SYSTEM);
    Located located = load(null);
    assertEquals(CACHED, origin(located));
    assertEquals(cache.resolve(FASHION) + " (cache)", located.source());
  }

  @Test
  void thePackageComesBeforeTheNetwork() throws IOException {
    TestFiles.fourFiles(system, SYSTEM);
    Located located = load(null);
    assertEquals(SYSTEM, origin(located));
    assertEquals(system + " (package dataset-fashion-mnist)", located.source());
    assertEquals(0, requests.get());
  }

  @Test
  void aGivenFolderIsNeverReplaced() throws IOException {
    TestFiles.fourFiles(cache.resolve(FASHION), CACHED);
    TestFiles.fourFiles(system, SYSTEM);
    Path given = TestFiles.fourFiles(folder.resolve("given"), GIVEN);
    Files.delete(given.resolve(TRAIN_IMAGES));
    Files.delete(given.resolve(TEST_LABELS));
    var e = assertThrows(FileNotFoundException.class, () -> load(given));
    assertEquals(
        "fashion-mnist: --data "
            + given
            + " does not hold the data set: "
            + given
            + " lacks train-images-idx3-ubyte, t10k-labels-idx1-ubyte; put the four idx files "
            + "(plain or .gz) there, or leave out --data to look in the usual places",
        e.getMessage());
    Path nowhere = folder.resolve("nowhere");
    var none = assertThrows(FileNotFoundException.class, () -> load(nowhere));
    assertTrue(none.getMessage().contains("--data " + nowhere + " is not a folder"));
    assertEquals(0, requests.get());
  }

  @Test
  void aDamagedFileInTheCacheIsNotReplacedInSilence() throws IOException {
    TestFiles.fourFiles(cache.resolve(FASHION), CACHED);
    Path damaged = Files.write(cache.resolve(FASHION).resolve(TEST_LABELS), new byte[5]);
    FormatException e = assertThrows(FormatException.class, () -> load(null));
    assertEquals(damaged.toString(), e.file());
    assertEquals(0, requests.get());
  }

  @Test
  void downloadsOnce() throws IOException {
    List<String> notices = new ArrayList<>();
    Located located = Datasets.load(FASHION, null, notices::add, home());
    assertEquals(REMOTE, origin(located));
    assertEquals(cache.resolve(FASHION) + " (downloaded from " + address + ")", located.source());
    assertEquals(4, requests.get());
    assertEquals(1, notices.size());
    assertTrue(notices.get(0).contains(address + " to " + cache.resolve(FASHION)));
    assertEquals(published.keySet().stream().sorted().toList(), cached());

    Located again = Datasets.load(FASHION, null, notices::add, home());
    assertEquals(REMOTE, origin(again));
    assertEquals(cache.resolve(FASHION) + " (cache)", again.source());
    assertEquals(4, requests.get());
    assertEquals(1, notices.size());
  }

  @Test
  void downloadsOnlyWhatIsMissing() throws IOException {
    load(null);
    Files.delete(cache.resolve(FASHION).resolve(TEST_LABELS));
    load(null);
    assertEquals(5, requests.get());
  }

  @Test
  void aWrongChecksumKeepsNothing() throws IOException {
    byte[] bytes = published.get(TRAIN_IMAGES).clone();
    bytes[4] ^= 1;
    RemoteFile found = describe(TRAIN_IMAGES, bytes);
    String expected = describe(TRAIN_IMAGES, published.get(TRAIN_IMAGES)).sha256();
    published.put(TRAIN_IMAGES, bytes);
    FormatException e = assertThrows(FormatException.class, () -> load(null));
    assertEquals(
        address
            + TRAIN_IMAGES
            + ": expected SHA-256 "
            + expected
            + ", found "
            + found.sha256()
            + "; the file was damaged or replaced on the way, nothing was kept: try again",
        e.getMessage());
    assertEquals(List.of(), cached());
  }

  @Test
  void aShortOrLongFileKeepsNothing() throws IOException {
    byte[] bytes = published.get(TRAIN_IMAGES);
    published.put(TRAIN_IMAGES, new byte[10]);
    FormatException e = assertThrows(FormatException.class, () -> load(null));
    assertEquals(bytes.length + " bytes", e.expected());
    assertEquals("10 bytes", e.found());
    published.put(TRAIN_IMAGES, new byte[1_000_000]);
    assertEquals("more", assertThrows(FormatException.class, () -> load(null)).found());
    assertEquals(List.of(), cached());
  }

  @Test
  void aConnectionCutInTheMiddleKeepsNothingOfThatFile() throws IOException {
    byte[] bytes = published.get(TEST_LABELS);
    published.put(TEST_LABELS, Arrays.copyOf(bytes, bytes.length / 2));
    claimedSizes.put(TEST_LABELS, bytes.length);
    IOException e = assertThrows(IOException.class, () -> load(null));
    assertTrue(e.getMessage().contains(address + TEST_LABELS), e.getMessage());
    assertEquals(3, cached().size());
    assertTrue(!cached().contains(TEST_LABELS));

    published.put(TEST_LABELS, bytes);
    assertEquals(REMOTE, origin(load(null)));
  }

  private void listsTheWays(IOException e) {
    for (String way :
        List.of(
            "--data DIR",
            cache.resolve(FASHION).toString(),
            "apt-get install dataset-fashion-mnist",
            "network")) {
      assertTrue(e.getMessage().contains(way), e.getMessage());
    }
    assertEquals(1, e.getMessage().lines().count());
  }

  @Test
  void aServersErrorListsTheWays() throws IOException {
    published.clear();
    IOException e = assertThrows(IOException.class, () -> load(null));
    assertTrue(
        e.getMessage().contains("downloading " + address + TRAIN_IMAGES + " failed"),
        e.getMessage());
    assertTrue(e.getMessage().contains("status 404"), e.getMessage());
    listsTheWays(e);
    assertEquals(List.of(), cached());
  }

  @Test
  void noNetworkListsTheWays() throws IOException {
    server.stop(0);
    IOException e = assertThrows(IOException.class, () -> load(null));
    assertTrue(e.getMessage().contains("ConnectException"), e.getMessage());
    listsTheWays(e);
    assertEquals(List.of(), cached());
  }

  @Test
  void aCacheThatCannotBeMadeListsTheWays() throws IOException {
    Files.write(cache, new byte[1]);
    IOException e = assertThrows(IOException.class, () -> load(null));
    assertTrue(e.getMessage().contains("the cache folder cannot be made"), e.getMessage());
    listsTheWays(e);
    assertEquals(0, requests.get());
  }

  /**
   * The package holds the published files less the name and time in their gzip headers. With both
   * put back, the files must have the published sizes and checksums.
   */
  @Test
  void theStandardChecksumsAreThoseOfTheRealFiles() throws IOException {
    DataHome standard = DataHome.standard();
    Assumptions.assumeTrue(
        Mnist.missing(standard.systemFashion()).isEmpty(),
        "the package dataset-fashion-mnist is not installed");
    for (String file : Mnist.FILES) {
      byte[] stripped = Files.readAllBytes(standard.systemFashion().resolve(file + ".gz"));
      Assumptions.assumeTrue(stripped[3] == 0, "the package's files have another gzip header");
      int time = file.startsWith("train") ? 1504176606 : 1504176627;
      ByteBuffer head = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
      head.put(new byte[] {0x1f, (byte) 0x8b, 8, 8}).putInt(time).put(new byte[] {0, 3});
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      whole.writeBytes(head.array());
      whole.writeBytes((file + "\0").getBytes());
      whole.write(stripped, 10, stripped.length - 10);
      published.put(file + ".gz", whole.toByteArray());
    }
    DataHome home = new DataHome(cache, system, address, standard.fashionFiles());
    Located located = Datasets.load(FASHION, null, notice -> {}, home);
    assertEquals(60_000, located.split().train().count());
    assertEquals(10_000, located.split().test().count());
  }

  @Test
  void mnistIsReadFromFolderOrCache() throws IOException {
    var e =
        assertThrows(
            FileNotFoundException.class, () -> Datasets.load("mnist", null, notice -> {}, home()));
    assertTrue(e.getMessage().contains(cache.resolve("mnist").toString()), e.getMessage());
    assertTrue(e.getMessage().contains("--data DIR"), e.getMessage());
    TestFiles.fourFiles(cache.resolve("mnist"), CACHED);
    assertEquals(CACHED, origin(Datasets.load("mnist", null, notice -> {}, home())));
    Path given = folder.resolve("given");
    TestFiles.fourFiles(given.resolve("mnist"), GIVEN);
    assertEquals(GIVEN, origin(Datasets.load("mnist", given, notice -> {}, home())));
    assertEquals(0, requests.get());
  }

  @Test
  void cifarIsReadFromFolderOrCache() throws IOException {
    var e =
        assertThrows(
            FileNotFoundException.class,
            () -> Datasets.load("cifar10", null, notice -> {}, home()));
    assertTrue(e.getMessage().contains(cache.resolve("cifar10").toString()), e.getMessage());
    assertTrue(e.getMessage().contains("data_batch_1.bin, data_batch_2.bin"), e.getMessage());
    assertTrue(e.getMessage().contains("cifar-10-binary.tar.gz"), e.getMessage());
    Path inner = cache.resolve("cifar10").resolve("cifar-10-batches-bin");
    Files.createDirectories(inner);
    for (int i = 1; i <= 5; i++) {
      Files.write(inner.resolve("data_batch_" + i + ".bin"), new byte[3073]);
    }
    Files.write(inner.resolve("test_batch.bin"), new byte[3073]);
    // Found, and refused for its size: a real set is 184 MB.
    FormatException size =
        assertThrows(
            FormatException.class, () -> Datasets.load("cifar10", null, notice -> {}, home()));
    assertEquals(inner.resolve("data_batch_1.bin").toString(), size.file());
  }

  @Test
  void digitsArePackaged() throws IOException {
    Located located = Datasets.load("digits", null);
    assertEquals(1442, located.split().train().count());
    assertEquals("packaged with Jacana", located.source());
    assertThrows(IllegalArgumentException.class, () -> Datasets.load("digits", folder));
  }

  @Test
  void anUnknownNameListsTheKnown() {
    var e = assertThrows(IllegalArgumentException.class, () -> Datasets.load("imagenet", null));
    assertEquals(
        "data: unknown data set 'imagenet'; known are digits, fashion-mnist, mnist, cifar10, cifar100",
        e.getMessage());
    assertEquals(
        List.of("digits", "fashion-mnist", "mnist", "cifar10", "cifar100"), Datasets.names());
  }

  @Test
  void theCacheFolderFollowsTheEnvironment() {
    Path absolute = folder.toAbsolutePath();
    Map<String, String> environment = new HashMap<>();
    String user = absolute.resolve("user").toString();
    Path fallback = Path.of(user, ".cache", "jacana");
    assertEquals(fallback, DataHome.cacheFolder(environment, user));
    environment.put("XDG_CACHE_HOME", "relative");
    assertEquals(fallback, DataHome.cacheFolder(environment, user));
    environment.put("XDG_CACHE_HOME", absolute.resolve("xdg").toString());
    Path shared = absolute.resolve("xdg").resolve("jacana");
    assertEquals(shared, DataHome.cacheFolder(environment, user));
    environment.put("JACANA_CACHE", "");
    assertEquals(shared, DataHome.cacheFolder(environment, user));
    environment.put("JACANA_CACHE", absolute.resolve("own").toString());
    assertEquals(absolute.resolve("own"), DataHome.cacheFolder(environment, user));
  }

  @Test
  void theStandardNamesAreTheFourFiles() {
    assertArrayEquals(
        Mnist.FILES.toArray(),
        DataHome.standard().fashionFiles().stream()
            .map(file -> file.name().replace(".gz", ""))
            .toArray());
  }
}
