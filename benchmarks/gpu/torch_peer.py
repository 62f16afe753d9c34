"""The figures of `./jacana bench cuda` in PyTorch, on the same GPU.

    python3 benchmarks/gpu/torch_peer.py [FILE.json]

Names are those of the benchmark, so that the two files can be laid side by side.
Medians of 15 samples, each of several calls with one synchronisation at the end; a warm-up before.
For training steps PyTorch's best is wanted: channels_last, cudnn.benchmark, fused optimizers, eager
and as a manually captured CUDA graph of the whole step.
"""

import json
import statistics
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

DEVICE = torch.device("cuda")
FIGURES = []


def median_micros(calls, body):
    times = []
    for sample in range(17):
        torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(calls):
            body()
        torch.cuda.synchronize()
        if sample >= 2:
            times.append((time.perf_counter() - start) * 1e6 / calls)
    return statistics.median(times)


def figure(name, micros, rate, unit):
    FIGURES.append({"name": name, "micros": micros, "rate": rate, "unit": unit})
    print(f"{name:<52} {micros:12.2f} us {rate:12.2f} {unit}", flush=True)


def rated(name, calls, work, unit, body):
    micros = median_micros(calls, body)
    scale = 1e6 if unit.startswith("T") else 1e3
    figure(name, micros, work / micros / scale, unit)


def transfers():
    host = torch.zeros(16 << 20)
    big = torch.zeros(16 << 20, device=DEVICE)
    bytes_ = 4.0 * host.numel()
    up = median_micros(1, lambda: big.copy_(host))
    figure("upload 64 MiB", up, bytes_ / up / 1e3, "GB/s")
    down = median_micros(1, lambda: host.copy_(big))
    figure("download 64 MiB", down, bytes_ / down / 1e3, "GB/s")


def pointwise():
    small = torch.randn(1000, device=DEVICE)
    rated("add 1,000 elements", 1000, 12.0 * 1000, "GB/s", lambda: small + small)
    n = 64 << 20
    a = torch.randn(n, device=DEVICE)
    b = torch.randn(n, device=DEVICE)
    rated("add 64 Mi", 10, 12.0 * n, "GB/s", lambda: a + b)
    rated("relu 64 Mi", 10, 8.0 * n, "GB/s", lambda: torch.relu(a))
    rated("exp 64 Mi", 10, 8.0 * n, "GB/s", lambda: torch.exp(a))
    rated("tanh 64 Mi", 10, 8.0 * n, "GB/s", lambda: torch.tanh(a))
    rated("sum 64 Mi", 10, 4.0 * n, "GB/s", lambda: a.sum())
    x = torch.randn(512, 32, 32, 32, device=DEVICE).contiguous(memory_format=torch.channels_last)
    rated("max pool 2x2 n512 32x32 c32", 20, 5.0 * x.numel(), "GB/s", lambda: F.max_pool2d(x, 2))
    norm = nn.BatchNorm2d(32, device=DEVICE)
    rated("batch norm n512 32x32 c32", 20, 12.0 * x.numel(), "GB/s", lambda: norm(x))
    z = torch.randn(8192, 1000, device=DEVICE)
    labels = torch.arange(8192, device=DEVICE) * 7 % 1000
    rated("softmax 8192 x 1000", 50, 8.0 * z.numel(), "GB/s", lambda: torch.softmax(z, 1))
    rated("cross-entropy 8192 x 1000", 50, 4.0 * z.numel(), "GB/s", lambda: F.cross_entropy(z, labels))


def set_tf32(on):
    torch.backends.cuda.matmul.allow_tf32 = on
    torch.backends.cudnn.allow_tf32 = on


def products():
    for n in (256, 1024, 4096, 8192):
        a = torch.randn(n, n, device=DEVICE)
        calls = 200 if n <= 1024 else 5
        for precision in ("FP32", "TF32", "BF16", "FP16"):
            set_tf32(precision == "TF32")
            x = {"BF16": a.bfloat16, "FP16": a.half}.get(precision, lambda: a)()
            rated(f"matmul {n} {precision}", calls, 2.0 * n**3, "TFLOP/s", lambda: x @ x)
    set_tf32(False)


def convolutions():
    for n, size, c, o in ((512, 32, 16, 16), (256, 32, 64, 64), (256, 16, 128, 128), (64, 14, 256, 256)):
        flop = 2.0 * n * size * size * c * o * 9
        for dtype, name in ((torch.float32, "FP32"), (torch.bfloat16, "BF16")):
            x = torch.randn(n, c, size, size, device=DEVICE).to(dtype)
            x = x.contiguous(memory_format=torch.channels_last)
            w = torch.randn(o, c, 3, 3, device=DEVICE).to(dtype)
            w = w.contiguous(memory_format=torch.channels_last)
            y = F.conv2d(x, w, padding=1)
            what = f" 3x3 n{n} {size}x{size} c{c}->{o} {name}"
            rated("conv" + what, 20, flop, "TFLOP/s", lambda: F.conv2d(x, w, padding=1))

            def backward(mask):
                return torch.ops.aten.convolution_backward(
                    y, x, w, None, (1, 1), (1, 1), (1, 1), False, (0, 0), 1, mask)

            rated("conv dx" + what, 20, flop, "TFLOP/s", lambda: backward((True, False, False)))
            rated("conv dw" + what, 20, flop, "TFLOP/s", lambda: backward((False, True, False)))


class Block(nn.Module):
    def __init__(self, c, o, stride):
        super().__init__()
        self.a = nn.Conv2d(c, o, 3, stride, 1, bias=False)
        self.na = nn.BatchNorm2d(o)
        self.b = nn.Conv2d(o, o, 3, 1, 1, bias=False)
        self.nb = nn.BatchNorm2d(o)
        self.side = None
        if c != o or stride != 1:
            self.side = nn.Sequential(nn.Conv2d(c, o, 1, stride, bias=False), nn.BatchNorm2d(o))

    def forward(self, x):
        y = self.nb(self.b(F.relu(self.na(self.a(x)))))
        return F.relu(y + (x if self.side is None else self.side(x)))


def resnet8():
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
        Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def mlp():
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 32, 5, 1, 2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, 1, 2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 1024), nn.ReLU(), nn.Linear(1024, 10))


def step(make, model_name, size, channels, batch, precision):
    set_tf32(precision == "TF32")
    torch.manual_seed(1)
    model = make().to(DEVICE).to(memory_format=torch.channels_last).train()
    rule = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, fused=True)
    x = torch.randn(batch, channels, size, size, device=DEVICE)
    x = x.contiguous(memory_format=torch.channels_last)
    y = torch.arange(batch, device=DEVICE) % 10

    def body():
        with torch.autocast("cuda", torch.bfloat16, enabled=precision == "BF16"):
            loss = F.cross_entropy(model(x), y)
        loss.backward()
        rule.step()
        rule.zero_grad(set_to_none=True)

    name = f"step {model_name} batch {batch} {precision}"
    eager = median_micros(20, body)
    figure(name, eager, batch * 1e3 / eager, "k images/s")
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            body()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        body()
    replay = median_micros(50, graph.replay)
    figure(name + " recorded", replay, batch * 1e3 / replay, "k images/s")
    set_tf32(False)


def main():
    torch.backends.cudnn.benchmark = True
    print(torch.__version__, torch.cuda.get_device_name(), "cuDNN", torch.backends.cudnn.version())
    with torch.no_grad():
        transfers()
        pointwise()
        products()
        convolutions()
    for precision in ("FP32", "TF32", "BF16"):
        step(mlp, "mlp", 28, 1, 128, precision)
        step(lenet, "lenet", 28, 1, 128, precision)
        step(resnet8, "resnet8", 32, 3, 64, precision)
        step(resnet8, "resnet8", 32, 3, 512, precision)
    if len(sys.argv) > 1:
        with open(sys.argv[1], "w") as f:
            json.dump(
                {
                    "torch": torch.__version__,
                    "device": torch.cuda.get_device_name(),
                    "cudnn": torch.backends.cudnn.version(),
                    "figures": FIGURES,
                },
                f,
                indent=2,
            )


if __name__ == "__main__":
    main()
