package org.jacana.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Damages files: flips and sets bits and bytes, cuts, drops, repeats, swaps and splices parts, puts
 * in lengths of all widths and orders, and a format's own words and numbers. What it makes follows
 * from the seed alone.
 */
final class Mutator {
  private static final long[] LENGTHS = {
    0,
    1,
    2,
    7,
    8,
    127,
    128,
    255,
    256,
    32767,
    32768,
    65535,
    65536,
    100_000_001,
    0x7FFFFFF0L,
    Integer.MAX_VALUE,
    0x80000000L,
    0xFFFFFFFFL,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1,
    -2,
    -8
  };

  private final List<byte[]> seeds;
  private final List<byte[]> words;
  private final SplittableRandom random;

  Mutator(List<byte[]> seeds, List<byte[]> words, long seed) {
    this.seeds = seeds;
    this.words = words;
    random = new SplittableRandom(seed);
  }

  /** One of the valid files after one to five changes. */
  byte[] next() {
    byte[] bytes = any(seeds).clone();
    int changes = 1;
    while (changes < 5 && random.nextInt(2) == 0) {
      changes++;
    }
    for (int i = 0; i < changes; i++) {
      bytes = change(bytes);
    }
    return bytes;
  }

  private byte[] change(byte[] b) {
    if (b.length == 0) {
      return random(1 + random.nextInt(16));
    }
    int at = place(b.length);
    int end = at + 1 + random.nextInt(Math.min(32, b.length - at));
    return switch (random.nextInt(14)) {
      case 0, 1 -> set(b, at, b[at] ^ 1 << random.nextInt(8));
      case 2 -> set(b, at, random.nextInt(256));
      case 3 -> set(b, at, new int[] {0, 1, 0x7F, 0x80, 0xFF}[random.nextInt(5)]);
      case 4 -> Arrays.copyOf(b, at);
      case 5 -> join(b, 0, b.length, random(1 + random.nextInt(16)), b.length);
      case 6 -> join(b, 0, at, new byte[0], end);
      case 7 -> join(b, 0, end, new byte[0], at);
      case 8 -> join(b, 0, at, random(1 + random.nextInt(8)), at);
      case 9 -> swap(b, at, end);
      case 10 -> splice(b);
      case 11 -> length(b, at);
      case 12 -> word(b, at);
      default -> number(b, at);
    };
  }

  /** Half of the changes hit the first bytes, where most rules are. */
  private int place(int length) {
    return random.nextInt(random.nextBoolean() ? Math.min(length, 32) : length);
  }

  private static byte[] set(byte[] b, int at, int value) {
    b[at] = (byte) value;
    return b;
  }

  private byte[] random(int n) {
    byte[] b = new byte[n];
    random.nextBytes(b);
    return b;
  }

  private byte[] any(List<byte[]> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** b[from..to), the middle, b[rest..). */
  private static byte[] join(byte[] b, int from, int to, byte[] middle, int rest) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(b.length + middle.length + to);
    out.write(b, from, to - from);
    out.writeBytes(middle);
    out.write(b, rest, b.length - rest);
    return out.toByteArray();
  }

  /** Two neighbouring parts change places. */
  private byte[] swap(byte[] b, int at, int end) {
    int other = end + random.nextInt(Math.min(32, b.length - end) + 1);
    byte[] moved = b.clone();
    System.arraycopy(b, end, moved, at, other - end);
    System.arraycopy(b, at, moved, at + other - end, end - at);
    return moved;
  }

  /** The start of this file and the end of another. */
  private byte[] splice(byte[] b) {
    byte[] other = any(seeds);
    int from = random.nextInt(other.length + 1);
    int to = random.nextInt(b.length + 1);
    byte[] out = Arrays.copyOf(b, to + other.length - from);
    System.arraycopy(other, from, out, to, other.length - from);
    return out;
  }

  private byte[] length(byte[] b, int at) {
    long value =
        random.nextInt(3) == 0
            ? b.length + random.nextInt(33) - 16
            : LENGTHS[random.nextInt(LENGTHS.length)];
    int width = 1 << random.nextInt(4);
    ByteBuffer to = ByteBuffer.allocate(8);
    to.order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    switch (width) {
      case 1 -> to.put((byte) value);
      case 2 -> to.putShort((short) value);
      case 4 -> to.putInt((int) value);
      default -> to.putLong(value);
    }
    System.arraycopy(to.array(), 0, b, at, Math.min(width, b.length - at));
    return b;
  }

  private byte[] word(byte[] b, int at) {
    if (words.isEmpty()) {
      return b;
    }
    byte[] word = any(words);
    boolean over = random.nextBoolean();
    return join(b, 0, at, word, over ? Math.min(b.length, at + word.length) : at);
  }

  /** The next decimal number from a place on becomes another. */
  private byte[] number(byte[] b, int at) {
    int from = at;
    while (from < b.length && !digit(b[from])) {
      from++;
    }
    int to = from;
    while (to < b.length && digit(b[to])) {
      to++;
    }
    if (from == to) {
      return b;
    }
    String text = Long.toString(LENGTHS[random.nextInt(LENGTHS.length)]);
    return join(b, 0, from, text.getBytes(StandardCharsets.US_ASCII), to);
  }

  private static boolean digit(byte b) {
    return b >= '0' && b <= '9';
  }
}
