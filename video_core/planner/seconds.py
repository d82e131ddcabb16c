"""Seconds: what each part of rendering one clip takes on a machine with an option set.

Knows the sum: text, pictures into latents, denoising, latents into pictures, and what moving weights adds. Does not know what is allowed
(`legality`) or what fits (`memory`). Weights count as read from disk already.
"""

from __future__ import annotations

from dataclasses import dataclass

from video_core.planner import efficiency as e
from video_core.planner.clip import ClipSpec
from video_core.planner.gpus import Gpu
from video_core.planner.machine import Machine
from video_core.planner.models import VideoModel
from video_core.planner.options import OptionSet
from video_core.planner.vae import TAEHV_SHARE, VaeShape

CPU_FLOPS = 1.0e12
"""FLOP/s of a desktop processor in bf16 or float32: only the order of magnitude of a machine without GPU is told."""
BYTES = {
    "fp32": 4.0, "bf16": 2.0, "fp8_storage": 1.0, "fp8_compute": 1.0, "int8_compute": 1.0, "gguf_q8_0": 34 / 32, "gguf_q4_k": 144 / 256,
    "gguf_bf16": 2.0,
}  # fmt: skip
"""Bytes per weight of a block's matrices (GGUF: bytes per block of weights)."""


@dataclass(frozen=True)
class Seconds:
    """Where the time of one clip goes."""

    text: float
    encode: float
    denoise: float
    decode: float
    moving: float
    """Whole components between RAM and GPU."""

    @property
    def total(self) -> float:
        return self.text + self.encode + self.denoise + self.decode + self.moving


def floor_seconds(model: VideoModel, clip: ClipSpec, machine: Machine, options: OptionSet) -> float:
    """Denoising at 100 % of the data sheet's dense peak on all GPUs used: what no software can beat without doing less."""
    work = clip.work(model)
    if machine.gpu is None:
        return clip.passes * work.total / CPU_FLOPS
    gpu = machine.gpu
    peak = {"fp8_compute": gpu.fp8, "int8_compute": gpu.int8, "fp32": gpu.bf16 / 2}.get(options.weights, gpu.bf16) or gpu.bf16
    attention = gpu.int8 if e.kernel_of(options.attention) == "sage" else gpu.bf16
    seconds = (work.linear + work.other) / (peak * 1e12) + (work.attention + work.cross) / (attention * 1e12)
    return clip.passes * seconds / options.gpus


def predict_seconds(
    model: VideoModel, clip: ClipSpec, machine: Machine, options: OptionSet, *, moved: float | None = None
) -> Seconds:
    """Seconds of one clip. `moved`: bytes per token, channel and block outside matrix products, for other software than ours."""
    gpu = machine.gpu
    if gpu is None:
        vae = model.vae.decode_flops(clip.size, clip.frames) + _encode_flops(model, clip, options)
        work = clip.work(model).total
        return Seconds(_text_flops(model) / CPU_FLOPS, 0.0, clip.passes * work / CPU_FLOPS, vae / CPU_FLOPS, 0.0)
    passes = float(clip.passes)
    if options.cache != "none" and clip.steps >= e.CACHE_FROM:
        passes *= 1 - e.SKIPPED
    denoise = passes * pass_seconds(model, clip, machine, options, moved=moved)
    encode = _encode_flops(model, clip, options) / _conv_rate(gpu, options) + _vae_traffic(model, clip, options, gpu, decode=False)
    decode_flops = model.vae.decode_flops(clip.size, clip.frames, tiled=options.vae_tiling)
    decode = decode_flops / _conv_rate(gpu, options) + _vae_traffic(model, clip, options, gpu, decode=True)
    if options.vae_decoder == "taehv":
        decode *= TAEHV_SHARE
    if options.vae_spread:
        encode, decode = encode / options.gpus, decode / options.gpus
    text = _text_flops(model) / (CPU_FLOPS if options.text_device == "cpu" else gpu.bf16 * 1e12 * gpu.sustained * e.GEMM)
    text *= 2 if clip.guidance > 1 else 1
    return Seconds(text, encode, denoise, decode, _moving(model, machine, options))


def pass_seconds(model: VideoModel, clip: ClipSpec, machine: Machine, options: OptionSet, *, moved: float | None = None) -> float:
    """Seconds of one forward pass of the transformer, shared by the GPUs of the option set. Needs a GPU."""
    gpu, dit = machine.gpu, model.dit
    assert gpu is not None
    work, rate, n = clip.work(model), e.rates(gpu, options), options.gpus
    tokens, blocks = clip.tokens(model), dit.layers + len(dit.vace_layers)
    exponentials = (work.attention + work.cross) / (4 * dit.head_dim)
    compute = (work.linear + work.other) / rate.gemm + rate.attention(work.attention + work.cross, exponentials)
    compute += tokens * dit.dim * blocks * (e.traffic(dit, options) if moved is None else moved) / rate.memory
    compute = compute / n + e.DEQUANTISE_BYTES.get(options.weights, 0.0) * dit.parameters / rate.memory
    if n > 1:
        sent = 4 * tokens / n * dit.dim * 2 * (n - 1) / n * blocks  # queries, keys, values and the result, all to all
        compute += sent / (gpu.link * 1e9 * e.LINK)
        if options.ring > 1:
            compute *= e.RING
    return compute + _streaming(model, gpu, options, compute)


def _streaming(model: VideoModel, gpu: Gpu, options: OptionSet, compute: float) -> float:
    """Seconds that moving the weights adds to one pass."""
    weights = model.dit.parameters * BYTES[options.weights]
    match options.offload:
        case "group" if options.stream:
            copy = weights / (gpu.host * 1e9 if options.pin_all else e.PINNING)
            return max(0.0, copy - compute) + e.SYNC * (model.dit.layers + len(model.dit.vace_layers))
        case "group" | "sequential":
            return weights / (gpu.host * 1e9 * e.PAGEABLE)
    return 0.0


def _moving(model: VideoModel, machine: Machine, options: OptionSet) -> float:
    if options.offload != "model" or machine.gpu is None:
        return 0.0
    whole = model.parameters * BYTES[options.weights] + model.text_parameters * 2 + model.clip_parameters * 2
    return whole / (machine.gpu.host * 1e9 * e.PAGEABLE)


def _text_flops(model: VideoModel) -> float:
    return 2.0 * 512 * model.text_parameters


def _encode_flops(model: VideoModel, clip: ClipSpec, options: OptionSet) -> float:
    return sum(model.vae.encode_flops(clip.size, frames, tiled=options.vae_tiling) for frames in encoded(model, clip))


def encoded(model: VideoModel, clip: ClipSpec) -> tuple[int, ...]:
    """Frames of each video that is turned into latents before denoising: I2V pads its picture to a whole clip, VACE encodes two halves."""
    match model.kind:
        case "t2v":
            return ()
        case "i2v":
            return (clip.frames,)
        case "vace":
            return (clip.frames, clip.frames, *(1,) * clip.references)
        case "ti2v":
            return (1,)
        case "animate":
            return (clip.frames, clip.frames, 1)


def _conv_rate(gpu: Gpu, options: OptionSet) -> float:
    return e.CONVOLUTION * 1e12 * (gpu.bf16 if options.vae_dtype == "bf16" else gpu.tf32) * gpu.sustained


def _vae_traffic(model: VideoModel, clip: ClipSpec, options: OptionSet, gpu: Gpu, *, decode: bool) -> float:
    """Seconds of the autoencoder's memory traffic."""
    vae: VaeShape = model.vae
    pixels = float(clip.size[0] * clip.size[1])
    overlap = vae.decode_flops(clip.size, 1, tiled=options.vae_tiling) / vae.decode_flops(clip.size, 1)
    frames = clip.frames if decode else sum(encoded(model, clip))
    per = (vae.decode_traffic if decode else vae.encode_traffic) * (0.5 if options.vae_dtype == "bf16" else 1.0)
    return per * frames * pixels * overlap / (gpu.bandwidth * 1e9 * e.BANDWIDTH)
