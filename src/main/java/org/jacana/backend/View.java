package org.jacana.backend;

import org.jacana.DType;
import org.jacana.Shape;

/** All that a kernel ever sees of a tensor: memory, element type and layout. Owns nothing. */
public record View(Buffer buffer, DType dtype, Layout layout) {
  public Shape shape() {
    return layout.shape();
  }

  public long size() {
    return layout.size();
  }

  public View with(Layout other) {
    return new View(buffer, dtype, other);
  }

  /** Broadcast to a shape without copying. */
  public View expand(Shape to) {
    return with(layout.expand(to));
  }
}
