package org.jacana.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Fails one call of those that {@link AtomicFile} makes, and, where that is asked for, all after
 * it; a failing write writes half of the bytes first. Closing puts the true disk back.
 */
public final class FaultyDisk extends Disk implements AutoCloseable {
  private final Disk before = AtomicFile.disk();
  private final int failing;
  private final boolean persistent;
  private final boolean unchecked;
  private int calls;

  /**
   * Fails from now on.
   *
   * @param failing which call, from 1; 0 for none
   * @param persistent whether all later ones fail too
   * @param unchecked whether it fails with a RuntimeException
   */
  public FaultyDisk(int failing, boolean persistent, boolean unchecked) {
    this.failing = failing;
    this.persistent = persistent;
    this.unchecked = unchecked;
    AtomicFile.disk(this);
  }

  /** Calls so far. */
  public int calls() {
    return calls;
  }

  private boolean fails() {
    calls++;
    return calls == failing || (persistent && failing > 0 && calls > failing);
  }

  private void fault() throws IOException {
    if (unchecked) {
      throw new IllegalStateException("planted");
    }
    throw new IOException("No space left on device (planted)");
  }

  private void maybe() throws IOException {
    if (fails()) {
      fault();
    }
  }

  @Override
  void createFolders(Path folder) throws IOException {
    maybe();
    super.createFolders(folder);
  }

  @Override
  FileChannel create(Path file) throws IOException {
    maybe();
    return super.create(file);
  }

  @Override
  int write(FileChannel to, ByteBuffer bytes) throws IOException {
    if (fails()) {
      ByteBuffer half = bytes.duplicate();
      half.limit(half.position() + half.remaining() / 2);
      super.write(to, half);
      fault();
    }
    // Short writes are allowed and must be gone on with.
    ByteBuffer part = bytes.duplicate();
    part.limit(part.position() + (part.remaining() + 1) / 2);
    int n = super.write(to, part);
    bytes.position(bytes.position() + n);
    return n;
  }

  @Override
  void force(FileChannel file) throws IOException {
    maybe();
    super.force(file);
  }

  @Override
  void close(FileChannel file) throws IOException {
    // The system has closed it even where close reports an error.
    super.close(file);
    maybe();
  }

  @Override
  void move(Path from, Path to) throws IOException {
    maybe();
    super.move(from, to);
  }

  @Override
  void forceFolder(Path folder) throws IOException {
    maybe();
    super.forceFolder(folder);
  }

  @Override
  void delete(Path file) throws IOException {
    maybe();
    super.delete(file);
  }

  @Override
  public void close() {
    AtomicFile.disk(before);
  }
}
