package org.jacana.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes files that appear whole or not at all: into a temporary neighbour, then moved. */
public final class AtomicFile {
  private AtomicFile() {}

  /** What is written. */
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file, making its folder where it is missing; a file of that name is replaced.
   *
   * @throws IOException if it cannot be written; what was there before is then untouched
   */
  public static void write(Path file, Content content) throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null || Files.isDirectory(target)) {
      throw new IOException(file + ": cannot write here because it is a folder; name a file");
    }
    Files.createDirectories(folder);
    Path temporary = folder.resolve("." + target.getFileName() + "." + System.nanoTime() + ".tmp");
    try {
      try (FileChannel channel =
              FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      move(temporary, target);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /**
   * Checks that files could be written into a folder that may not exist yet; leaves no trace.
   *
   * @throws IOException if its nearest existing parent is no folder or refuses a new file
   */
  public static void requireWritable(Path folder) throws IOException {
    Path existing = folder.toAbsolutePath().normalize();
    while (existing.getParent() != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing)) {
      throw new NotDirectoryException(existing.toString());
    }
    try {
      Files.delete(Files.createTempFile(existing, ".probe", ".tmp"));
    } catch (IOException e) {
      throw new FileSystemException(existing.toString(), null, "no new file can be made there");
    }
  }
}
