package org.jacana.backend.cpu;

import org.bytedeco.javacpp.Pointer;

/** A native address that native calls can be given; it owns no memory and can be pointed anew. */
final class Address extends Pointer {
  Address(long address) {
    this.address = address;
  }

  Address to(long address) {
    this.address = address;
    return this;
  }
}
