package org.jacana.cli.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jacana.Device;
import org.jacana.Precision;

/**
 * All that is measured on a device.
 *
 * @param device where
 * @param small everything on a small scale, to see that it runs
 * @param room bytes that its memory has left
 */
record Suite(Device device, boolean small, long room) {
  static Suite of(Device device, boolean small) {
    return new Suite(device, small, FreeMemory.of(device));
  }

  private boolean gpu() {
    return device.kind() == Device.Kind.CUDA;
  }

  private boolean fits(double bytes) {
    return !gpu() || bytes <= room / 2.0;
  }

  List<Precision> precisions() {
    if (!gpu()) {
      return List.of(Precision.FP32, Precision.BF16);
    }
    return hasTf32()
        ? List.of(Precision.FP32, Precision.TF32, Precision.BF16, Precision.FP16)
        : List.of(Precision.FP32, Precision.BF16, Precision.FP16);
  }

  private boolean hasTf32() {
    try {
      return Precision.TF32.run(device, () -> true);
    } catch (UnsupportedOperationException e) {
      return false;
    }
  }

  /** Elements of tensors that no cache should hold. */
  int large() {
    int most = small ? 1 << 12 : gpu() ? 64 << 20 : 16 << 20;
    while (!fits(24.0 * most)) {
      most /= 2;
    }
    return most;
  }

  private int[] allProducts() {
    if (small) {
      return new int[] {24};
    }
    return gpu() ? new int[] {256, 512, 1024, 2048, 4096, 8192} : new int[] {64, 256, 1024};
  }

  /** Two operands and a result, and the same in F32, from which and into which they are cast. */
  private static double bytes(int n) {
    return 24.0 * n * n;
  }

  int[] products() {
    return Arrays.stream(allProducts()).filter(n -> fits(bytes(n))).toArray();
  }

  /** Of products that reach what the device can do; the smaller ones never do. */
  int[] largestProducts() {
    int[] all = products();
    return Arrays.copyOfRange(all, Math.max(0, all.length - 2), all.length);
  }

  private static double bytes(ConvWork.Case c) {
    double pixels = (double) c.batch() * c.size() * c.size();
    // Images in F32 and as the precision has them; as much again is left to cuDNN to work in.
    return 2 * 8 * pixels * (c.from() + c.to());
  }

  private List<ConvWork.Case> convolutions() {
    return allConvolutions().stream().filter(c -> fits(bytes(c))).toList();
  }

  /** What is not measured, and why; one sentence each. */
  List<String> leftOut() {
    List<String> all = new ArrayList<>();
    for (int n : allProducts()) {
      leaveOut(all, "matmul " + n, bytes(n));
    }
    for (ConvWork.Case c : allConvolutions()) {
      leaveOut(all, "conv " + c, bytes(c));
    }
    if (gpu() && !hasTf32()) {
      all.add("left out: TF32, which this GPU does not have");
    }
    return all;
  }

  private void leaveOut(List<String> all, String name, double bytes) {
    if (!fits(bytes)) {
      all.add(
          String.format(
              Locale.ROOT,
              "left out: %s needs about %.0f MiB, more than half of the %.0f MiB that are free",
              name,
              bytes / (1 << 20),
              room / (double) (1 << 20)));
    }
  }

  private List<ConvWork.Case> allConvolutions() {
    if (small) {
      return List.of(new ConvWork.Case(2, 5, 4, 3, 3));
    }
    return gpu()
        ? List.of(
            new ConvWork.Case(512, 32, 16, 16, 3),
            new ConvWork.Case(256, 32, 64, 64, 3),
            new ConvWork.Case(256, 16, 128, 128, 3),
            new ConvWork.Case(64, 14, 256, 256, 3),
            new ConvWork.Case(64, 14, 1024, 256, 1))
        : List.of(
            new ConvWork.Case(128, 14, 32, 64, 5),
            new ConvWork.Case(64, 32, 16, 16, 3),
            new ConvWork.Case(64, 8, 64, 64, 3));
  }

  List<Work> works() {
    List<Work> all = new ArrayList<>();
    all.addAll(OverheadWork.all(device));
    if (gpu()) {
      int[] bytes =
          small
              ? new int[] {1 << 10, 1 << 15}
              : new int[] {4 << 10, 64 << 10, 1 << 20, 16 << 20, 128 << 20};
      all.addAll(TransferWork.all(device, small ? 1024 : 16 << 20, bytes));
    }
    all.addAll(PointwiseWork.all(large()));
    all.addAll(ProductWork.all(products(), precisions()));
    all.addAll(ConvWork.all(convolutions(), precisions()));
    all.addAll(LayerWork.all(small ? 2 : gpu() ? 512 : 64, small ? 8 : gpu() ? 8192 : 1024));
    all.addAll(models());
    return all;
  }

  private List<ModelWork.Case> networks() {
    if (small) {
      return List.of(
          new ModelWork.Case("mlp", 28, 1, 4),
          new ModelWork.Case("lenet", 28, 1, 4),
          new ModelWork.Case("resnet8", 8, 3, 4));
    }
    List<ModelWork.Case> all =
        new ArrayList<>(
            List.of(
                new ModelWork.Case("mlp", 28, 1, 128),
                new ModelWork.Case("lenet", 28, 1, 128),
                new ModelWork.Case("resnet8", 32, 3, 64)));
    if (gpu()) {
      all.add(new ModelWork.Case("resnet8", 32, 3, 512));
    }
    return all;
  }

  private List<Work> models() {
    List<Work> all = new ArrayList<>();
    List<Precision> steps = precisions().stream().filter(p -> p != Precision.FP16).toList();
    for (Precision p : steps) {
      for (ModelWork.Case c : networks()) {
        all.add(ModelWork.step(c, device, p, false));
        all.add(ModelWork.step(c, device, p, true));
      }
    }
    for (int batch : small ? new int[] {1, 3} : new int[] {1, 32, 256}) {
      all.add(ModelWork.inference(new ModelWork.Case("lenet", 28, 1, batch), device));
      all.add(ModelWork.inference(new ModelWork.Case("resnet8", small ? 8 : 32, 3, batch), device));
    }
    return all;
  }
}
