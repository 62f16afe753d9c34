package org.jacana.data;

/** Tables of the number that each byte stands for. */
final class ByteTable {
  /** The number of each byte of one channel: itself / 255. */
  static final float[] FRACTIONS = Normalization.none(1).table();

  private ByteTable() {}

  /** Numbers of n bytes, whose channels take turns, from a table of 256 a channel. */
  static void lookUp(
      byte[] from, int start, int n, int channels, float[] table, float[] x, int at) {
    // Only loops of constant stride lose their range checks.
    if (channels == 1) {
      for (int k = 0; k < n; k++) {
        x[at + k] = table[from[start + k] & 255];
      }
      return;
    }
    if (channels == 3) {
      for (int k = 0; k + 2 < n; k += 3) {
        x[at + k] = table[from[start + k] & 255];
        x[at + k + 1] = table[256 + (from[start + k + 1] & 255)];
        x[at + k + 2] = table[512 + (from[start + k + 2] & 255)];
      }
      return;
    }
    for (int c = 0; c < channels; c++) {
      int row = c << 8;
      for (int k = c; k < n; k += channels) {
        x[at + k] = table[row + (from[start + k] & 255)];
      }
    }
  }
}
