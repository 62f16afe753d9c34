package org.jacana.peers;

/** Starts training again now and then, and watches that the loss falls in between. */
abstract class Training implements Job {
  /** Steps after which training starts again: far below where gradients vanish. */
  private static final int STRETCH = 200;

  /** Steps after which the loss must be lower than at first. */
  private static final int SOON = 12;

  private int done;
  private double first;
  private double last;
  private boolean fell = true;
  private boolean seen;

  /** The starting weights and a fresh optimizer. */
  abstract void restart();

  /** One step; returns the loss before its update. */
  abstract double step();

  @Override
  public final void run() {
    last = step();
    if (done++ == 0) {
      first = last;
    }
  }

  @Override
  public final void between() {
    if (done == 0 || done >= STRETCH) {
      look();
      restart();
      done = 0;
      // The optimizer's state is made in the first steps.
      run();
      run();
    }
  }

  private void look() {
    if (done >= SOON) {
      seen = true;
      fell &= last < first;
    }
  }

  @Override
  public final Boolean fell() {
    while (done < SOON) {
      run();
    }
    look();
    return seen && fell && Double.isFinite(last);
  }
}
