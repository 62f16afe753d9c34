package org.jacana.backend.cuda;

import jcuda.driver.CUdeviceptr;

/** A device address that Java can compute with: JCuda's pointers hide theirs. */
final class Address extends CUdeviceptr {
  Address() {}

  private Address(Address base, long offset) {
    super(base, offset);
  }

  /** The address as a number. */
  long value() {
    return getNativePointer() + getByteOffset();
  }

  @Override
  public Address withByteOffset(long offset) {
    return new Address(this, offset);
  }
}
