package org.jacana.backend.cuda;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a 64-bit little-endian shared library says of itself to the dynamic linker (System V ABI,
 * "Dynamic Section"; LSB, "Symbol Versioning"): its name, the libraries it needs, the functions it
 * exports; and the one change that JCuda's natives need to run on a CUDA release that they were not
 * linked for.
 */
final class Elf {
  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final long DT_NEEDED = 1;
  private static final long DT_STRTAB = 5;
  private static final long DT_SYMTAB = 6;
  private static final long DT_STRSZ = 10;
  private static final long DT_SONAME = 14;
  private static final long DT_RPATH = 15;
  private static final long DT_RUNPATH = 29;
  private static final long DT_VERNEED = 0x6ffffffeL;
  private static final long DT_VERNEEDNUM = 0x6fffffffL;
  private static final int SYMBOL = 24;

  /** Tags of tables: hash, string, relocation, symbol, GNU hash, and the three of versions. */
  private static final List<Long> TABLES =
      List.of(4L, DT_STRTAB, 7L, 17L, 23L, 0x6ffffef5L, 0x6ffffff0L, 0x6ffffffcL, DT_VERNEED);

  /** A part of the file that is mapped to an address. */
  private record Segment(long address, long offset, long size) {}

  private record Tag(long tag, long value) {}

  private final String name;
  private final ByteBuffer file;
  private final List<Segment> segments = new ArrayList<>();
  private final List<Tag> tags = new ArrayList<>();
  private final int strings;
  private final int stringsSize;

  /**
   * @param name what errors call the file
   * @throws IllegalArgumentException if it is not such a library
   */
  Elf(String name, byte[] bytes) {
    this(name, ByteBuffer.wrap(bytes));
  }

  private Elf(String name, ByteBuffer bytes) {
    this.name = name;
    file = bytes.order(ByteOrder.LITTLE_ENDIAN);
    try {
      if (file.getInt(0) != 0x464c457f || file.getShort(4) != 0x0102 || file.getShort(18) != 62) {
        throw new IllegalArgumentException(name + ": is not a shared library for x86-64");
      }
      readSegments();
      strings = offset(tag(DT_STRTAB));
      stringsSize = (int) tag(DT_STRSZ);
    } catch (IndexOutOfBoundsException e) {
      throw broken(e);
    }
  }

  /** Maps a file; only the pages that are looked at are read. */
  static Elf map(Path path) throws IOException {
    try (FileChannel c = FileChannel.open(path)) {
      long size = Math.min(c.size(), Integer.MAX_VALUE);
      return new Elf(path.toString(), c.map(FileChannel.MapMode.READ_ONLY, 0, size));
    }
  }

  private IllegalArgumentException broken(Exception e) {
    return new IllegalArgumentException(name + ": is a broken shared library", e);
  }

  private void readSegments() {
    long table = file.getLong(32);
    int size = Short.toUnsignedInt(file.getShort(54));
    int count = Short.toUnsignedInt(file.getShort(56));
    long dynamic = -1;
    long dynamicSize = 0;
    for (int i = 0; i < count; i++) {
      int at = Math.toIntExact(table + (long) i * size);
      int type = file.getInt(at);
      if (type == PT_LOAD) {
        segments.add(
            new Segment(file.getLong(at + 16), file.getLong(at + 8), file.getLong(at + 32)));
      } else if (type == PT_DYNAMIC) {
        dynamic = file.getLong(at + 8);
        dynamicSize = file.getLong(at + 32);
      }
    }
    if (dynamic < 0) {
      throw new IllegalArgumentException(name + ": has no dynamic section");
    }
    for (long at = dynamic; at < dynamic + dynamicSize; at += 16) {
      long tag = file.getLong(Math.toIntExact(at));
      if (tag == 0) {
        break;
      }
      tags.add(new Tag(tag, file.getLong(Math.toIntExact(at) + 8)));
    }
  }

  private long tag(long wanted) {
    for (Tag t : tags) {
      if (t.tag() == wanted) {
        return t.value();
      }
    }
    return -1;
  }

  /** Where in the file an address lies. */
  private int offset(long address) {
    for (Segment s : segments) {
      if (address >= s.address() && address < s.address() + s.size()) {
        return Math.toIntExact(address - s.address() + s.offset());
      }
    }
    throw new IllegalArgumentException(name + ": is a broken shared library");
  }

  private String string(long at) {
    int start = strings + (int) at;
    int end = start;
    while (at >= 0 && end < file.limit() && end < strings + stringsSize && file.get(end) != 0) {
      end++;
    }
    if (at < 0 || at >= stringsSize || end >= file.limit()) {
      throw new IllegalArgumentException(name + ": is a broken shared library");
    }
    byte[] text = new byte[end - start];
    file.get(start, text);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /** The name that other libraries know it by, or null. */
  String soname() {
    long at = tag(DT_SONAME);
    return at < 0 ? null : string(at);
  }

  /** The names of the libraries that it needs. */
  List<String> needed() {
    return tags.stream().filter(t -> t.tag() == DT_NEEDED).map(t -> string(t.value())).toList();
  }

  /** Whether the linker looks for needed libraries beside this one. */
  boolean looksBeside() {
    return tags.stream()
        .filter(t -> t.tag() == DT_RUNPATH || t.tag() == DT_RPATH)
        .anyMatch(t -> string(t.value()).contains("$ORIGIN"));
  }

  /** Whether it defines a function. */
  boolean exports(String function) {
    long from = tag(DT_SYMTAB);
    // No tag tells how many symbols there are; their table ends where another begins.
    long end =
        tags.stream()
            .filter(t -> TABLES.contains(t.tag()) && t.value() > from)
            .mapToLong(Tag::value)
            .min()
            .orElse(from);
    try {
      int at = offset(from);
      for (long n = (end - from) / SYMBOL; n > 0; n--, at += SYMBOL) {
        if (file.getShort(at + 6) != 0 && string(file.getInt(at)).equals(function)) {
          return true;
        }
      }
      return false;
    } catch (IndexOutOfBoundsException e) {
      throw broken(e);
    }
  }

  /** Whether the bytes occur anywhere in the file. */
  boolean mentions(byte[] text) {
    for (int i = 0; i <= file.limit() - text.length; i++) {
      if (file.get(i) == text[0] && file.slice(i, text.length).equals(ByteBuffer.wrap(text))) {
        return true;
      }
    }
    return false;
  }

  /** The libraries and versions of symbols that it asks for, as {@code library:version}. */
  List<String> versions() {
    List<String> out = new ArrayList<>();
    eachVersion((file, version, hashAt) -> out.add(string(file) + ":" + string(version)));
    return out;
  }

  private interface Version {
    void accept(long library, long version, int hashAt);
  }

  private void eachVersion(Version visitor) {
    long address = tag(DT_VERNEED);
    if (address < 0) {
      return;
    }
    try {
      int need = offset(address);
      for (long i = tag(DT_VERNEEDNUM); i > 0; i--) {
        int one = need + file.getInt(need + 8);
        for (int k = Short.toUnsignedInt(file.getShort(need + 2)); k > 0; k--) {
          visitor.accept(file.getInt(need + 4), file.getInt(one + 8), one);
          one += file.getInt(one + 12);
        }
        need += file.getInt(need + 12);
      }
    } catch (IndexOutOfBoundsException e) {
      throw broken(e);
    }
  }

  /**
   * Makes it ask for another library of a name equally long, and for that name as the version of
   * its symbols where it asked for the old one. Only for an instance over an array.
   *
   * @throws IllegalArgumentException if it does not need the old library
   */
  void rename(String from, String to) {
    if (from.length() != to.length()) {
      throw new IllegalArgumentException(name + ": " + to + " is not as long as " + from);
    }
    long at =
        tags.stream()
            .filter(t -> t.tag() == DT_NEEDED && string(t.value()).equals(from))
            .mapToLong(Tag::value)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException(name + ": does not need " + from));
    List<Integer> hashes = new ArrayList<>();
    eachVersion(
        (library, version, hashAt) -> {
          if (string(version).equals(from)) {
            if (version != at) {
              // The linker that made the file did not merge equal names.
              file.put(strings + (int) version, to.getBytes(StandardCharsets.ISO_8859_1));
            }
            hashes.add(hashAt);
          }
        });
    file.put(strings + (int) at, to.getBytes(StandardCharsets.ISO_8859_1));
    hashes.forEach(hashAt -> file.putInt(hashAt, hash(to)));
  }

  /** The hash of a name in version tables (System V ABI, "Hash Table"). */
  static int hash(String text) {
    int h = 0;
    for (int i = 0; i < text.length(); i++) {
      h = (h << 4) + text.charAt(i);
      int g = h & 0xf0000000;
      h ^= g >>> 24;
      h &= ~g;
    }
    return h;
  }
}
