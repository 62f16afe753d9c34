package org.jacana.cli.bench;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Precision;

/**
 * All that is measured on a device.
 *
 * @param device where
 * @param small everything on a small scale, to see that it runs
 */
record Suite(Device device, boolean small) {
  private boolean gpu() {
    return device.kind() == Device.Kind.CUDA;
  }

  List<Precision> precisions() {
    return gpu()
        ? List.of(Precision.FP32, Precision.TF32, Precision.BF16, Precision.FP16)
        : List.of(Precision.FP32);
  }

  /** Elements of tensors that no cache should hold. */
  int large() {
    return small ? 1 << 12 : gpu() ? 64 << 20 : 16 << 20;
  }

  int[] products() {
    if (small) {
      return new int[] {24};
    }
    return gpu() ? new int[] {256, 1024, 4096, 8192} : new int[] {64, 256, 1024};
  }

  private List<ConvWork.Case> convolutions() {
    if (small) {
      return List.of(new ConvWork.Case(2, 5, 4, 3, 3));
    }
    return gpu()
        ? List.of(
            new ConvWork.Case(512, 32, 16, 16, 3),
            new ConvWork.Case(256, 32, 64, 64, 3),
            new ConvWork.Case(256, 16, 128, 128, 3),
            new ConvWork.Case(64, 14, 256, 256, 3))
        : List.of(
            new ConvWork.Case(128, 14, 32, 64, 5),
            new ConvWork.Case(64, 32, 16, 16, 3),
            new ConvWork.Case(64, 8, 64, 64, 3));
  }

  List<Work> works() {
    List<Work> all = new ArrayList<>();
    all.addAll(OverheadWork.all(device));
    if (gpu()) {
      all.addAll(TransferWork.all(device, small ? 1024 : 16 << 20));
    }
    all.addAll(PointwiseWork.all(large()));
    all.addAll(ProductWork.all(products(), precisions()));
    all.addAll(
        ConvWork.all(convolutions(), gpu() ? List.of(DType.F32, DType.BF16) : List.of(DType.F32)));
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
    List<Precision> steps =
        gpu() ? List.of(Precision.FP32, Precision.TF32, Precision.BF16) : precisions();
    for (Precision p : steps) {
      for (ModelWork.Case c : networks()) {
        all.add(ModelWork.step(c, device, p, false));
        if (gpu()) {
          all.add(ModelWork.step(c, device, p, true));
        }
      }
    }
    for (int batch : small ? new int[] {1, 3} : new int[] {1, 32, 256}) {
      all.add(ModelWork.inference(new ModelWork.Case("lenet", 28, 1, batch), device));
      all.add(ModelWork.inference(new ModelWork.Case("resnet8", small ? 8 : 32, 3, batch), device));
    }
    return all;
  }
}
