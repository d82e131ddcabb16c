"""What two processes do together in the tests of this folder: started once by torchrun, every result is written by the first.

`python -m torch.distributed.run --standalone --nproc-per-node 2 -m tests.video_core.parallel.ranks FILE` writes {name: tensor or text};
with a second word `compiled`, only what compiled models say.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
import torch.distributed as dist
from diffusers.utils import logging

from shotplan.errors import RenderError
from tests.video_core.backends.wan import tiny
from video_core.parallel.columns import columns_to_first, decode_columns, encode_columns
from video_core.parallel.group import ALONE, Group, join
from video_core.planner import OptionSet

LATENT = (5, 4, 8)
"""Frames, rows and columns: 5 x 2 x 4 = 40 tokens, 8 a frame, so that two processes meet inside a frame."""
SPLIT = OptionSet(ulysses=2)
CASES = {
    "t2v": ("t2v", SPLIT), "i2v with CLIP": ("i2v", SPLIT), "first and last": ("flf2v", SPLIT), "ti2v": ("ti2v", SPLIT),
    "vace": ("vace", SPLIT), "animate": ("animate", SPLIT), "vace with a reference": ("vace", SPLIT),
    "ulysses_anything": ("t2v", OptionSet(ulysses=2, ulysses_anything=True)),
    "animate, anything": ("animate", OptionSet(ulysses=2, ulysses_anything=True)),
    "ti2v, anything": ("ti2v", OptionSet(ulysses=2, ulysses_anything=True)),
    "fp8": ("t2v", OptionSet(ulysses=2, weights="fp8_storage")), "offload": ("vace", OptionSet(ulysses=2, offload="group", stream=False)),
}  # fmt: skip


def latent_shape(name: str) -> tuple[int, int, int]:
    """Of the case: 15 tokens, which two processes cannot share evenly, where anything goes."""
    frames, rows, columns = LATENT
    return (frames, 2, 6) if "anything" in name else (frames + ("reference" in name), rows, columns)


def inputs(name: str) -> dict[str, Any]:
    """The arguments of a transformer's call, the same in every process."""
    kind, (t, h, w) = CASES[name][0], latent_shape(name)
    draw = torch.Generator().manual_seed(5)

    def noise(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=draw)

    given: dict[str, Any] = {"timestep": torch.tensor([700.0]), "encoder_hidden_states": noise(1, 512, tiny.TEXT_DIM), "return_dict": False}
    match kind:
        case "t2v":
            given["hidden_states"] = noise(1, 16, t, h, w)
        case "i2v" | "flf2v":
            given |= {"hidden_states": noise(1, 36, t, h, w)}
            given["encoder_hidden_states_image"] = noise(2 if kind == "flf2v" else 1, 17, tiny.IMAGE_DIM)
        case "ti2v":
            clean, noisy = h * w // 4, (t - 1) * h * w // 4
            given |= {"hidden_states": noise(1, 48, t, h, w)}
            given["timestep"] = torch.cat([torch.zeros(clean), torch.full((noisy,), 700.0)])[None]
        case "vace":
            given |= {"hidden_states": noise(1, 16, t, h, w), "control_hidden_states": noise(1, 96, t, h, w)}
            given["control_hidden_states_scale"] = torch.tensor([0.7, 1.0])
        case "animate":
            given |= {"hidden_states": noise(1, 36, t, h, w), "pose_hidden_states": noise(1, 16, t - 1, h, w)}
            given["face_pixel_values"] = noise(1, 3, 4 * (t - 2) + 1, 16, 16)
            given["encoder_hidden_states_image"] = noise(1, 17, tiny.IMAGE_DIM)
    return given


COMPILED = ("t2v", "vace", "animate", "ti2v", "animate, anything")


def answer(name: str, group: Group, *, compiled: bool = False) -> torch.Tensor:
    """What the case's transformer says, alone or together."""
    from video_core.backends.wan.placement import place

    kind, options = CASES[name]
    model = tiny.transformer(kind).eval()
    if group.size == 1:
        options = options.but(ulysses=1, ulysses_anything=False)
    place(model, options.but(compile="regional" if compiled else "none"), torch.device("cpu"), group)
    with torch.no_grad():
        said: torch.Tensor = model(**inputs(name))[0]
    return said


def pictures(kind: str, group: Group, columns: int) -> tuple[torch.Tensor | None, torch.Tensor]:
    """The autoencoder's (decoded, encoded), alone or together; decoded is None in all processes but the first."""
    vae = tiny.vae(kind).eval()
    stride = vae.spatial_compression_ratio
    draw = torch.Generator().manual_seed(1)
    latents = torch.randn((1, vae.config.z_dim, 3, 4, columns), generator=draw)
    pixels = torch.rand((1, 3, 9, 4 * stride, columns * stride), generator=draw) * 2 - 1
    with torch.no_grad():
        if group.size == 1:
            return vae.decode(latents, return_dict=False)[0], vae.encode(pixels).latent_dist.mode()
        own = decode_columns(vae, latents, group)
        return columns_to_first(own, columns, group), encode_columns(vae, pixels, group)


def results(group: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    for name in CASES:
        yield name, partial(answer, name, group)
    for kind, columns in (("t2v", 6), ("t2v", 7), ("ti2v", 5)):
        yield f"decoded {kind} {columns}", lambda k=kind, c=columns: pictures(k, group, c)[0]  # type: ignore[misc]
        yield f"encoded {kind} {columns}", lambda k=kind, c=columns: pictures(k, group, c)[1]  # type: ignore[misc]
    yield "said by the first", lambda: group.from_first(lambda: {"a": torch.arange(3), "rank": group.rank})
    yield "helped", lambda: group.from_first(lambda: group.together("sum", 2))
    yield "refused group", lambda: _refused(lambda: answer("t2v", Group(group.rank, 3, group.device)))


def _refused(what: Callable[[], Any]) -> str:
    try:
        what()
    except RenderError as e:
        return str(e)
    return "nothing"


def main() -> None:
    logging.set_verbosity_error()
    torch.set_num_threads(1)
    group = join("cpu")
    group.helps["sum"] = lambda n: _sum(n)
    made: dict[str, Any] = {}
    compiled = {name: partial(answer, name, group, compiled=True) for name in COMPILED}
    for name, make in compiled.items() if "compiled" in sys.argv else results(group):
        made[name] = make()
        if made[name] is not None and torch.is_tensor(made[name]) and not name.startswith("decoded"):
            other = made[name].clone()
            dist.broadcast(other, 0)
            made[f"{name}: all say the same"] = bool(torch.equal(other, made[name]))
    if "compiled" not in sys.argv:
        gathered: list[Any] = [None, None]
        dist.all_gather_object(gathered, made["said by the first"]["rank"])
        made["rank heard by all"] = gathered
    if group.first:
        torch.save(made, sys.argv[1])
    dist.destroy_process_group()


def _sum(n: int) -> int:
    total = torch.tensor([n])
    dist.all_reduce(total)
    return int(total)


def alone(name: str) -> Any:
    """The same in one process."""
    return dict(results(ALONE))[name]()


if __name__ == "__main__":
    main()
