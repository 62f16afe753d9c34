// Images of a batch from a data set of bytes in device memory: chosen, cropped at random out of a
// padded image, flipped at random, normalised and cast, in one pass.
#include "common.cuh"

enum { MAX_CHANNELS = 8 };

// 64-bit integers as Java writes them. reflect: the padding mirrors the image, else it is zeros.
struct Images {
  i64 n, h, w, c, batch, padding, reflect, flip;
};

// value * scale + shift of the byte.
struct Channels {
  float scale[MAX_CHANNELS], shift[MAX_CHANNELS];
};

struct alignas(16) Float4 {
  float v[4];
};

struct alignas(8) Half4 {
  u16 v[4];
};

// The first three words of a counter of Philox 4x32-10 (Salmon et al., SC 2011).
__device__ __forceinline__ void philox(u64 seed, u64 counter, u32 (&out)[3]) {
  u32 c0 = (u32)counter, c1 = (u32)(counter >> 32), c2 = 0, c3 = 0;
  u32 k0 = (u32)seed, k1 = (u32)(seed >> 32);
#pragma unroll 1
  for (int round = 0; round < 10; round++) {
    u64 p0 = (u64)0xD2511F53u * c0, p1 = (u64)0xCD9E8D57u * c2;
    c0 = (u32)(p1 >> 32) ^ c1 ^ k0;
    c2 = (u32)(p0 >> 32) ^ c3 ^ k1;
    c1 = (u32)p1;
    c3 = (u32)p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
}

struct Crop {
  const u8* image;
  int top, left;
  bool flip;
};

// The byte of pixel (y, x) of the output, channel c; padding that does not mirror is 0.
__device__ __forceinline__ int pixel(const Images& s, const Crop& crop, int y, int x, int c) {
  int h = (int)s.h, w = (int)s.w;
  int row = y + crop.top, column = (crop.flip ? w - 1 - x : x) + crop.left;
  if (s.reflect) {
    row = row < 0 ? -row : row >= h ? 2 * h - 2 - row : row;
    column = column < 0 ? -column : column >= w ? 2 * w - 2 - column : column;
  }
  if (row < 0 || row >= h || column < 0 || column >= w) return 0;
  return crop.image[((i64)row * w + column) * s.c + c];
}

// One image per turn of a block. state: the seed's and the stream's low and high words, or null for
// the images as they are. vectors: rows are whole vectors of four.
extern "C" __global__ void gather_images(
    Images s, Channels channels, void* out, int type, const u8* data, const int* index,
    const u32* state, i64 offset, int vectors) {
  __shared__ int draw[3];
  __shared__ float scale[MAX_CHANNELS], shift[MAX_CHANNELS];
  // By a number known only at run time: from shared memory.
  if (threadIdx.x < MAX_CHANNELS) {
    scale[threadIdx.x] = channels.scale[threadIdx.x];
    shift[threadIdx.x] = channels.shift[threadIdx.x];
  }
  int c = (int)s.c, row = (int)(s.w * s.c);
  i64 pixels = s.h * row;
  for (i64 b = blockIdx.x; b < s.batch; b += gridDim.x) {
    __syncthreads();
    if (threadIdx.x == 0) {
      draw[0] = draw[1] = draw[2] = 0;
      if (state) {
        u32 words[3];
        u64 first = ((u64)state[3] << 32 | state[2]) + (u64)offset;
        philox((u64)state[1] << 32 | state[0], first / 4 + b, words);
        u32 positions = 2 * (u32)s.padding + 1;
        draw[0] = (int)__umulhi(words[0], positions) - (int)s.padding;
        draw[1] = (int)__umulhi(words[1], positions) - (int)s.padding;
        draw[2] = s.flip ? (int)(words[2] >> 31) : 0;
      }
    }
    __syncthreads();
    i64 chosen = index[b];
    bool known = chosen >= 0 && chosen < s.n;
    Crop crop = {data + chosen * pixels, draw[0], draw[1], draw[2] != 0};
    if (vectors) {
      int quads = row / 4;
#pragma unroll 1
      for (int q = threadIdx.x; q < (int)s.h * quads; q += blockDim.x) {
        int y = q / quads, e = 4 * (q - y * quads), x = e / c, k = e - x * c;
        Float4 f;
#pragma unroll
        for (int j = 0; j < 4; j++) {
          f.v[j] = known ? pixel(s, crop, y, x, k) * scale[k] + shift[k] : bits_float(0x7fc00000);
          if (++k == c) {
            k = 0;
            x++;
          }
        }
        i64 to = b * pixels + 4 * (i64)q;
        if (type == F32) {
          *(Float4*)((float*)out + to) = f;
        } else {
          Half4 h;
#pragma unroll
          for (int j = 0; j < 4; j++)
            h.v[j] = type == F16 ? float_f16(f.v[j]) : float_bf16(f.v[j]);
          *(Half4*)((u16*)out + to) = h;
        }
      }
    } else {
#pragma unroll 1
      for (int i = threadIdx.x; i < (int)pixels; i += blockDim.x) {
        int y = i / row, e = i - y * row, x = e / c, k = e - x * c;
        float f = known ? pixel(s, crop, y, x, k) * scale[k] + shift[k] : bits_float(0x7fc00000);
        store(out, type, b * pixels + i, f);
      }
    }
  }
}
