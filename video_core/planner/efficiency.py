"""How much of a card's peak real kernels reach: the few numbers that turn FLOPs and bytes into seconds.

Knows kernels and their limits. Does not know models. Each number says whether it was counted, is published, or was fitted; which published
rows it was fitted to, and how well the others are met, is printed by `python -m evals.bench.planner`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from video_core.planner.dit import DitShape
from video_core.planner.gpus import Gpu
from video_core.planner.options import OptionSet

GEMM = 0.92
"""Fitted: matrix products of these shapes against the card's sustained rate."""
EIGHT_BIT_GEMM = 0.60
"""Fitted: 8-bit products with activations quantised on the fly, against twice (fp8, int8: as the data sheet) the sustained rate."""
MMA_ON_HOPPER = 0.62
"""Published (Luo et al. 2024, Dissecting the NVIDIA Hopper GPU architecture, arXiv 2402.13499): `mma.sync`, which FlashAttention-2 and
PyTorch's own kernel use, reaches 62 % of what Hopper's warpgroup instructions reach."""
FLASH_3 = 0.90
"""Fitted: FlashAttention-3 against the sustained rate; it hides the exponentials."""
SAGE = 0.80
"""Fitted: SageAttention 2 (8-bit queries and keys, 8-bit values) against the sustained 8-bit rate; exponentials are not hidden."""
BANDWIDTH = 0.90
"""Usual: part of the memory bandwidth that elementwise kernels reach."""
LINK = 0.75
"""Usual: part of a link's rate that an all-to-all reaches."""
CONVOLUTION = 0.50
"""Fitted: cuDNN's 3-D convolutions of the autoencoder against TF32 or bf16 peak."""
EAGER_BYTES, COMPILED_BYTES = 369.0, 50.0
"""Bytes that everything but matrix products and attention moves, per token, channel and block; the activation of the FFN (4 f/d)
comes on top. Eager: counted on the real class, every operator. Compiled: counted by hand, a fused group reads and writes once."""
TOKEN_TIMES_BYTES = 136.0
"""Counted: what one timestep per token adds to it in eager mode (Wan2.2-TI2V-5B)."""
SYNC = 0.008
"""Fitted (diffusers PR 11605, H100): seconds per block and pass that streamed group offload adds although its copies are hidden."""
PAGEABLE = 0.5
"""Usual: rate of copies from memory that is not pinned, against pinned."""
PINNING = 6.0e9
"""Usual: bytes per second at which a processor copies into freshly pinned memory (`pin_all=false` does it for each group and pass)."""
DEQUANTISE_BYTES = {"fp8_storage": 3.0, "gguf_q8_0": 20.0, "gguf_q4_k": 20.0}
"""Bytes moved per weight and pass to make bf16 of it; GGUF is unpacked by several elementwise operators."""
RING = 13.08 / 6.67
"""Published (diffusers documentation, 4 H100): one pass with ring attention against Ulysses."""
SKIPPED = 0.44
"""Published (LightX2V, H200, 40 steps, TeaCache 0.2: 191 s to 107 s): part of the passes a cache saves when there are many steps."""
CACHE_FROM = 20
"""Steps below which neighbouring steps differ too much for a cache to skip any."""

Flash = Literal["flash2", "flash3", "sage"]


def kernel_of(attention: str) -> Flash:
    """Which generation of attention kernel a diffusers backend name stands for."""
    if "sage" in attention:
        return "sage"
    return "flash3" if attention in ("_flash_3", "_flash_3_hub", "flash_4_hub", "_native_cudnn") else "flash2"


@dataclass(frozen=True)
class Rates:
    """What one GPU does per second for one option set."""

    gemm: float
    """FLOP/s of matrix products with weights."""
    matmul: float
    """FLOP/s inside attention."""
    exponentials: float
    """Exponentials per second that are not hidden behind the products; 0 where all are."""
    memory: float
    """Bytes per second."""

    def attention(self, flops: float, exponentials: float) -> float:
        """Seconds of attention."""
        return flops / self.matmul + (exponentials / self.exponentials if self.exponentials else 0.0)


def rates(gpu: Gpu, options: OptionSet) -> Rates:
    """The rates of `gpu`. 8-bit weights on a card without that format are refused elsewhere; here they count as bf16."""
    sustained = gpu.bf16 * 1e12 * gpu.sustained
    gemm = GEMM * sustained
    eight = {"fp8_compute": gpu.fp8, "int8_compute": gpu.int8}.get(options.weights, 0.0)
    if eight:
        gemm = EIGHT_BIT_GEMM * eight * 1e12 * gpu.sustained
    elif options.weights == "fp32":
        gemm = GEMM * sustained / 2
    match kernel_of(options.attention):
        case "flash3" if gpu.architecture in ("hopper", "blackwell"):
            matmul, exponentials = FLASH_3 * sustained, 0.0
        case "sage":
            eight_bit = 2 / (1 / gpu.int8 + 1 / (gpu.fp8 or gpu.bf16))
            matmul, exponentials = SAGE * eight_bit * 1e12 * gpu.sustained, gpu.exponentials
        case _:
            matmul = sustained * (MMA_ON_HOPPER if gpu.architecture == "hopper" else 1.0)
            exponentials = gpu.exponentials
    return Rates(gemm, matmul, exponentials, gpu.bandwidth * 1e9 * BANDWIDTH)


def traffic(dit: DitShape, options: OptionSet) -> float:
    """Bytes per token, channel and block that are moved outside matrix products and attention."""
    activation = 4 * dit.ffn / dit.dim
    if options.compile == "none":
        return EAGER_BYTES + activation + (TOKEN_TIMES_BYTES if dit.token_times else 0.0) + (10.0 if dit.added_kv else 0.0)
    return COMPILED_BYTES + activation + (24.0 if dit.token_times else 0.0)
