"""A transformer whose tokens are split over the group: each process holds its share, and attention exchanges heads (or keys) for tokens.

Knows the context parallelism of diffusers 0.42 and where the Wan transformers' tokens have to be split and gathered:

    Wan        its own plan
    VACE       the same, and the control's tokens before the first control block; the later ones follow from it
    Animate    the same; its face blocks let a token look only at the face of its own frame, so each process pads its share to whole
               frames and gives them the faces of these frames: nothing has to be sent

Does what `ModelMixin.enable_parallelism` does, which asks for an accelerator that a machine without GPU does not have.
Does not know which degrees are possible (`video_core.planner.legality`).
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers import WanAnimateTransformer3DModel, WanTransformer3DModel, WanVACETransformer3DModel
from diffusers.hooks import HookRegistry, ModelHook
from diffusers.hooks.context_parallel import apply_context_parallel
from diffusers.models._modeling_parallel import ContextParallelConfig, ContextParallelInput, ParallelConfig
from diffusers.models.attention import AttentionModuleMixin
from diffusers.models.attention_dispatch import AttentionBackendName, _AttentionBackendRegistry
from diffusers.models.transformers.transformer_wan_animate import WanAnimateFaceBlockCrossAttention as FaceBlock
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh

from shotplan.errors import RenderError
from video_core.parallel.group import Group
from video_core.parallel.shares import shares, whole
from video_core.planner import OptionSet

TOKENS = ContextParallelInput(split_dim=1, expected_dims=3)
_WAN = WanTransformer3DModel._cp_plan
assert _WAN is not None
_ONE_TIME = {place: split for place, split in _WAN.items() if place != ""}
"""Wan's plan without its entry for one timestep per token, which only Wan2.2-TI2V-5B has."""
PLANS: dict[type, dict[str, Any]] = {
    WanTransformer3DModel: _WAN,
    WanVACETransformer3DModel: {**_ONE_TIME, "vace_blocks.0": {"hidden_states": TOKENS, "control_hidden_states": TOKENS}},
    WanAnimateTransformer3DModel: _ONE_TIME,
}


def split_tokens(model: Any, options: OptionSet, group: Group) -> None:
    """Let the group's processes share every forward pass of `model`, which all of them call with the same arguments.

    Its attention backend is set already; it is not compiled yet. Raises `RenderError` for a model without a plan, an attention backend
    that cannot be shared, and a group of another size than the options say.
    """
    plan = next((plan for kind, plan in PLANS.items() if isinstance(model, kind)), None)
    if plan is None:
        raise RenderError(f"{type(model).__name__} has no plan for several GPUs", where="--gpus", todo="use one GPU")
    if options.ulysses * options.ring != group.size:
        raise RenderError(
            f"{options.words()} is for {options.ulysses * options.ring} processes and there are {group.size}", where="worker group",
            todo="start as many",
        )  # fmt: skip
    share = ContextParallelConfig(ring_degree=options.ring, ulysses_degree=options.ulysses, ulysses_anything=options.ulysses_anything)
    config = ParallelConfig(context_parallel_config=share)
    config.setup(group.rank, group.size, group.device, mesh=_mesh(group, options))
    attentions: list[Any] = [m for m in model.modules() if isinstance(m, AttentionModuleMixin) and not isinstance(m, FaceBlock)]
    _check_attention(attentions[0].processor._attention_backend)
    for attention in attentions:
        attention.processor._parallel_config = config  # diffusers leaves cross-attention whole by itself
        if options.ulysses_anything and not attention.is_cross_attention:
            attention.forward = torch.compiler.disable(attention.forward)  # torch 2.13 cannot trace how unequal shares are sent
    model._parallel_config = config
    tokens = _TokenCount()
    model.register_forward_pre_hook(tokens.hear, with_kwargs=True)
    for face_block in getattr(model, "face_adapter", ()):
        _hook(face_block, _WholeFrames(tokens, group))
    if options.ulysses_anything:
        plan = {place: split for place, split in plan.items() if place != "proj_out"}
        _hook(model.proj_out, _Gather(tokens, group))
    apply_context_parallel(model, share, plan)


_MESHES: dict[tuple[str, int, int], DeviceMesh] = {}


def _mesh(group: Group, options: OptionSet) -> DeviceMesh:
    """One mesh for all experts: every new one would open new connections."""
    key = (group.device.type, options.ring, options.ulysses)
    if key not in _MESHES:
        _MESHES[key] = init_device_mesh(group.device.type, (options.ring, options.ulysses), mesh_dim_names=("ring", "ulysses"))
    return _MESHES[key]


def _check_attention(backend: Any) -> None:
    active = _AttentionBackendRegistry.get_active_backend()[0] if backend is None else AttentionBackendName(backend)
    if not _AttentionBackendRegistry._is_context_parallel_available(active):
        raise RenderError(
            f"the {active.value} attention cannot be shared by several GPUs", where="--option attention",
            todo=f"choose one of: {', '.join(sorted(_AttentionBackendRegistry._supports_context_parallel))}",
        )  # fmt: skip


def _hook(module: Any, hook: ModelHook) -> None:
    HookRegistry.check_if_exists_or_initialize(module).register_hook(hook, type(hook).__name__)


class _TokenCount:
    """Tokens of the clip that is being drawn, all processes' together."""

    count = 0

    def hear(self, model: Any, args: Any, kwargs: Any) -> None:
        latents = kwargs["hidden_states"] if "hidden_states" in kwargs else args[0]
        patch = model.config.patch_size
        self.count = (latents.shape[2] // patch[0]) * (latents.shape[3] // patch[1]) * (latents.shape[4] // patch[2])


class _WholeFrames(ModelHook):
    """Pads a share of the tokens to whole frames before a face block, and cuts it after."""

    def __init__(self, tokens: _TokenCount, group: Group) -> None:
        super().__init__()
        self.tokens, self.group = tokens, group
        self.front, self.length = 0, 0

    def pre_forward(self, module: Any, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Takes the own tokens (B,share,D) and all faces (B,T,N,D)."""
        hidden, faces = args
        start, end = shares(self.tokens.count, self.group.size)[self.group.rank]
        frame = self.tokens.count // faces.shape[1]
        first, last = start // frame, -(-end // frame)
        self.front, self.length = start - first * frame, end - start
        padded = torch.nn.functional.pad(hidden, (0, 0, self.front, last * frame - end))
        return (padded, faces[:, first:last]), {}

    def post_forward(self, module: Any, output: torch.Tensor) -> torch.Tensor:
        return output[:, self.front : self.front + self.length]


class _Gather(ModelHook):
    """Puts unequal shares of the tokens together again; diffusers' own hook does so only with NCCL."""

    def __init__(self, tokens: _TokenCount, group: Group) -> None:
        super().__init__()
        self.tokens, self.group = tokens, group

    def post_forward(self, module: Any, output: torch.Tensor) -> torch.Tensor:
        return whole(output, self.tokens.count, self.group, dim=1)
