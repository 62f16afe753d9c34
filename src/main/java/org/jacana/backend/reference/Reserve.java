package org.jacana.backend.reference;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory that only a recorded step uses. Blocks given back while it is recorded serve later parts
 * of the step, so that it takes what is alive at once and no more; nobody else gets them before it
 * is dropped. Not synchronised: {@link HostMemory} is.
 */
final class Reserve {
  private final Map<Integer, ArrayDeque<HostMemory.Block>> free = new HashMap<>();
  private boolean dropped;

  HostMemory.Block poll(int size) {
    ArrayDeque<HostMemory.Block> list = free.get(size);
    return list == null ? null : list.pollLast();
  }

  void add(int size, HostMemory.Block block) {
    free.computeIfAbsent(size, k -> new ArrayDeque<>()).addLast(block);
  }

  boolean dropped() {
    return dropped;
  }

  /** The free blocks by size, for others; what is still in use follows when it is given back. */
  Map<Integer, ArrayDeque<HostMemory.Block>> drop() {
    dropped = true;
    Map<Integer, ArrayDeque<HostMemory.Block>> all = new HashMap<>(free);
    free.clear();
    return all;
  }
}
