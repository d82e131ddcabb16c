"""Training: stages that can be drawn, clips that survive the disk, runs that go on where they were."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from shotplan.errors import RenderError
from video_core.embedded.controls import GROUPS, ControlMaps
from video_core.embedded.pipeline import EmbeddedVideoPipeline
from video_core.embedded.training.bank import Batch, Clip, clip_paths, draw, read_clip, write_clip
from video_core.embedded.training.export import export
from video_core.embedded.training.generate import HELD_OUT, clip_of, drawn_clips
from video_core.embedded.training.muon import Muon, orthogonal
from video_core.embedded.training.objective import T_LEAST, noise_levels, velocity_loss
from video_core.embedded.training.plans import random_plan
from video_core.embedded.training.train import Recipe, Trainer, split_weights

SMALL = {"widths": (8, 8, 8), "blocks": (1, 1, 1), "cond_width": 8}


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def clip() -> Clip:
    return next(drawn_clips(HELD_OUT, 1, 6, (24, 40)))


def plain_clip(frames: int = 8) -> Clip:
    """A grey picture that is the negative of its flat colours."""
    value = np.random.default_rng(frames).integers(40, 220, (frames, 16, 24, 1), dtype=np.uint8).repeat(3, -1)
    zero = np.zeros((frames, 16, 24), np.uint8)
    maps = ControlMaps(zero[..., None].repeat(3, -1), zero, value, zero + 255)
    return Clip(255 - value, maps, zero, (1, 2, 3), np.zeros((frames, 1, 18, 3), np.float32))


def test_the_same_seed_gives_the_same_plan_and_held_out_seeds_give_others() -> None:
    assert random_plan(5) == random_plan(5)
    assert random_plan(5) != random_plan(HELD_OUT + 5)


def test_random_plans_use_every_style_time_and_kind_of_camera() -> None:
    plans = [random_plan(seed) for seed in range(150)]
    assert {p.brief.style for p in plans} == {"anime", "watercolor", "ink"}
    assert {p.sets[0].time for p in plans} == {"dawn", "day", "sunset", "night"}
    assert len({p.shots[0].camera.size for p in plans}) == 9
    assert len({c.kind for p in plans for c in p.cast}) > 20


def test_a_drawn_clip_shows_its_instances_in_their_flat_colours(clip: Clip) -> None:
    assert clip.target.shape == (6, 24, 40, 3)
    assert clip.maps.colour.shape == (6, 24, 40, 3)
    assert (clip.ids > 0).any()
    assert clip.maps.depth.max() > 100
    assert clip.maps.edges.any()
    assert 1 <= clip.context[0] <= 3


def test_a_clip_is_the_same_whenever_it_is_drawn(clip: Clip) -> None:
    seed = next(s for s in range(HELD_OUT, HELD_OUT + 20) if clip_of(s, 6, (24, 40)) is not None)
    again = clip_of(seed, 6, (24, 40))
    assert again is not None
    assert np.array_equal(again.target, clip.target)


def test_a_clip_survives_the_disk(clip: Clip, tmp_path: Path) -> None:
    write_clip(tmp_path / "a.npz", clip)
    back = read_clip(tmp_path / "a.npz")
    assert np.array_equal(back.target, clip.target)
    assert np.array_equal(back.maps.pose, clip.maps.pose)
    assert back.context == clip.context
    assert clip_paths(tmp_path) == [tmp_path / "a.npz"]


def test_training_sees_controls_missing_frames_given_and_parts_of_pictures(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.npz", plain_clip())
    rng = np.random.default_rng(0)
    seen = [draw(clip_paths(tmp_path), rng, 4, crop=(8, 16)) for _ in range(80)]
    assert seen[0].video.shape == (1, 3, 4, 8, 16)
    no_edges = [not b.controls[0, GROUPS["edges"]].any() for b in seen]
    given = [int((b.controls[0, GROUPS["keep"]].amax((0, 2, 3)) > 0).sum()) for b in seen]
    assert 2 < sum(no_edges) < 30
    assert given.count(0) > 15
    assert {1, 2, 3, 4} <= set(given)
    for batch, count in zip(seen, given, strict=True):
        if count == 4:
            assert torch.equal(batch.controls[0, GROUPS["kept"]], batch.video[0])


def test_noise_levels_reach_pure_noise_and_stay_above_the_least() -> None:
    t = noise_levels(400, torch.Generator().manual_seed(0))
    assert float(t.min()) >= T_LEAST
    assert 150 < int((t == 1).sum()) < 250


def test_the_loss_of_a_perfect_network_is_zero() -> None:
    video = torch.rand(2, 3, 2, 8, 8)
    batch = Batch(video, torch.zeros(2, 12, 2, 8, 8), torch.zeros(2, 3, dtype=torch.long))
    noise = torch.randn_like(video)
    loss = velocity_loss(lambda *_: video, batch, torch.tensor([0.5, 1.0]), noise, torch.float32)
    assert float(loss) == 0


def test_orthogonal_updates_have_singular_values_near_one() -> None:
    values = torch.linalg.svdvals(orthogonal(torch.randn(24, 60, generator=torch.Generator().manual_seed(0))))
    assert 0.5 < float(values.min()) < float(values.max()) < 1.4


def test_every_weight_has_exactly_one_optimiser(tmp_path: Path) -> None:
    trainer = Trainer(Recipe(bank=tmp_path, held=None, out=tmp_path, minutes=1), SMALL)
    groups = split_weights(trainer.model)
    assert sorted(id(w) for group in groups for w in group) == sorted(id(w) for w in trainer.weights)
    assert isinstance(trainer.optimizers[0][0], Muon)
    assert all(w.ndim >= 2 for w in groups[0])


def test_training_learns_what_the_colours_stand_for_resumes_and_exports(tmp_path: Path) -> None:
    bank = tmp_path / "bank"
    bank.mkdir()
    write_clip(bank / "a.npz", plain_clip())
    recipe = Recipe(bank=bank, held=None, out=tmp_path / "out", minutes=0.06, frames=(2,), crop=None, warmup=5, workers=1)
    first = Trainer(recipe, SMALL)
    first.run()
    log = [json.loads(line)["loss"] for line in (recipe.out / "log.jsonl").read_text().splitlines()]
    assert len(log) == 1 or log[-1] < log[0]
    second = Trainer(recipe, SMALL)
    assert second.resume()
    assert (second.step, second.clips) == (first.step, first.clips)
    for a, b in zip(first.average.parameters(), second.average.parameters(), strict=True):
        assert torch.equal(a, b)
    size = export(recipe.out / "checkpoint.pt", tmp_path / "weights")
    assert size < 200_000
    assert EmbeddedVideoPipeline.load(tmp_path / "weights", torch.float32).model.config["widths"] == [8, 8, 8]


def test_exporting_without_a_checkpoint_says_to_train_first(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="train first"):
        export(tmp_path / "checkpoint.pt", tmp_path / "weights")
