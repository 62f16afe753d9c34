#!/usr/bin/env bash
# Makes testkernels.ptx from testkernels.cu with nvcc; needed only when the kernels change.
set -euo pipefail
cd "$(dirname "$0")"
nvcc -ptx -arch=compute_75 -o testkernels.ptx ../testkernels.cu
# What nvcc 13 writes for compute_75 uses nothing newer than PTX 6.3.
sed -i -e 's/^\.version .*/.version 6.3/' -e '/^\/\//d' testkernels.ptx
