package org.jacana.backend.cuda;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Blocks cut out of slabs of device memory, best fit first, joined again with free neighbours when
 * they come back. Because everything runs on one stream, a block may be handed out again at once.
 * Not synchronised: {@link Memory} is.
 */
final class Arena {
  /** Every block begins at a multiple of this: what cuMemAlloc promises, and the widest loads. */
  static final long ALIGNMENT = 256;

  /** Memory from the driver. */
  record Slab(Address base, long size, boolean small) {}

  /** A piece of a slab; pieces of a slab form a list in order of address. */
  static final class Block {
    private final Arena arena;
    private final Slab slab;
    private final long offset;
    private long size;
    private boolean free = true;
    private Block before;
    private Block after;

    private Block(Arena arena, Slab slab, long offset, long size) {
      this.arena = arena;
      this.slab = slab;
      this.offset = offset;
      this.size = size;
    }

    Arena arena() {
      return arena;
    }

    Slab slab() {
      return slab;
    }

    long offset() {
      return offset;
    }

    long size() {
      return size;
    }

    long address() {
      return slab.base().value() + offset;
    }
  }

  private static final Comparator<Block> BY_SIZE =
      Comparator.comparingLong((Block b) -> b.size).thenComparingLong(Block::address);

  /**
   * Small and large blocks come from different slabs, so that small ones do not pin large holes.
   */
  private final TreeSet<Block> smallFree = new TreeSet<>(BY_SIZE);

  private final TreeSet<Block> largeFree = new TreeSet<>(BY_SIZE);
  private final List<Block> deferred = new ArrayList<>();
  private long slabs;
  private boolean dropped;

  private TreeSet<Block> free(boolean small) {
    return small ? smallFree : largeFree;
  }

  /** A free block of at least this size, or null; {@code size} is a multiple of the alignment. */
  Block take(long size, boolean small) {
    TreeSet<Block> set = free(small);
    Block b = set.ceiling(new Block(this, new Slab(new Address(), 0, small), 0, size));
    if (b == null) {
      return null;
    }
    set.remove(b);
    // A large remainder would be of little use when it is a sliver of a large block.
    long least = small ? ALIGNMENT : 1L << 20;
    if (b.size - size >= least) {
      Block rest = new Block(this, b.slab, b.offset + size, b.size - size);
      rest.before = b;
      rest.after = b.after;
      if (rest.after != null) {
        rest.after.before = rest;
      }
      b.after = rest;
      b.size = size;
      set.add(rest);
    }
    b.free = false;
    return b;
  }

  /** Adds a slab as one free block. */
  void add(Slab slab) {
    slabs += slab.size();
    free(slab.small()).add(new Block(this, slab, 0, slab.size()));
  }

  void giveBack(Block b) {
    TreeSet<Block> set = free(b.slab.small());
    b.free = true;
    Block next = b.after;
    if (next != null && next.free) {
      set.remove(next);
      b.size += next.size;
      b.after = next.after;
      if (b.after != null) {
        b.after.before = b;
      }
    }
    Block last = b.before;
    if (last != null && last.free) {
      set.remove(last);
      last.size += b.size;
      last.after = b.after;
      if (last.after != null) {
        last.after.before = last;
      }
      b = last;
    }
    set.add(b);
  }

  /** Takes out the slabs of which nothing is in use. */
  List<Slab> trim() {
    List<Slab> out = new ArrayList<>();
    for (TreeSet<Block> set : List.of(smallFree, largeFree)) {
      set.removeIf(
          b -> {
            boolean whole = b.size == b.slab.size();
            if (whole) {
              out.add(b.slab);
              slabs -= b.slab.size();
            }
            return whole;
          });
    }
    return out;
  }

  /** Keeps a block of another arena until this one is dropped. */
  void defer(Block b) {
    deferred.add(b);
  }

  /** Marks this as no longer needed and hands out what was deferred. */
  List<Block> drop() {
    dropped = true;
    List<Block> out = List.copyOf(deferred);
    deferred.clear();
    return out;
  }

  boolean dropped() {
    return dropped;
  }

  /** Bytes in free blocks. */
  long cached() {
    return smallFree.stream().mapToLong(b -> b.size).sum()
        + largeFree.stream().mapToLong(b -> b.size).sum();
  }

  /** The largest free block. */
  long largest() {
    return Math.max(
        smallFree.isEmpty() ? 0 : smallFree.last().size,
        largeFree.isEmpty() ? 0 : largeFree.last().size);
  }

  /** Bytes taken from the driver. */
  long slabs() {
    return slabs;
  }
}
