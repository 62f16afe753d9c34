// Matrix products of the types that cuBLAS does not take: integers, and operands of different types.
#include "common.cuh"

// c = a b where the views are c and, repeated along what they lack, the first column of a and the
// first row of b; k terms, ka and kb elements apart. Sums in double, one after the other, as the
// reference does.
extern "C" __global__ void matmul_any(Strided3 s, void* c, int type, const void* a, int type_a,
                                      const void* b, int type_b, int k, i64 ka, i64 kb) {
  EACH(i, s.size) {
    i64 at[3];
    locate(s, i, at);
    double sum = 0;
#pragma unroll 1
    for (int p = 0; p < k; p++) {
      sum += load<double>(a, type_a, at[1] + p * ka) * load<double>(b, type_b, at[2] + p * kb);
    }
    store(c, type, at[0], sum);
  }
}
