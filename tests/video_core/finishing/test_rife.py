"""RIFE networks in ncnn's files, on a small one with random weights.

The reader was compared with ncnn itself on this network: every layer within 1e-5.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from shotplan.errors import RenderError
from tests.video_core.finishing.films import drawn, shot_on_disk, square
from tests.video_core.finishing.rife_network import write_network
from video_core import upscale
from video_core.finishing.interpolate import Interpolate
from video_core.finishing.ncnn_graph import NcnnGraph, warp
from video_core.finishing.rife import Rife
from video_core.finishing.settings import InterpolateSettings
from video_core.finishing.stage import Told


def test_the_reader_runs_the_shipped_upscaler_as_its_own_code_does() -> None:
    """A real trained network, read by the general reader and by the special one."""
    graph = NcnnGraph.load(upscale.MODEL.with_suffix(".param"), upscale.MODEL)
    x = torch.from_numpy(np.random.default_rng(0).random((1, 3, 12, 16), dtype=np.float32))
    (general,) = graph({graph.inputs[0]: x}).values()
    with torch.inference_mode():
        special = upscale.read_ncnn(upscale.MODEL)(x)
    torch.testing.assert_close(general, special, atol=1e-5, rtol=0)


def test_warping_samples_where_the_flow_points() -> None:
    image = torch.arange(12.0).view(1, 1, 3, 4)
    flow = torch.zeros(1, 2, 3, 4)
    flow[:, 0], flow[:, 1] = 1.5, 1.0
    assert warp(image, flow)[0, 0, 0].tolist() == pytest.approx([5.5, 6.5, 7.0, 7.0])


def test_a_network_makes_frames_of_any_size_at_any_moment(tmp_path: Path) -> None:
    rife = Rife.load(write_network(tmp_path))
    first, second = square(40, (90, 150)), square(60, (90, 150))
    frames = [rife.between(first, second, m) for m in (0.25, 0.5)]
    assert frames[0].shape == first.shape
    assert frames[0].dtype == np.uint8
    assert not np.array_equal(*frames), "the moment counts"


def test_the_stage_uses_the_users_network_and_says_so(tmp_path: Path) -> None:
    given, bundle = drawn(3, (96, 160))
    shot = shot_on_disk(tmp_path, "s01", given, bundle)
    write_network(tmp_path)
    stage = Interpolate(InterpolateSettings(times=2, model=str(tmp_path)))
    stage.check()
    told = Told()
    out = list(stage.apply(iter(given), shot.form, shot, told))
    assert "by RIFE; 2 made" in told.findings[0].text
    np.testing.assert_array_equal(out[1], Rife.load(tmp_path).between(given[0], given[1], 0.5))


def test_another_network_makes_a_film_stale(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    versions = [
        Interpolate(InterpolateSettings(times=2, model=str(write_network(tmp_path / name, seed=seed)))).version()
        for name, seed in (("one", 1), ("two", 2))
    ]
    assert versions[0] != versions[1]


def test_networks_that_cannot_be_used_are_told_apart(tmp_path: Path) -> None:
    param = write_network(tmp_path)
    weights, text = param.with_suffix(".bin").read_bytes(), param.read_text()

    def refused(name: str, layers: str, raw: bytes | None) -> str:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "flownet.param").write_text(layers)
        if raw is not None:
            (folder / "flownet.bin").write_bytes(raw)
        with pytest.raises(RenderError) as e:
            Rife.load(folder)
        return str(e.value)

    assert "cut short" in refused("short", text, weights[:-100])
    assert "longer than its layers need" in refused("long", text, weights + b"more")
    assert "packed in a way" in refused("packed", text, b"\1\2\3\4" + weights[4:])
    assert "cannot be read" in refused("no weights", text, None)
    assert "layer Attention" in refused("layer", text.replace("Sigmoid ", "Attention ", 1), weights)
    assert "does not begin with" in refused("text", "hello\nworld\n!", weights)
    assert "announces 99 layers" in refused("count", text.replace(text.splitlines()[1], "99 99", 1), weights)
    assert "nothing makes 'c0'" in refused("hole", text.replace(" c0 0=0", " c00 0=0", 1), weights)
    assert "older ones make only the frame in the middle" in refused("old", text.replace("in2", "moment"), weights)
    with pytest.raises(RenderError, match="cannot be read"):
        Rife.load(tmp_path / "nowhere.param")
