"""Gigabytes: what the GPU and the RAM must hold at the worst moment of rendering one clip.

Knows the phases (text, latents, denoising, decoding), what is resident in each under an option set, and the size of activations.
Does not know seconds.
Activations were counted on the real classes at real size with tensors that hold no data; a test repeats it in small. In bytes per
token and channel, eager, bf16 with float32 norms, the peak is the larger of 22 (rotary step) and 8 + 4 f/d (FFN), plus the float32 rotary
tables, plus the hints VACE keeps (2 per VACE block and 2); one timestep per token makes it 36 more and at least 64 (Wan2.2-TI2V-5B). Keys
and values of a denoiser live only inside a block and are part of that.
"""

from __future__ import annotations

from dataclasses import dataclass

from video_core.planner.clip import ClipSpec
from video_core.planner.dit import DitShape
from video_core.planner.machine import GB
from video_core.planner.models import VideoModel
from video_core.planner.options import OptionSet
from video_core.planner.seconds import BYTES, encoded

CONTEXT = 0.8
"""GB: CUDA context, cuBLAS and cuDNN workspaces."""
FRAGMENTS = 0.05
"""Part of the activations lost between the allocator's blocks."""
PROCESS = 3.0
"""GB of RAM of Python, torch and CUDA libraries per process."""
STREAMED_BLOCKS = 2
"""Blocks on the GPU while weights stream: the one that computes and the next."""


@dataclass(frozen=True)
class Memory:
    """GB of 2^30 bytes, at the worst moment."""

    gpu: float
    """On each GPU."""
    ram: float
    """Of all processes together."""
    worst: str
    """The phase with the GPU's peak."""


def activation_bytes(dit: DitShape, tokens: float) -> float:
    """Peak bytes of one forward pass beyond weights, batch 1, bf16."""
    ratio = dit.ffn / dit.dim
    inside = max(22.0, 8 + 4 * ratio)
    if dit.token_times:
        inside = max(64.0, 36 + inside)
    if dit.vace_layers:
        inside += 2 * len(dit.vace_layers) + 2
    return tokens * dit.dim * inside + 8 * tokens * dit.head_dim


def transformer_bytes(dit: DitShape, options: OptionSet) -> float:
    """Bytes of one expert's weights: matrices of the blocks in the option's format, the rest in bf16, norms and tables in float32."""
    inside = dit.parameters - dit.outside_parameters
    outside = dit.outside_parameters * (4.0 if options.weights == "fp32" else 2.0)
    return inside * BYTES[options.weights] + outside + 2.0 * dit.kept_float32


def block_bytes(dit: DitShape, options: OptionSet) -> float:
    """Bytes of one main block's weights."""
    return dit.block_parameters * BYTES[options.weights]


def memory(model: VideoModel, clip: ClipSpec, options: OptionSet, *, on_gpu: bool = True) -> Memory:
    """The worst moment on each GPU and in RAM. `on_gpu`: false on a machine without one, where all of it is RAM."""
    dit, item = model.dit, 2 if options.vae_dtype == "bf16" else 4
    expert = transformer_bytes(dit, options)
    resident = _resident(model, options, expert)
    tokens = clip.tokens(model) / options.gpus
    activations = activation_bytes(dit, tokens) + (12 * tokens * dit.dim if options.gpus > 1 else 0)
    if options.cache != "none":
        activations += 2 * 2 * tokens * dit.dim * (2 if clip.guidance > 1 else 1)
    latents = _latent_bytes(model, clip)
    vae_weights, stays = model.vae.parameters * item, resident if options.offload == "none" else 0.0
    text = model.text_parameters * 2.0 if options.text_device == "gpu" else 0.0
    clip_weights = model.clip_parameters * 4.0  # the picture encoder runs in float32 and stays on the GPU
    decode = model.vae.decode_peak(clip.size, clip.frames, tiled=options.vae_tiling, item=item)
    if options.vae_decoder == "taehv":
        decode /= 4
    encode = max((model.vae.encode_peak(clip.size, f, tiled=options.vae_tiling, item=item) for f in encoded(model, clip)), default=0.0)
    if options.vae_spread:  # every process gets the whole clip to encode
        decode, encode = decode / options.gpus, encode / options.gpus + 3.0 * item * clip.frames * clip.size[0] * clip.size[1]
    phases = {
        "text": text * 1.02 + (stays if text else 0.0),  # from the second shot on the transformer is there when a prompt is encoded
        "encode": vae_weights + encode + clip_weights + latents + stays,
        "denoise": resident + activations * (1 + FRAGMENTS) + latents + clip_weights + (vae_weights if options.offload == "none" else 0.0),
        "decode": stays + vae_weights + decode * (1 + FRAGMENTS) + latents + clip_weights,
    }
    worst = max(phases, key=phases.__getitem__)
    if not on_gpu:
        return Memory(0.0, options.gpus * (phases[worst] / GB + PROCESS), worst)
    return Memory(phases[worst] / GB + CONTEXT, _ram(model, options, expert), worst)


def _resident(model: VideoModel, options: OptionSet, expert: float) -> float:
    """Bytes of transformer weights on the GPU while it denoises."""
    dit = model.dit
    match options.offload:
        case "none":
            return expert * model.experts
        case "model":
            return expert
        case "group" if options.offload_level == "block_level":
            blocks = STREAMED_BLOCKS if options.stream else options.blocks_per_group
            return dit.outside_parameters * 2.0 + blocks * block_bytes(dit, options)
    return 2.0 * dit.dim * dit.ffn * BYTES[options.weights] + dit.outside_parameters * 0.2


def pinned_bytes(dit: DitShape, options: OptionSet) -> float:
    """Bytes of RAM that pinned copies of one expert take: torch rounds every pinned tensor up to a power of two."""
    d, f, per = dit.dim, dit.ffn, BYTES[options.weights]
    blocks = dit.layers + len(dit.vace_layers)
    square, wide = _power_of_two(d * d * per), _power_of_two(d * f * per)
    added = 2 * _power_of_two(dit.added_kv * d * per) if dit.added_kv else 0
    return blocks * (8 * square + 2 * wide + added) + dit.adapters * 4 * square + 1.3 * 2 * dit.outside_parameters


def _power_of_two(size: float) -> int:
    return 1 << max(0, int(size) - 1).bit_length()


def straight(options: OptionSet) -> bool:
    """Whether each tensor can go from its file to the GPU: it stays there, and nothing is done to the model before."""
    return options.offload == "none" and options.weights in ("bf16", "fp32")


def _ram(model: VideoModel, options: OptionSet, expert: float) -> float:
    """GB of RAM of all processes. Files are mapped into memory, which is not counted: the system takes it back when it needs it.

    The first process of a worker group alone has the encoders. Weights that go straight to the GPU are not held in RAM; to be fused with a
    LoRA, they are.
    """
    dit, text, vae = model.dit, model.text_parameters * 2.0 + model.clip_parameters * 2.0, model.vae.parameters * 4.0
    loaded = dit.parameters * 2.0 if options.weights not in ("fp32", "gguf_q8_0", "gguf_q4_k") else expert
    if straight(options) and options.lora != "fused":
        loaded = 0.0
    match options.offload:
        case "none":
            held = [max(text, loaded), loaded]
        case "group" if options.stream and options.pin_all:
            held = [model.experts * pinned_bytes(dit, options) + expert] * 2
        case _:
            weights = max(model.experts * expert, (model.experts - 1) * expert + loaded)
            held = [max(text, weights), weights]
    first, other = ((bytes_held + vae) / GB + PROCESS for bytes_held in held)
    return first + (options.gpus - 1) * other


def _latent_bytes(model: VideoModel, clip: ClipSpec) -> float:
    """Noise, prediction, condition and the solver's history, float32."""
    frames, h, w = clip.latent(model)
    channels = model.dit.in_channels + 4 * model.dit.out_channels + (model.dit.vace_channels if model.dit.vace_layers else 0)
    return 4.0 * channels * frames * h * w
