"""Which adapters of a shot's characters go into the model, and what is said of the others.

Knows families, LoRA headers and trigger words. Does not fuse (`video_core.checkpoints.lora`) or load anything.
An adapter fits the family it was trained on, and, approximately, other families whose blocks have the same shape: a VACE model holds
the blocks of its text-to-video model, AniSora those of Wan image-to-video. Of several such, one that is fed alike is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from shotplan.characters.known import Adapter, said_at
from shotplan.errors import RenderError
from video_core.backends.backend import ControlUse
from video_core.backends.wan.families import FAMILIES, Family
from video_core.checkpoints.header import read_header
from video_core.checkpoints.lora import Lora, locate_lora
from video_core.conditioning import ActorCard, SceneCard

_QUERY = re.compile(r"blocks[._]\d+[._](?:self_attn[._]q|attn1[._]to_q)\.lora_(?:A|down)\.")
_TRAIN = "train one: ekonte train-character"


@dataclass(frozen=True)
class Identities:
    """The adapters of one shot's characters."""

    high: tuple[Lora, ...] = ()
    """For the only or the high-noise expert."""
    low: tuple[Lora, ...] = ()
    triggers: tuple[tuple[str, str], ...] = ()
    """(name, trigger word) of everybody who has an adapter here."""
    report: tuple[ControlUse, ...] = ()


def identities(scene: SceneCard, family: Family, *, packed: bool = False) -> Identities:
    """The adapters for this family. `packed`: the weights are GGUF, into which nothing can be fused.

    Raises `RenderError` when a file cannot be read.
    """
    high: list[Lora] = []
    low: list[Lora] = []
    triggers, report = [], []
    for actor in scene.actors:
        if not actor.adapters:
            continue
        chosen, why = _chosen(actor, family)
        if chosen is not None and packed:
            chosen, why = None, "nothing can be fused into a GGUF file's packed weights"
        if chosen is None:
            report.append(ControlUse(f"identity of {actor.id}", "ignored", why))
            continue
        high.append(Lora(locate_lora(chosen.file).path, chosen.strength))
        if family.experts == 2:
            low.append(Lora(locate_lora(chosen.file_low).path, chosen.strength))
        if chosen.trigger:
            triggers.append((actor.name, chosen.trigger))
        told = f"adapter {Path(chosen.file).name}, strength {chosen.strength:g}"
        if chosen.trigger:
            told += f', called by "{chosen.trigger}"'
        report.append(ControlUse(f"identity of {actor.id}", "approximated" if why else "honoured", f"{told}{'; ' + why if why else ''}"))
    return Identities(tuple(high), tuple(low), tuple(triggers), tuple(report if len(high) < 2 else map(_mixed, report)))


def check_adapters(adapters: Iterable[Adapter]) -> None:
    """Look at every file's header. Raises `RenderError` when one is missing, cut short or no LoRA."""
    for adapter in adapters:
        for file in (adapter.file, adapter.file_low):
            if file:
                locate_lora(file)


def with_triggers(prompt: str, triggers: Iterable[tuple[str, str]]) -> str:
    """The prompt with each trigger word before its character's name, or in front where the name is not said."""
    for name, trigger in triggers:
        if said_at(trigger.casefold(), prompt.casefold()) is not None:
            continue
        at = said_at(name, prompt)
        prompt = f"{trigger}, {prompt}".rstrip(", ") if at is None else f"{prompt[:at]}{trigger} {prompt[at:]}"
    return prompt


def _mixed(use: ControlUse) -> ControlUse:
    """What is said of a character who is not the only one with an adapter in the shot."""
    if use.use == "ignored":
        return use
    return ControlUse(use.control, "approximated", f"{use.reason}; the adapters are added up over the whole picture: features may mix")


def _chosen(actor: ActorCard, family: Family) -> tuple[Adapter | None, str]:
    """The adapter to use and what is remarkable about it; or None and why there is none."""
    exact = next((a for a in actor.adapters if a.family == family.name), None)
    alike = [a for a in actor.adapters if _same_blocks(a.family, family.name)]
    fed_alike = next((a for a in alike if FAMILIES[a.family].in_channels == family.in_channels), None)
    adapter = exact or fed_alike or next(iter(alike), None)
    if adapter is None:
        have = ", ".join(a.family for a in actor.adapters)
        return None, f"the adapter was trained on {have}, which is another model than {family.name}; {_TRAIN}"
    if family.experts == 2 and not adapter.file_low:
        return None, "there is no adapter for the low-noise expert; an identity comes from both"
    for file in (adapter.file, adapter.file_low if family.experts == 2 else ""):
        width = _width(file) if file else None
        if width not in (None, family.dim):
            return None, f"{Path(file).name} was made for a model of width {width}, and this one has {family.dim}"
    return adapter, "" if exact else f"trained on {adapter.family}, whose blocks have the same shape"


def _same_blocks(trained: str, used: str) -> bool:
    a, b = FAMILIES.get(trained), FAMILIES.get(used)
    if a is None or b is None:
        return False
    return (a.dim, a.layers, a.experts, a.latent_channels) == (b.dim, b.layers, b.experts, b.latent_channels)


def _width(file: str) -> int | None:
    """Channels of the model that a LoRA changes, by its first query layer; None when it has none."""
    path = locate_lora(file).path
    shapes = read_header(path).shapes
    found = next((shape for name, shape in shapes.items() if _QUERY.search(name)), None)
    if found is None:
        return None
    if len(found) != 2:
        raise RenderError("the LoRA holds something else than matrices", where=file, todo="give a LoRA of the Wan family")
    return int(found[1])
