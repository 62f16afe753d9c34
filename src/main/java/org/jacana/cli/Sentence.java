package org.jacana.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jacana.train.DivergedException;

/** What the user reads when something fails: one line. */
final class Sentence {
  private Sentence() {}

  static String of(Throwable e) {
    if (e instanceof OutOfMemoryError) {
      return "out of memory ("
          + firstLine(e.getMessage())
          + "); use a smaller --batch, or give Java more with JACANA_OPTS=-Xmx8g";
    }
    if (e instanceof UncheckedIOException u) {
      return of(u.getCause());
    }
    if (e instanceof FileSystemException f) {
      return of(f);
    }
    if (e.getMessage() != null && expected(e)) {
      return firstLine(e.getMessage());
    }
    return "internal error: "
        + firstLine(e.toString())
        + "; run again with --stacktrace to see where";
  }

  private static boolean expected(Throwable e) {
    return e instanceof IOException
        || e instanceof DivergedException
        || e instanceof UnsupportedOperationException
        || e.getClass() == IllegalArgumentException.class
        || e.getClass() == IllegalStateException.class
        || e instanceof FileNotFoundException;
  }

  private static String of(FileSystemException e) {
    String why = e.getReason();
    if (why == null) {
      why =
          e instanceof NoSuchFileException
              ? "no such file or folder"
              : e instanceof AccessDeniedException
                  ? "permission denied"
                  : e instanceof NotDirectoryException
                      ? "is not a folder"
                      : e.getClass().getSimpleName();
    }
    return e.getFile() + ": " + firstLine(why);
  }

  static String firstLine(String text) {
    return text == null || text.isEmpty() ? "no reason given" : text.split("\\R", 2)[0];
  }
}
