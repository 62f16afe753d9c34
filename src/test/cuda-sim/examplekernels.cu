// The host twins of kernels that the examples bring along as PTX.
#ifdef JACANA_HOST
#include "shim.h"
#endif

// examples/CudaCustomKernel.java
extern "C" __global__ void softsign(float* y, const float* x, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) {
    y[i] = x[i] / (1.0f + fabsf(x[i]));
  }
}
