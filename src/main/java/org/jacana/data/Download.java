package org.jacana.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.UUID;

/**
 * Fetches published files over HTTP. A file gets its name only after its size and SHA-256 were
 * found right; a failed download leaves nothing behind.
 */
final class Download {
  private static final int CONNECT_MILLIS = 10_000;
  private static final int READ_MILLIS = 30_000;
  private static final String FIX =
      "the file was damaged or replaced on the way, nothing was kept: try again";

  private Download() {}

  /**
   * Writes {@code base + file.name()} into the folder, which must exist.
   *
   * @throws FormatException if size or SHA-256 are not the published ones
   * @throws IOException if the server cannot be reached or answers with an error, or the file
   *     cannot be written
   */
  static void fetch(URI base, RemoteFile file, Path folder) throws IOException {
    URI address = base.resolve(file.name());
    Path part = folder.resolve(file.name() + "." + UUID.randomUUID() + ".part");
    // For an interrupt from the keyboard, which runs no finally block.
    part.toFile().deleteOnExit();
    try {
      transfer(address, file, part);
      Files.move(part, folder.resolve(file.name()), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void transfer(URI address, RemoteFile file, Path part) throws IOException {
    MessageDigest digest = Checksum.sha256();
    long size = 0;
    try (InputStream in = open(address);
        OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE_NEW)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0 && size <= file.size(); n = in.read(buffer)) {
        out.write(buffer, 0, n);
        digest.update(buffer, 0, n);
        size += n;
      }
    }
    if (size != file.size()) {
      String found = size > file.size() ? "more" : size + " bytes";
      throw new FormatException(address.toString(), file.size() + " bytes", found, FIX);
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(file.sha256())) {
      throw new FormatException(address.toString(), "SHA-256 " + file.sha256(), found, FIX);
    }
  }

  private static InputStream open(URI address) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout(READ_MILLIS);
    int status = connection.getResponseCode();
    if (status != HttpURLConnection.HTTP_OK) {
      connection.disconnect();
      throw new IOException("the server answered with status " + status);
    }
    return connection.getInputStream();
  }
}
