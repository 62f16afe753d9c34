package org.jacana.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * What {@link AtomicFile} asks of the system, one method a call, so that each can fail in tests.
 */
class Disk {
  private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");

  void createFolders(Path folder) throws IOException {
    Files.createDirectories(folder);
  }

  FileChannel create(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Writes some of the bytes, at least one. */
  int write(FileChannel to, ByteBuffer bytes) throws IOException {
    return to.write(bytes);
  }

  void force(FileChannel file) throws IOException {
    file.force(true);
  }

  void close(FileChannel file) throws IOException {
    file.close();
  }

  void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Makes a new or changed name durable; Windows cannot open folders and does so by itself. */
  void forceFolder(Path folder) throws IOException {
    if (!WINDOWS) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }
}
