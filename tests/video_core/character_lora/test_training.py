"""A trained adapter has learned something, loads wherever such files are loaded, and comes out the same however often it was stopped."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from shotplan.characters.library import Library
from shotplan.errors import RenderError
from tests.video_core.backends.wan.conftest import MakeBackend
from tests.video_core.character_lora.conftest import Checkpoints
from tests.video_core.character_lora.material import LARGE, Heard, request
from tests.video_core.puppets import talk
from video_core.adapters.first_last import first_last_condition
from video_core.backends.wan.parts import Parts
from video_core.character_lora.cache import read_example
from video_core.character_lora.job import Request, Result, train_character
from video_core.character_lora.samples import load_frames, samples_of
from video_core.checkpoints.lora import fuse, locate_lora
from video_core.planner import Machine
from video_core.rasterise import condition


def train(asked: Request, heard: Heard | None = None) -> Result:
    return train_character(asked, heard or Heard(), machine=LARGE)


def adapter_of(result: Result) -> bytes:
    return (result.character / result.entry.file).read_bytes()


def test_pictures_that_were_never_trained_on_are_drawn_better_than_without_the_adapter(
    checkpoints: Checkpoints, pictures: Path, tmp_path: Path
) -> None:
    result = train(request(tmp_path, checkpoints("t2v"), pictures, steps=60, rank=8, learning_rate=1e-2, held_out=0.25, validate_every=60))
    (start, untrained), (end, trained) = result.measured["adapter"]
    assert (start, end) == (0, 60)
    assert trained < 0.88 * untrained
    told = json.loads((result.character / "character.json").read_text(encoding="utf-8"))
    assert told["adapters"][0]["trained"]["held_out"]["adapter"] == [untrained, trained]


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_a_training_stopped_anywhere_goes_on_to_the_same_bytes(
    checkpoints: Checkpoints, pictures: Path, tmp_path: Path, average: float
) -> None:
    settings = {"steps": 5, "learning_rate": 1e-2, "average": average, "accumulate": 2, "timesteps": "uniform"}
    whole = train(request(tmp_path / "whole", checkpoints("t2v"), pictures, **settings))
    stopped = request(tmp_path / "stopped", checkpoints("t2v"), pictures, **settings)
    for step in (1, 5):
        with pytest.raises(KeyboardInterrupt):
            train(stopped, Heard(stop_at=(0, step)))
        assert not list((tmp_path / "stopped").rglob("adapters/*"))
    heard = Heard()
    result = train(stopped, heard)
    assert adapter_of(result) == adapter_of(whole)
    assert result.measured == whole.measured
    assert heard.encoded == 0


def test_more_steps_go_on_from_a_finished_training_and_another_setting_begins_anew(
    checkpoints: Checkpoints, pictures: Path, tmp_path: Path
) -> None:
    whole = train(request(tmp_path / "whole", checkpoints("t2v"), pictures, steps=4))
    train(request(tmp_path / "on", checkpoints("t2v"), pictures, steps=2))
    heard = Heard()
    longer = train(request(tmp_path / "on", checkpoints("t2v"), pictures, steps=4), heard)
    assert [step.step for step in heard.steps] == [3, 4]
    assert adapter_of(longer) == adapter_of(whole)
    with pytest.raises(RenderError, match="already done 4 steps"):
        train(request(tmp_path / "on", checkpoints("t2v"), pictures, steps=3))
    anew = Heard()
    train(request(tmp_path / "on", checkpoints("t2v"), pictures, steps=2, rank=2), anew)
    assert [step.step for step in anew.steps] == [0, 1, 2]


def test_the_file_loads_in_diffusers_and_changes_the_weights_as_our_own_loader_does(
    checkpoints: Checkpoints, pictures: Path, tmp_path: Path
) -> None:
    from diffusers import FlowMatchEulerDiscreteScheduler, WanPipeline

    folder = checkpoints("t2v")
    result = train(request(tmp_path, folder, pictures, steps=3, learning_rate=1e-2))
    path = result.character / result.entry.file
    pipe = WanPipeline.from_pretrained(str(folder), scheduler=FlowMatchEulerDiscreteScheduler())
    before = {name: tensor.clone() for name, tensor in pipe.transformer.state_dict().items()}
    pipe.load_lora_weights(str(path), adapter_name="hana")
    pipe.fuse_lora()
    pipe.unload_lora_weights()
    after = pipe.transformer.state_dict()
    ours, changed = fuse({name: tensor.clone() for name, tensor in before.items()}, (locate_lora(str(path)),))
    assert changed == 2 * (8 + 2)
    moved = [name for name in before if not torch.equal(before[name], after[name])]
    assert len(moved) == changed
    assert all(torch.allclose(after[name], ours[name], atol=2e-3) for name in before)


def test_the_header_says_what_the_file_is(checkpoints: Checkpoints, pictures: Path, tmp_path: Path) -> None:
    result = train(request(tmp_path, checkpoints("t2v"), pictures, steps=1))
    with safe_open(result.character / result.entry.file, framework="pt") as file:
        told = file.metadata()
        names = list(file.keys())
    assert (told["rank"], told["alpha"], told["trigger"], told["steps"]) == ("4", "4", "hana_girl", "1")
    assert len(told["base_digest"]) == len(told["dataset_digest"]) == 64
    assert all(name.startswith("diffusion_model.blocks.") for name in names)


def test_both_experts_are_trained_each_at_its_own_noise_and_the_film_uses_both(
    checkpoints: Checkpoints, moving: Path, tmp_path: Path, backend: MakeBackend
) -> None:
    folder = checkpoints("i2v", clip=False, experts=2)
    heard = Heard()
    asked = request(tmp_path, folder, moving, steps=3, size=(32, 64), learning_rate=1e-2, model="wan2.2-i2v-a14b")
    result = train(asked, heard)
    assert [(step.expert, step.step) for step in heard.steps] == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1), (1, 2), (1, 3)]
    assert result.entry.file.endswith(".high.safetensors")
    assert result.entry.file_low.endswith(".low.safetensors")
    high, low = (load_file(result.character / name) for name in (result.entry.file, result.entry.file_low))
    assert any(not torch.equal(high[name], low[name]) for name in high)

    known = Library.read(tmp_path / "characters").called("Hana")
    assert known is not None
    shot = condition(talk(frames=9), size=(32, 64), seed=3)
    from dataclasses import replace

    actor = shot.scene.actors[0]
    pictures = np.zeros((1, 32, 64, 3), np.uint8)
    shot = replace(shot, key_frames=pictures, key_frame_numbers=np.array([0], np.int32))
    worn = replace(shot, scene=shot.scene.model_copy(update={
        "actors": (actor.model_copy(update={"adapters": known.adapters}), *shot.scene.actors[1:])
    }))  # fmt: skip
    drawing = backend(folder, model="wan2.2-i2v-a14b")
    with_it, without = drawing.render(worn), drawing.render(shot)
    assert not np.array_equal(with_it.frames, without.frames)
    use = next(use for use in with_it.report if use.control == f"identity of {actor.id}")
    assert (use.use, "strength 1" in use.reason, 'called by "hana_girl"' in use.reason) == ("honoured", True, True)


@pytest.mark.parametrize(("kind", "clip"), [("i2v", True), ("flf2v", True), ("ti2v", False)])
def test_every_family_with_pictures_can_be_trained(
    checkpoints: Checkpoints, moving: Path, tmp_path: Path, kind: str, clip: bool
) -> None:
    result = train(request(tmp_path, checkpoints(kind, clip=clip), moving, steps=2, size=(32, 64), learning_rate=1e-2))
    names = load_file(result.character / result.entry.file)
    assert any("k_img" in name for name in names) == clip
    assert all(torch.isfinite(tensor).all() for tensor in names.values())
    assert any(tensor.abs().max() > 0 for name, tensor in names.items() if "lora_B" in name)
    weights = load_file(checkpoints(kind, clip=clip) / "transformer" / "diffusion_pytorch_model.safetensors")
    _, changed = fuse(weights, (locate_lora(str(result.character / result.entry.file)),))
    assert changed == 2 * (8 + 2 + (2 if clip else 0))


def test_an_image_to_video_model_is_given_the_first_frame_exactly_as_when_it_draws(
    checkpoints: Checkpoints, moving: Path, tmp_path: Path
) -> None:
    asked = request(tmp_path, checkpoints("i2v", clip=False, experts=2), moving, steps=1, size=(32, 64), held_out=0.0)
    train(asked)
    from video_core.character_lora.dataset import read_dataset

    dataset = read_dataset(moving, trigger="hana_girl", otherwise="")
    sample = next(
        s for s in samples_of(dataset, limit=(32, 64), unit=16, longest=9, grid=4, fps=16, share=0) if s.source.kind == "clip"
    )
    frames = load_frames(sample)
    wanted = first_last_condition(frames[0], 9, (32, 64))
    parts = Parts(asked.checkpoint)
    channels = wanted.channels(parts.latents.encode(wanted.pixels))
    examples = [read_example(path) for path in (tmp_path / "characters" / "hana" / "training" / "samples").glob("*.safetensors")
                if "latents" in load_file(path)]  # fmt: skip
    assert any(e.condition is not None and e.condition.shape == channels.shape and torch.equal(e.condition, channels) for e in examples)


def test_a_model_that_does_not_fit_is_refused_before_it_is_loaded(checkpoints: Checkpoints, pictures: Path, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="does not fit") as error:
        train_character(request(tmp_path, checkpoints("t2v"), pictures), Heard(), machine=Machine(None, ram=0.001))
    assert "GB" in str(error.value)
    assert not (tmp_path / "characters" / "hana" / "training").exists()


def test_a_control_model_names_the_model_to_train_instead(checkpoints: Checkpoints, pictures: Path, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="is not trained itself") as error:
        train(request(tmp_path, checkpoints("vace"), pictures))
    assert "text-to-video" in str(error.value)


def test_a_damaged_checkpoint_of_a_training_is_an_error_that_says_what_to_do(
    checkpoints: Checkpoints, pictures: Path, tmp_path: Path
) -> None:
    asked = request(tmp_path, checkpoints("t2v"), pictures, steps=4)
    with pytest.raises(KeyboardInterrupt):
        train(asked, Heard(stop_at=(0, 3)))
    state = next((tmp_path / "characters" / "hana" / "training").rglob("expert0.safetensors"))
    state.write_bytes(state.read_bytes()[:-7])
    with pytest.raises(RenderError, match="damaged"):
        train(asked)


def test_eight_bit_weights_train_too_and_are_named_apart(checkpoints: Checkpoints, pictures: Path, tmp_path: Path) -> None:
    plain = train(request(tmp_path, checkpoints("t2v"), pictures, steps=2, learning_rate=1e-2, weights="bf16"))
    first = adapter_of(plain)
    held = train(request(tmp_path, checkpoints("t2v"), pictures, steps=2, learning_rate=1e-2, weights="fp8"))
    assert adapter_of(held) != first
    assert held.measured["adapter"][0][1] == pytest.approx(plain.measured["adapter"][0][1], rel=0.05)
