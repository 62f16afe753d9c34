package org.jacana.backend.cpu;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;

/**
 * Images [n,h,w,c] as rows of tiles: tile row t of an image is its rows {@code 4 t} to {@code 4 t +
 * 3} as outputs of a filter, and the rows around them as inputs. The factors or products of a part
 * of the tile rows are planes [point][image][tile row][w][c]; matrix products lead from rows to
 * planes and back, for all images and tiles of a kind at once.
 */
record TileRows(RowTile tile, long images, int h, int w, int c) {
  /** Tile rows {@code from} to {@code to - 1} of some images. */
  record Part(int image, int images, int from, int to) {
    int rows() {
      return images * (to - from);
    }

    /** The same in parts of at most so many rows, or of one; whole images where they fit. */
    List<Part> atMost(long most) {
      List<Part> parts = new ArrayList<>();
      int each = to - from;
      if (each <= most) {
        int step = (int) Math.min(images, most / each);
        for (int i = 0; i < images; i += step) {
          parts.add(new Part(image + i, Math.min(step, images - i), from, to));
        }
        return parts;
      }
      int step = (int) Math.max(1, most);
      for (int i = 0; i < images; i++) {
        for (int t = from; t < to; t += step) {
          parts.add(new Part(image + i, 1, t, Math.min(to, t + step)));
        }
      }
      return parts;
    }
  }

  /** Tile rows of an image of so many rows. */
  static int count(int h) {
    return (h + RowTile.OUTPUTS - 1) / RowTile.OUTPUTS;
  }

  /** Floats of an image's row, and of a tile row's plane. */
  long row() {
    return (long) w * c;
  }

  /** Bytes of one tile row's planes. */
  long bytes() {
    return 4L * tile.points() * row();
  }

  private long address(Part p, int y) {
    return images + 4 * ((long) p.image() * h + y) * row();
  }

  /** The factors of tiles whose first input lies {@code pad} rows above their first output. */
  boolean inputs(long planes, Part p, int pad) {
    boolean done = true;
    int next;
    for (int t = p.from(); t < p.to() && done; t = next) {
      next = t + 1;
      int first = RowTile.OUTPUTS * t - pad;
      if (inside(first)) {
        while (next < p.to() && inside(RowTile.OUTPUTS * next - pad)) {
          next++;
        }
        // Neighbouring tiles share rows and oneDNN refuses operands that overlap: every other one.
        done =
            toPlanes(planes, p, t, (next - t + 1) / 2, 2, first, tile.input(), tile.points(), 0)
                && (next - t < 2
                    || toPlanes(
                        planes,
                        p,
                        t + 1,
                        (next - t) / 2,
                        2,
                        first + RowTile.OUTPUTS,
                        tile.input(),
                        tile.points(),
                        0));
      } else {
        int above = Math.max(0, -first);
        int rows = Math.min(tile.points(), h - first) - above;
        done = edge(planes, p, t, first + above, above, rows);
      }
    }
    return done;
  }

  private boolean inside(int first) {
    return first >= 0 && first + tile.points() <= h;
  }

  /** A tile of which only some inputs are rows of the image, the others being zero. */
  private boolean edge(long planes, Part p, int t, int y, int input, int rows) {
    if (rows > 0) {
      return toPlanes(planes, p, t, 1, 1, y, tile.input(), rows, input);
    }
    for (int plane = 0; plane < tile.points() * p.images(); plane++) {
      long at = (long) plane * (p.to() - p.from()) + t - p.from();
      Native.zero(planes + 4 * at * row(), 4 * row());
    }
    return true;
  }

  /** The gradients of the products from those of the outputs. */
  boolean outputGrads(long planes, Part p) {
    int whole = Math.min(p.to(), h / RowTile.OUTPUTS);
    int y = RowTile.OUTPUTS * p.from();
    boolean done =
        whole <= p.from()
            || toPlanes(
                planes, p, p.from(), whole - p.from(), 1, y, tile.outputGrad(), RowTile.OUTPUTS, 0);
    int last = RowTile.OUTPUTS * whole;
    return done
        && (whole >= p.to()
            || toPlanes(planes, p, whole, 1, 1, last, tile.outputGrad(), h - last, 0));
  }

  /**
   * planes = matrix * rows for {@code count} tile rows from {@code t} on, every {@code step}-th:
   * {@code rows} of them from y on, beginning with the matrix' column {@code column}.
   */
  private boolean toPlanes(
      long planes, Part p, int t, int count, int step, int y, long matrix, int rows, int column) {
    int columns = matrix == tile.outputGrad() ? RowTile.OUTPUTS : tile.points();
    int each = p.to() - p.from();
    MatmulShape s =
        new MatmulShape(
            p.images(),
            count,
            tile.points(),
            rows,
            Math.toIntExact(row()),
            0,
            0,
            columns,
            1,
            h * row(),
            (long) RowTile.OUTPUTS * step * row(),
            row(),
            1,
            each * row(),
            step * row(),
            p.rows() * row(),
            1);
    return OneDnn.matmul(
        planes + 4 * (t - p.from()) * row(), matrix + 4L * column, address(p, y), 0, s);
  }

  /**
   * The images' rows from the products.
   *
   * @param bias [w,c] is added to each row; 0 for none
   */
  boolean outputs(long planes, Part p, long bias) {
    int whole = Math.min(p.to(), h / RowTile.OUTPUTS);
    return (whole <= p.from()
            || toRows(planes, p, p.from(), whole - p.from(), RowTile.OUTPUTS, bias))
        && (whole >= p.to() || toRows(planes, p, whole, 1, h - RowTile.OUTPUTS * whole, bias));
  }

  private boolean toRows(long planes, Part p, int t, int count, int rows, long bias) {
    MatmulShape s =
        new MatmulShape(
            p.images(),
            count,
            rows,
            tile.points(),
            Math.toIntExact(row()),
            0,
            0,
            tile.points(),
            1,
            (p.to() - p.from()) * row(),
            row(),
            p.rows() * row(),
            1,
            h * row(),
            RowTile.OUTPUTS * row(),
            row(),
            1);
    return OneDnn.matmul(
        address(p, RowTile.OUTPUTS * t),
        tile.output(),
        planes + 4 * (t - p.from()) * row(),
        bias,
        s);
  }

  /** Replaces the rows of some tiles by max(0, .). */
  boolean rectify(Part p) {
    int first = RowTile.OUTPUTS * p.from();
    int end = Math.min(h, RowTile.OUTPUTS * p.to());
    boolean done = true;
    if (first == 0 && end == h) {
      return Split.rectify(DType.F32, address(p, 0), p.images() * h * row());
    }
    for (int i = 0; i < p.images() && done; i++) {
      long at = address(p, first) + 4L * i * h * row();
      done = Split.rectify(DType.F32, at, (end - first) * row());
    }
    return done;
  }
}
