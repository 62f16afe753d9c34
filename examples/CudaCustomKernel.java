import java.util.Arrays;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.CustomOp;
import org.jacana.backend.Backends;
import org.jacana.backend.cuda.CudaKernel;

/**
 * A CUDA kernel of one's own inside a differentiable operation: x / (1 + |x|). With NVRTC at hand,
 * {@code CudaKernel.fromSource} takes the same kernel in CUDA C++; PTX runs with the driver alone.
 */
public class CudaCustomKernel {
  /** What nvcc -ptx makes of {@code if (i < n) y[i] = x[i] / (1 + fabsf(x[i]))}. */
  static final String PTX =
      """
      .version 6.3
      .target sm_75
      .address_size 64
      .visible .entry softsign(.param .u64 y, .param .u64 x, .param .u32 n)
      {
        .reg .pred %last;
        .reg .f32 %f<4>;
        .reg .b32 %i, %n, %block, %size, %thread;
        .reg .b64 %to, %from, %at;
        ld.param.u32 %n, [n];
        mov.u32 %block, %ctaid.x;
        mov.u32 %size, %ntid.x;
        mov.u32 %thread, %tid.x;
        mad.lo.s32 %i, %block, %size, %thread;
        setp.ge.s32 %last, %i, %n;
        @%last bra DONE;
        ld.param.u64 %from, [x];
        ld.param.u64 %to, [y];
        cvta.to.global.u64 %from, %from;
        cvta.to.global.u64 %to, %to;
        mul.wide.s32 %at, %i, 4;
        add.s64 %from, %from, %at;
        add.s64 %to, %to, %at;
        ld.global.f32 %f1, [%from];
        abs.f32 %f2, %f1;
        add.f32 %f2, %f2, 0f3F800000;
        div.rn.f32 %f3, %f1, %f2;
        st.global.f32 [%to], %f3;
      DONE:
        ret;
      }
      """;

  static final CudaKernel KERNEL = CudaKernel.fromPtx(PTX, "softsign");

  static Tensor onGpu(Tensor... in) {
    Tensor x = in[0].contiguous();
    Tensor y = Tensor.allocate(x.backend(), x.shape(), x.dtype());
    KERNEL.launch(CudaKernel.Grid.over(x.size()), y.view(), x.view(), (int) x.size());
    return y;
  }

  /** The same in tensor language, for every device. */
  static Tensor anywhere(Tensor... in) {
    return in[0].div(in[0].abs().add(1));
  }

  /** Either with the gradient 1 / (1 + |x|)^2, which is differentiable again. */
  static CustomOp softsign(CustomOp.Forward value) {
    return CustomOp.of("softsign", value)
        .gradient((x, y, g) -> new Tensor[] {g.div(x[0].abs().add(1).square())});
  }

  public static void main(String[] args) {
    String reason = Backends.whyNoCuda();
    Device device = reason == null ? Device.cuda(0) : Device.CPU;
    System.out.println(
        reason == null
            ? "kernel softsign on " + Backends.of(device).description()
            : "no GPU (" + reason + "): the same operation in tensor language on the cpu");
    CustomOp softsign =
        softsign(reason == null ? CudaCustomKernel::onGpu : CudaCustomKernel::anywhere);
    try (Scope scope = Scope.open(device)) {
      Tensor x = Tensor.of(new float[] {-3, -1, 0, 0.25f, 4}).requiresGrad(true);
      Tensor y = softsign.apply(x);
      Tensor gradient = Autograd.grad(y.sum(), x);
      show("value", y, -0.75f, -0.5f, 0, 0.2f, 0.8f);
      show("gradient", gradient, 0.0625f, 0.25f, 1, 0.64f, 0.04f);
    }
  }

  static void show(String what, Tensor t, float... expected) {
    float[] got = t.floats();
    System.out.println(what + " " + Arrays.toString(got));
    for (int i = 0; i < got.length; i++) {
      if (!(Math.abs(got[i] - expected[i]) <= 1e-6)) {
        throw new AssertionError(what + " should be " + Arrays.toString(expected));
      }
    }
  }
}
