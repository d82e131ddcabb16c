"""Which family a checkpoint belongs to, and whether its parts fit it and each other: all before anything heavy is loaded.

Knows families and the shapes of tensors. Does not know the tensors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from shotplan.errors import RenderError
from video_core.backends.wan.families import FAMILIES, Family, Kind, family
from video_core.backends.wan.published_names import noise_of, one_of_two, says, whole_name
from video_core.checkpoints.inspect import Architecture, architecture
from video_core.checkpoints.load import vae_channels
from video_core.checkpoints.locate import Checkpoint, Part, read_json
from video_core.checkpoints.scaled import scaled_weights


@dataclass(frozen=True)
class Matched:
    """A checkpoint that fits its family."""

    family: Family
    """With the checkpoint's own sizes and boundary where it says them."""
    checkpoint: Checkpoint
    architectures: tuple[Architecture, ...]
    notes: tuple[str, ...]


def match(checkpoint: Checkpoint, model: str = "auto") -> Matched:
    """Find or confirm the family. Raises `RenderError`, one line: wrong kind, missing expert or part, parts that do not fit."""
    notes = checkpoint.notes + _scaled(checkpoint)
    found = architecture(checkpoint.high.header.shapes, checkpoint.high.files.paths[0])
    low = architecture(checkpoint.low.header.shapes, checkpoint.low.files.paths[0]) if checkpoint.low else None
    _driven(found, checkpoint)
    chosen = _recognise(checkpoint, found, low is not None) if model == "auto" else family(model)
    if model != "auto":
        _confirm(chosen, found, low, checkpoint)
    if low is not None and replace(low, naming=found.naming) != found:
        raise RenderError(
            "the two experts are different models", where=checkpoint.source, todo="give the high- and low-noise expert of one model"
        )
    if low is not None:
        _in_order(checkpoint)
    if model == "auto" and "anisora" in whole_name(checkpoint.source).casefold() and not chosen.name.startswith("anisora"):
        versions = ", ".join(f.name for f in FAMILIES.values() if f.name.startswith("anisora") and f.experts == chosen.experts)
        notes += (f"the name says AniSora but not which: drawn as {chosen.name}; --video-model says it ({versions})",)
    chosen, own = _with_own_numbers(chosen, checkpoint, found)
    _parts(chosen, checkpoint, found)
    return Matched(chosen, checkpoint, (found, low) if low else (found,), notes + own)


def _scaled(checkpoint: Checkpoint) -> tuple[str, ...]:
    """What is said of experts whose files keep weights in 8 bits."""
    experts = [weights for weights in (checkpoint.high, checkpoint.low) if weights and not weights.gguf]
    counted = {weights.files.paths[0]: scaled_weights(weights.header, weights.files.paths[0]) for weights in experts}
    return tuple(
        f"{path.name} keeps {count} weights in 8 bits with a scale; they are multiplied out, so they take the memory of bf16"
        for path, count in counted.items() if count
    )  # fmt: skip


def kind_of(found: Architecture, expand_timesteps: bool = False) -> Kind:
    """How this transformer is fed, by its channels and branches."""
    if found.kind == "vace":
        return "vace"
    if found.kind == "animate":
        return "animate"
    if found.in_channels == 2 * found.out_channels + 4:
        return "flf2v" if found.image_positions else "i2v"
    return "ti2v" if expand_timesteps or found.out_channels == 48 else "t2v"


_SAYS: dict[Kind, str] = {
    "t2v": "a text-to-video model", "i2v": "an image-to-video model", "flf2v": "a first-and-last-frame model", "vace": "a VACE model",
    "ti2v": "a text-and-image model of the 5B kind", "animate": "a Wan-Animate model",
}  # fmt: skip


def _describe(found: Architecture, kind: Kind, experts: int) -> str:
    branch = "with" if found.image_dim else "without"
    pair = ", one of two experts" if experts == 2 else ""
    return f"{_SAYS[kind]} ({found.in_channels} input channels, width {found.dim}, {branch} CLIP branch{pair})"


def _recognise(checkpoint: Checkpoint, found: Architecture, two: bool) -> Family:
    kind = kind_of(found, bool(checkpoint.index.get("expand_timesteps")))
    alike = [f for f in FAMILIES.values() if f.kind == kind and (f.image_tokens > 0) == (found.image_dim is not None)]
    alike = [f for f in alike if f.latent_channels == found.out_channels]
    fitting = [f for f in alike if f.experts == 1 + two]
    if not two and any(f.experts == 2 for f in alike) and one_of_two(checkpoint.high.files.paths[0]):
        fitting = []
    if not fitting:
        single = not two and alike
        raise RenderError(
            f"this is {_describe(found, kind, 2 if single else 1)}, and its other expert is missing" if single
            else f"no known model is {_describe(found, kind, 1 + two)}",
            where=checkpoint.source,
            todo="give the other expert as --set checkpoint_low=FILE, or say with --video-model which model it is" if single
            else f"known models: {', '.join(FAMILIES)}",
        )  # fmt: skip
    names = (checkpoint.source, whole_name(checkpoint.source))
    named = next((said for name in names if (said := [f for f in fitting if says(name, "ati" if f.tracks else f.name)])), [])
    same_size = [f for f in fitting if (f.dim, f.layers) == (found.dim, found.layers) and not f.name.startswith("anisora")]
    return max(named, key=lambda f: (f.tracks, len(f.name)), default=(same_size or fitting)[0])


def _driven(found: Architecture, checkpoint: Checkpoint) -> None:
    """Raises `RenderError` for relatives that take other inputs, such as Fun-Control."""
    plain, filled = found.out_channels, 2 * found.out_channels + 4
    expected = {"plain": (plain, filled), "vace": (plain,), "animate": (filled,)}[found.kind]
    if found.in_channels not in expected:
        raise RenderError(
            f"a transformer with {found.in_channels} input channels is not driven here: {' or '.join(map(str, expected))} are known",
            where=checkpoint.source, todo=f"known models: {', '.join(FAMILIES)}",
        )  # fmt: skip


def _in_order(checkpoint: Checkpoint) -> None:
    """Raises `RenderError` when names say that the experts are the wrong way round."""
    assert checkpoint.low is not None
    high, low = checkpoint.high.files.paths[0], checkpoint.low.files.paths[0]
    if noise_of(high) == "low" or noise_of(low) == "high":
        raise RenderError(
            f"by their names the experts are the wrong way round: {high.name} is given for high noise, {low.name} for low noise",
            where=checkpoint.source, todo="give the high-noise file as --checkpoint, the low-noise one as --set checkpoint_low",
        )  # fmt: skip


def _confirm(chosen: Family, found: Architecture, low: Architecture | None, checkpoint: Checkpoint) -> None:
    kind = kind_of(found, bool(checkpoint.index.get("expand_timesteps")))
    clip = found.image_dim is not None
    if kind != chosen.kind or clip != (chosen.image_tokens > 0):
        fitting = [f.name for f in FAMILIES.values() if f.kind == kind and (f.image_tokens > 0) == clip]
        raise RenderError(
            f"{chosen.name} is {_SAYS[chosen.kind]}{'' if chosen.image_tokens or kind != chosen.kind else ' without CLIP branch'}, "
            f"but the checkpoint is {_describe(found, kind, 1)}", where=checkpoint.source,
            todo=f"give --video-model {' or '.join(fitting) or 'auto'}, or another checkpoint",
        )  # fmt: skip
    if chosen.experts == 2 and low is None:
        raise RenderError(
            f"{chosen.name} has two experts and the low-noise one is missing", where=checkpoint.source,
            todo="give the whole folder, or the second file as --set checkpoint_low=FILE",
        )  # fmt: skip
    if chosen.experts == 1 and low is not None:
        two = [f.name for f in FAMILIES.values() if f.kind == kind and f.experts == 2 and (f.image_tokens > 0) == clip]
        raise RenderError(
            f"{chosen.name} has one expert, but the checkpoint has two", where=checkpoint.source,
            todo=f"give --video-model {' or '.join(two) or 'auto'}",
        )  # fmt: skip
    alike = [f for f in FAMILIES.values() if f.kind == kind and f.experts == chosen.experts]
    own = [f for f in alike if (f.dim, f.layers) == (found.dim, found.layers)]
    if own and chosen not in own:
        raise RenderError(
            f"{chosen.name} has width {chosen.dim} and {chosen.layers} layers, but the checkpoint has {found.dim} and {found.layers}",
            where=checkpoint.source, todo=f"give --video-model {own[0].name}",
        )  # fmt: skip


def _with_own_numbers(chosen: Family, checkpoint: Checkpoint, found: Architecture) -> tuple[Family, tuple[str, ...]]:
    notes: list[str] = []
    config = checkpoint.high.config or {}
    heads = int(config.get("num_attention_heads") or found.heads())
    changes: dict[str, Any] = {
        "dim": found.dim, "ffn_dim": found.ffn_dim, "layers": found.layers, "heads": heads, "in_channels": found.in_channels,
        "latent_channels": found.out_channels, "text_dim": found.text_dim,
    }  # fmt: skip
    if found.kind == "vace":
        changes["vace_layers"] = tuple(config.get("vace_layers") or range(0, found.layers, max(1, found.layers // found.vace_layers)))
    if chosen.experts == 2 and checkpoint.index.get("boundary_ratio") is not None:
        changes["boundary"] = float(checkpoint.index["boundary_ratio"])
    if (found.dim, found.layers) not in {(f.dim, f.layers) for f in FAMILIES.values()}:
        notes.append(f"the transformer has width {found.dim} and {found.layers} layers, which no published model has")
    return replace(chosen, **changes), tuple(notes)


def _parts(chosen: Family, checkpoint: Checkpoint, found: Architecture) -> None:
    where = checkpoint.source
    base = f"give --set base=FOLDER, a folder or Hub id that has it, such as {chosen.hub}"
    missing = [
        name
        for name, part in (("VAE", checkpoint.vae), ("text encoder", checkpoint.text_encoder), ("tokenizer", checkpoint.tokenizer))
        if part is None
    ]
    if found.image_dim is not None and checkpoint.image_encoder is None:
        missing.append("CLIP image encoder")
    if missing:
        raise RenderError(f"the checkpoint has no {' and no '.join(missing)}", where=where, todo=base)
    _width(checkpoint.text_encoder, "d_model", found.text_dim, "text encoder")
    _width(checkpoint.image_encoder if found.image_dim else None, "hidden_size", found.image_dim, "CLIP image encoder")
    _width(checkpoint.vae, "z_dim", found.out_channels, "VAE")
    if checkpoint.vae is not None and checkpoint.vae.original:
        _original_vae(checkpoint.vae, found.out_channels)


def _original_vae(part: Part, expected: int) -> None:
    given = vae_channels(part)
    if given != expected:
        name = {16: "Wan2.1_VAE.pth", 48: "Wan2.2_VAE.pth"}.get(expected, "the VAE of the same model")
        raise RenderError(
            f"{part.path.name} is no VAE of the Wan family" if given is None
            else f"the VAE does not fit the transformer: it gives {given} channels and {expected} are expected",
            where=str(part.path), todo=f"take {name}",
        )  # fmt: skip


def _width(part: Part | None, key: str, expected: int | None, what: str) -> None:
    if part is None or part.original or expected is None:
        return
    config = read_json(part.path / "config.json")
    width = config.get(key, config.get("vision_config", {}).get(key))
    if width is not None and width != expected:
        raise RenderError(
            f"the {what} does not fit the transformer: it gives {width} channels and {expected} are expected",
            where=str(part.path), todo="take both from the same model",
        )  # fmt: skip

