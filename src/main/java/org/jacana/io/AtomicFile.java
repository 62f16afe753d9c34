package org.jacana.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes files that appear whole or not at all, and are on the disk when the call returns: into a
 * temporary neighbour, which is forced to the disk, then moved, then the folder is forced, and
 * those around it that were made for it.
 */
public final class AtomicFile {
  private static final String SUFFIX = ".tmp";

  /** Replaced in tests only. */
  private static volatile Disk disk = new Disk();

  private AtomicFile() {}

  /** What is written. */
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  static Disk disk() {
    return disk;
  }

  static void disk(Disk other) {
    disk = other;
  }

  /**
   * Writes a file, making its folder where it is missing; a file of that name is replaced.
   *
   * @throws IOException if it cannot be written; what was there before is then untouched, or, where
   *     nothing but the last step failed, replaced by the whole new file
   */
  public static void write(Path file, Content content) throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null || Files.isDirectory(target)) {
      throw new IOException(file + ": cannot write here because it is a folder; name a file");
    }
    Disk d = disk;
    List<Path> changed = missing(folder);
    d.createFolders(folder);
    Path temporary = folder.resolve("." + target.getFileName() + "." + System.nanoTime() + SUFFIX);
    try {
      fill(d, temporary, content);
      d.move(temporary, target);
    } catch (IOException | RuntimeException | Error e) {
      try {
        d.delete(temporary);
      } catch (IOException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
    for (Path made : changed) {
      d.forceFolder(made.getParent());
    }
    d.forceFolder(folder);
  }

  /** The folders that must be made, outermost first. */
  private static List<Path> missing(Path folder) {
    List<Path> all = new ArrayList<>();
    for (Path p = folder; p.getParent() != null && !Files.exists(p); p = p.getParent()) {
      all.add(0, p);
    }
    return all;
  }

  private static void fill(Disk d, Path temporary, Content content) throws IOException {
    FileChannel channel = d.create(temporary);
    try {
      OutputStream out = new BufferedOutputStream(new ToChannel(d, channel), 1 << 16);
      content.writeTo(out);
      out.flush();
      d.force(channel);
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
    d.close(channel);
  }

  /**
   * Deletes what processes that were killed while they wrote have left in a folder.
   *
   * @param start how the names of the files that they wrote begin
   * @throws IOException if the folder cannot be read or something cannot be deleted
   */
  public static void sweep(Path folder, String start) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(
            folder,
            p -> {
              String name = p.getFileName().toString();
              return name.startsWith("." + start) && name.endsWith(SUFFIX);
            })) {
      for (Path p : left) {
        disk.delete(p);
      }
    }
  }

  /**
   * Deletes a file, if it is there, for good: the folder is forced to the disk.
   *
   * @throws IOException if that fails
   */
  public static void delete(Path file) throws IOException {
    disk.delete(file);
    disk.forceFolder(file.toAbsolutePath().getParent());
  }

  private static final class ToChannel extends OutputStream {
    private final Disk disk;
    private final FileChannel channel;

    ToChannel(Disk disk, FileChannel channel) {
      this.disk = disk;
      this.channel = channel;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] b, int from, int count) throws IOException {
      ByteBuffer bytes = ByteBuffer.wrap(b, from, count);
      while (bytes.hasRemaining()) {
        disk.write(channel, bytes);
      }
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
