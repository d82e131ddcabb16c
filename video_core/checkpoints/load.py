"""Files become modules: diffusion transformer, VAE, text and image encoder, each alone, in the asked number format.

Knows diffusers' and transformers' classes and the original key names. Does not know when a part is needed or where it runs.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from accelerate import init_empty_weights
from diffusers import AutoencoderKLWan, WanAnimateTransformer3DModel, WanTransformer3DModel, WanVACETransformer3DModel
from diffusers.utils import logging as diffusers_logging
from safetensors import SafetensorError, safe_open
from torch import nn
from transformers.utils import logging as transformers_logging

from shotplan.errors import RenderError
from video_core.checkpoints.header import AGAIN
from video_core.checkpoints.inspect import Architecture, Naming, diffusers_config
from video_core.checkpoints.locate import Part, Weights
from video_core.checkpoints.names import diffusers_names
from video_core.checkpoints.original_vae import is_vae, latent_channels, vae_state
from video_core.checkpoints.scaled import whole
from video_core.checkpoints.split_files import TOKENIZER

State = dict[str, torch.Tensor]
CLASSES: dict[str, Any] = {"plain": WanTransformer3DModel, "vace": WanVACETransformer3DModel, "animate": WanAnimateTransformer3DModel}


def load_transformer(
    weights: Weights, found: Architecture, *, heads: int, vace_layers: tuple[int, ...] = (), dtype: torch.dtype = torch.bfloat16,
    change: Callable[[State, Callable[[str], torch.dtype]], tuple[State, object]] | None = None, device: torch.device | None = None,
) -> nn.Module:
    """A diffusers transformer in evaluation mode, its norms, time embedding and tables in float32.

    The files are read as they are, so a left-over shard index does no harm. `change` may edit the state under diffusers' names (LoRA
    fusion) before it is cast; it is told every tensor's number format, so that nothing is held in a wider one. `device`: where each
    tensor goes from the mapped file and is cast, so that no part of the model is held in RAM, however wide the file's numbers are; None
    leaves it on the CPU.
    Raises `RenderError` when tensors are missing, superfluous or of another shape.
    """  # fmt: skip
    where = str(weights.files.paths[0])
    kind = CLASSES[found.kind]
    config = weights.config or diffusers_config(found, heads=heads, vace_layers=vace_layers)
    if weights.gguf:
        if change is not None:
            raise RenderError("nothing can be fused into a GGUF file's packed weights", where=where, todo="give the .safetensors file")
        return _gguf(kind, weights, config, found.naming, dtype)
    with init_empty_weights():
        model: nn.Module = kind.from_config(config)
    state = diffusers_names(whole(read_state(weights.files.paths), dtype, device), found.naming)
    wide = set(kind._keep_in_fp32_modules or ())

    def kept(name: str) -> torch.dtype:
        return dtype if wide.isdisjoint(name.split(".")) else torch.float32

    if change is not None:
        state, _ = change(state, kept)
    for name, tensor in state.items():
        if tensor.is_floating_point():
            state[name] = tensor.to(device or tensor.device).to(kept(name))
    _fill(model, state, where)
    return model.eval().requires_grad_(False)


def read_state(paths: tuple[Path, ...]) -> State:
    """Every tensor of the files, memory-mapped. Raises `RenderError` when one cannot be read."""
    state: State = {}
    for path in paths:
        try:
            with safe_open(path, framework="pt") as file:
                for name in file.keys():  # noqa: SIM118  (not a dictionary)
                    state[name] = file.get_tensor(name)
        except (SafetensorError, OSError) as e:
            raise RenderError(f"the weight file cannot be read: {e}", where=str(path), todo=AGAIN) from e
    return state


def _fill(model: nn.Module, state: State, where: str) -> None:
    expected = dict(model.state_dict(keep_vars=True))
    _complete(expected, state, where, [name for name in expected.keys() & state.keys() if expected[name].shape != state[name].shape])
    model.load_state_dict(state, assign=True)
    for module in model.modules():  # tables that are computed, not stored, are still on the meta device
        for name, buffer in list(module.named_buffers(recurse=False)):
            if buffer.is_meta:
                raise RenderError(f"the weights lack {name}", where=where, todo="check the download")


def _gguf(kind: Any, weights: Weights, config: dict[str, Any], naming: Naming, dtype: torch.dtype) -> nn.Module:
    from diffusers import GGUFQuantizationConfig
    from diffusers.models.model_loading_utils import load_gguf_checkpoint

    where = str(weights.files.paths[0])
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "config.json").write_text(json.dumps({"_class_name": kind.__name__, **config}), encoding="utf-8")
        try:
            state = {name: _unpacked(tensor) for name, tensor in diffusers_names(load_gguf_checkpoint(where), naming).items()}
            with init_empty_weights():
                _complete(kind.from_config(config).state_dict(), state, where)
            model: nn.Module = kind.from_single_file(
                state, config=folder, torch_dtype=dtype, quantization_config=GGUFQuantizationConfig(compute_dtype=dtype)
            )
        except (ValueError, KeyError, RuntimeError, OSError) as e:
            raise RenderError(f"the GGUF file cannot be loaded: {_first_line(e)}", where=where, todo=AGAIN) from e
    return model.eval().requires_grad_(False)


def _unpacked(tensor: torch.Tensor) -> torch.Tensor:
    """A tensor of bytes that are bfloat16 numbers as such numbers: only matrices are computed with while they are packed."""
    if getattr(getattr(tensor, "quant_type", None), "name", "") != "BF16":
        return tensor
    return torch.Tensor.as_subclass(tensor.detach(), torch.Tensor).contiguous().view(torch.bfloat16)


def _complete(expected: Mapping[str, torch.Tensor], state: State, where: str, wrong: Sequence[str] = ()) -> None:
    """Raises `RenderError` unless both have the same names. `wrong`: those of another shape."""
    missing, extra = sorted(expected.keys() - state.keys()), sorted(state.keys() - expected.keys())
    if wrong or missing or extra:
        what = [f"{len(missing)} tensors are missing, such as {missing[0]}"] if missing else []
        what += [f"{len(extra)} belong to no part, such as {extra[0]}"] if extra else []
        what += [f"{wrong[0]} has shape {tuple(state[wrong[0]].shape)} instead of {tuple(expected[wrong[0]].shape)}"] if wrong else []
        raise RenderError(f"the weights do not fit their configuration: {'; '.join(what)}", where=where, todo="check the download")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def load_vae(part: Part, dtype: torch.dtype = torch.float32) -> AutoencoderKLWan:
    """The Wan VAE on the CPU. Raises `RenderError`."""
    if not part.original:
        return _pretrained(AutoencoderKLWan, part.path, torch_dtype=dtype).eval().requires_grad_(False)
    found = read_tensors(part.path)
    if not is_vae(found):
        raise RenderError("this is no VAE of the Wan family", where=str(part.path), todo="take Wan2.1_VAE.pth or Wan2.2_VAE.pth")
    try:
        state, config = vae_state(found)
    except (KeyError, ValueError) as e:
        raise RenderError(f"the VAE is not complete: {e}", where=str(part.path), todo=AGAIN) from e
    with init_empty_weights():
        model = AutoencoderKLWan.from_config(config)
    _fill(model, {name: tensor.to(dtype) for name, tensor in state.items()}, str(part.path))
    return model.eval().requires_grad_(False)


def vae_channels(part: Part) -> int | None:
    """Channels of an original VAE file's latents, told without reading its numbers; None when it is no VAE. Raises `RenderError`."""
    found = read_tensors(part.path)
    return latent_channels(found) if is_vae(found) else None


def load_text_encoder(part: Part, dtype: torch.dtype = torch.bfloat16) -> nn.Module:
    """UMT5's encoder on the CPU. Raises `RenderError`."""
    from transformers import UMT5EncoderModel

    if not part.original:
        return _pretrained(UMT5EncoderModel, part.path, dtype=dtype).eval().requires_grad_(False)
    from video_core.checkpoints.original_encoders import text_config, text_state

    state = text_state(read_tensors(part.path))
    return _transformers(UMT5EncoderModel, text_config(state), state, dtype, part.path)


def load_image_encoder(part: Part, dtype: torch.dtype = torch.float32) -> nn.Module:
    """CLIP's vision tower on the CPU. Raises `RenderError`."""
    from transformers import CLIPVisionModel

    if not part.original:
        return _pretrained(CLIPVisionModel, part.path, dtype=dtype).eval().requires_grad_(False)
    from video_core.checkpoints.original_encoders import vision_config, vision_state

    state = vision_state(read_tensors(part.path))
    return _transformers(CLIPVisionModel, vision_config(state), state, dtype, part.path)


def load_tokenizer(path: Path) -> Any:
    """The prompt's tokenizer, of a folder or of a text encoder's file that holds it. Raises `RenderError`."""
    from transformers import AutoTokenizer

    if path.is_file():
        from video_core.checkpoints.sentence_pieces import tokenizer_of

        return tokenizer_of(read_state((path,))[TOKENIZER], path)

    return _pretrained(AutoTokenizer, path)


def read_tensors(path: Path) -> State:
    """The tensors of a `.pth` or `.safetensors` file, those kept in 8 bits multiplied out in bf16. Raises `RenderError`."""
    if path.suffix != ".safetensors":
        return read_archive(path)
    return whole({name: tensor for name, tensor in read_state((path,)).items() if name != TOKENIZER}, torch.bfloat16)


def read_archive(path: Path) -> State:
    """The tensors of a `.pth` file; nothing in it is executed. Raises `RenderError`."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except Exception as e:
        raise RenderError(f"the weight file cannot be read: {str(e).splitlines()[0]}", where=str(path), todo=AGAIN) from e
    return {name: tensor for name, tensor in content.items() if isinstance(tensor, torch.Tensor)}


def _transformers(kind: Any, config: Any, state: State, dtype: torch.dtype, path: Path) -> nn.Module:
    with init_empty_weights(include_buffers=False):  # nobody waits for billions of random numbers
        model: Any = kind(config)
    missing, extra = model.load_state_dict({name: tensor.to(dtype) for name, tensor in state.items()}, strict=False, assign=True)
    model.tie_weights()
    missing = [name for name in missing if not name.endswith(("embed_tokens.weight", "position_ids"))]
    if missing or extra:
        raise RenderError(
            f"the weights do not fit {kind.__name__}: {len(missing)} missing, {len(extra)} superfluous, such as {(missing + extra)[0]}",
            where=str(path), todo="check the download",
        )  # fmt: skip
    whole_model: nn.Module = model.eval().requires_grad_(False)
    return whole_model


def _pretrained(kind: Any, path: Path, **options: Any) -> Any:
    transformers_logging.disable_progress_bar()  # the progress of a film is shown elsewhere
    diffusers_logging.disable_progress_bar()
    try:
        return kind.from_pretrained(str(path), local_files_only=True, **options)
    except RenderError:
        raise
    except Exception as e:  # every library has its own error classes for a damaged folder
        raise RenderError(
            f"{path.name} cannot be loaded: {str(e).splitlines()[0] if str(e) else type(e).__name__}", where=str(path), todo=AGAIN
        ) from e
