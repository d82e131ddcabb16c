"""A checkpoint of a model's real shape without its weights: headers as they would be, data made up when a part is loaded.

The folder is a diffusers folder like any other, but its weight files are sparse: names, shapes and sizes are real, and there is nothing in
them. So everything the program does before loading it does here too. `made_up` then stands in for the functions that read weights.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from accelerate import init_empty_weights
from diffusers import AutoencoderKLWan
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers
from torch import nn
from transformers import CLIPVisionConfig, CLIPVisionModel, PreTrainedTokenizerFast, UMT5Config, UMT5EncoderModel

from video_core.checkpoints.load import CLASSES
from video_core.checkpoints.locate import Part, Weights
from video_core.checkpoints.taehv import FastDecoder
from video_core.planner import VideoModel
from video_core.planner.models import CLIP_WIDTH, UMT5_WIDTH

Loaded = Callable[[str, Callable[[], Any]], Any]
"""Calls the function that makes a part, and may take its time."""
WIDE_TEXT: dict[str, Any] = {"vocab_size": 256384, "d_model": UMT5_WIDTH, "d_kv": 64, "d_ff": 10240, "num_layers": 24, "num_heads": 64}
SMALL_TEXT: dict[str, Any] = {"vocab_size": 64, "d_kv": 8, "d_ff": 32, "num_layers": 1, "num_heads": 2}
WIDE_CLIP: dict[str, Any] = {
    "hidden_size": CLIP_WIDTH, "intermediate_size": 5120, "num_hidden_layers": 32, "num_attention_heads": 16, "image_size": 224,
    "patch_size": 14, "hidden_act": "gelu",
}  # fmt: skip
SMALL_CLIP: dict[str, Any] = {"intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "image_size": 16, "patch_size": 4}
SMALL_VAE: dict[str, Any] = {"base_dim": 3, "dim_mult": [1, 1, 1, 1], "num_res_blocks": 1}


def write_checkpoint(folder: Path, model: VideoModel) -> Path:
    """A folder that looks like a downloaded model; nothing in it is larger than a few megabytes on disk. Returns `folder`."""
    dit = model.dit
    kind = CLASSES["vace" if dit.vace_layers else "plain"]
    config = transformer_config(model)
    shapes = {name: tuple(tensor.shape) for name, tensor in empty(lambda: kind.from_config(config)).state_dict().items()}
    names = ["transformer", "transformer_2"][: model.experts]
    index: dict[str, Any] = {"_class_name": "WanPipeline", "transformer_2": [None, None], "expand_timesteps": dit.token_times}
    for name in names:
        _part(folder / name, {"_class_name": kind.__name__, **config}, shapes)
        index[name] = ["diffusers", kind.__name__]
    wide_vae = {} if dit.text_dim == UMT5_WIDTH else SMALL_VAE
    _part(folder / "vae", {"_class_name": "AutoencoderKLWan", "z_dim": model.vae.z, **wide_vae}, {"weight": (1,)})
    text = WIDE_TEXT if dit.text_dim == UMT5_WIDTH else {**SMALL_TEXT, "d_model": dit.text_dim}
    _part(folder / "text_encoder", {**UMT5Config(feed_forward_proj="gated-gelu", **text).to_dict()}, {"weight": (1,)})
    index |= {"vae": ["diffusers", "AutoencoderKLWan"], "text_encoder": ["transformers", "UMT5EncoderModel"]}
    if dit.image_dim is not None:
        image = WIDE_CLIP if dit.image_dim == CLIP_WIDTH else {**SMALL_CLIP, "hidden_size": dit.image_dim}
        _part(folder / "image_encoder", CLIPVisionConfig(**image).to_dict(), {"weight": (1,)})
        index["image_encoder"] = ["transformers", "CLIPVisionModel"]
    _tokenizer().save_pretrained(folder / "tokenizer")
    index["tokenizer"] = ["transformers", "PreTrainedTokenizerFast"]
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder


def write_taehv(path: Path) -> Path:
    """A file of the small decoder, with random numbers in it. Returns `path`."""
    torch.manual_seed(0)
    save_file({name: tensor.contiguous() for name, tensor in FastDecoder(16, 1).state_dict().items()}, path)
    return path


def transformer_config(model: VideoModel) -> dict[str, Any]:
    """The diffusers configuration of the planner's shape."""
    dit = model.dit
    config: dict[str, Any] = {
        "patch_size": list(dit.patch), "num_attention_heads": dit.heads, "attention_head_dim": dit.head_dim,
        "in_channels": dit.in_channels, "out_channels": dit.out_channels, "text_dim": dit.text_dim, "freq_dim": dit.freq_dim,
        "ffn_dim": dit.ffn, "num_layers": dit.layers, "cross_attn_norm": dit.cross_attn_norm, "qk_norm": "rms_norm_across_heads",
        "image_dim": dit.image_dim, "added_kv_proj_dim": dit.added_kv, "pos_embed_seq_len": dit.pos_embed_len, "eps": 1e-6,
    }  # fmt: skip
    if dit.vace_layers:
        config |= {"vace_layers": list(dit.vace_layers), "vace_in_channels": dit.vace_channels}
    return config


@contextmanager
def made_up(loaded: Loaded) -> Iterator[None]:
    """While it lasts the wan backend's parts are made of random numbers, each where its weights would have been read to."""
    cpu = torch.device("cpu")

    def transformer(
        weights: Weights, found: Any, *, dtype: torch.dtype = torch.bfloat16, device: torch.device | None = None, **_: Any
    ) -> nn.Module:
        kind = CLASSES[found.kind]
        keep = tuple(kind._keep_in_fp32_modules or ())
        return loaded("transformer", lambda: filled(empty(lambda: kind.from_config(weights.config)), dtype, device or cpu, keep))

    def text(part: Part, dtype: torch.dtype = torch.bfloat16) -> nn.Module:
        config = UMT5Config(**_config(part))
        return loaded("text encoder", lambda: filled(empty(lambda: UMT5EncoderModel(config)), dtype, cpu))

    def image(part: Part, dtype: torch.dtype = torch.float32) -> nn.Module:
        config = CLIPVisionConfig(**_config(part))
        return loaded("image encoder", lambda: filled(empty(lambda: CLIPVisionModel(config)), dtype, cpu))

    def vae(part: Part, dtype: torch.dtype = torch.float32) -> nn.Module:
        config = _config(part)
        return loaded("autoencoder", lambda: filled(empty(lambda: AutoencoderKLWan.from_config(config)), dtype, cpu))

    parts = "video_core.backends.wan.parts"
    with ExitStack() as stack:
        for name, stand_in in (
            ("video_core.backends.wan.experts.load_transformer", transformer), (f"{parts}.load_text_encoder", text),
            (f"{parts}.load_image_encoder", image), (f"{parts}.load_vae", vae),
        ):  # fmt: skip
            stack.enter_context(mock.patch(name, stand_in))
        yield


def filled(model: nn.Module, dtype: torch.dtype, device: torch.device, keep: tuple[str, ...] = ()) -> nn.Module:
    """An empty model with random numbers at the usual scale, made where they are fastest made. `keep`: modules that stay float32."""
    made: dict[int, nn.Parameter] = {}
    originals = []  # kept alive, so that no two parameters ever have one id
    for prefix, module in model.named_modules():
        for name, parameter in module._parameters.items():
            if parameter is None:
                continue
            if id(parameter) not in made:
                originals.append(parameter)
                path = f"{prefix}.{name}"
                wide = any(part in path.split(".") for part in keep)
                numbers = _numbers(path, tuple(parameter.shape), torch.float32 if wide else dtype)
                made[id(parameter)] = nn.Parameter(numbers.to(device), requires_grad=False)
            module._parameters[name] = made[id(parameter)]
    return model.eval()


def _numbers(path: str, shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
    source = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if path.endswith("bias"):
        return torch.zeros(shape, dtype=dtype, device=source)
    if len(shape) == 1 or path.endswith("gamma"):
        return torch.ones(shape, dtype=dtype, device=source)
    fan_in = shape[-1] if "scale_shift_table" in path else math.prod(shape[1:])
    return torch.empty(shape, dtype=dtype, device=source).normal_(0, fan_in**-0.5)


def empty(make: Callable[[], Any]) -> Any:
    """What `make` gives, without numbers; weights that are one and the same stay so."""
    with init_empty_weights():
        model = make()
    if isinstance(model, UMT5EncoderModel):
        model.tie_weights()
    return model


def _config(part: Part) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((part.path / "config.json").read_text(encoding="utf-8"))
    return found


def _part(folder: Path, config: dict[str, Any], shapes: dict[str, tuple[int, ...]]) -> None:
    """config.json and a weight file of the right size with a hole where the numbers would be."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    header, end = {}, 0
    for name, shape in shapes.items():
        start, end = end, end + 2 * math.prod(shape)
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [start, end]}
    told = json.dumps(header).encode()
    told += b" " * (-len(told) % 8)
    with (folder / "model.safetensors").open("wb") as file:
        file.write(len(told).to_bytes(8, "little") + told)
        file.truncate(8 + len(told) + end)


def _tokenizer() -> PreTrainedTokenizerFast:
    letters = ["<pad>", "</s>", "<unk>", *"abcdefghijklmnopqrstuvwxyz0123456789.,:-()'\""]
    model = Tokenizer(models.WordLevel({letter: n for n, letter in enumerate(letters)}, unk_token="<unk>"))
    model.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return PreTrainedTokenizerFast(tokenizer_object=model, pad_token="<pad>", eos_token="</s>", unk_token="<unk>")
