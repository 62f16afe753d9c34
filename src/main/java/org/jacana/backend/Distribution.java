package org.jacana.backend;

/** What {@link Backend#random} draws. */
public enum Distribution {
  /** Uniform on [0, 1). */
  UNIFORM,
  /** Normal with mean 0 and variance 1. */
  NORMAL
}
