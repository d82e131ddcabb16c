"""A worker of a Ray cluster whose clips several processes draw together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shotplan.errors import RenderError
from studio.commands.video_options import cluster_of, shared_by
from tests.video_core.backends.wan.conftest import with_pictures
from tests.video_core.cluster.local import prepare
from tests.video_core.parallel.conftest import Make
from tests.video_core.parallel.test_group import gone
from video_core.cluster.ray_runner import RayRunner
from video_core.cluster.settings import ClusterSettings
from video_core.conditioning import Conditioning
from video_core.encode import read_mp4
from video_core.production.shot_jobs import HereRunner, ShotJob


def test_a_clusters_worker_gets_as_many_gpus_as_share_a_clip() -> None:
    def gpus(ray_gpus: float | None, **settings: str) -> float:
        cluster = cluster_of("auto", ray_gpus, 1.0, "wan", settings)
        assert cluster is not None
        return cluster.gpus

    assert gpus(None) == 1
    assert gpus(None, gpus="8") == gpus(None, option="ulysses=4,ring=2") == gpus(8, gpus="8") == 8
    with pytest.raises(RenderError, match="a worker has 4 GPUs and a clip is shared by 8"):
        gpus(4, gpus="8")
    assert shared_by(None, "auto", 8, None) == 8, "GPUs that a worker holds are used"
    assert shared_by(None, "auto", 8, ["option=ulysses=4"]) is None
    assert shared_by(2, None, None, None) == 2


@pytest.fixture
def ray() -> Iterator[Any]:
    module = pytest.importorskip("ray")
    prepare()
    module.init(num_cpus=1, include_dashboard=False, log_to_driver=False)
    yield module
    module.shutdown()


@pytest.mark.slow
def test_a_group_inside_of_a_rays_worker_draws_the_same_film_and_ends_with_it(
    ray: Any, checkpoints: Callable[..., Path], make: Make, shot: Conditioning, tmp_path: Path
) -> None:
    with_pictures(shot).save(tmp_path / "s01.safetensors")
    jobs = [ShotJob("s01", tmp_path / "s01.safetensors", "digest")]
    said = {"checkpoint": str(checkpoints("t2v")), "steps": "2", "guidance": "1", "device": "cpu"}
    runner = RayRunner(ClusterSettings(address="here"), "wan", said | {"gpus": "2", "cache": str(tmp_path / "there")})
    there = next(iter(runner.run(jobs, lambda *_: None)))
    here = next(iter(HereRunner(make(checkpoints("t2v"), option="vae_tiling=false")).run(jobs, lambda *_: None)))
    for name, mp4 in (("here", here.mp4), ("there", there.mp4)):
        (tmp_path / f"{name}.mp4").write_bytes(mp4)
    a, b = (read_mp4(tmp_path / f"{name}.mp4")[0].astype(int) for name in ("here", "there"))
    assert np.abs(a - b).mean() < 1, "columns are rounded otherwise, and the film is compressed"
    ours = [int(p.parent.name) for p in Path("/proc").glob("[0-9]*/cmdline") if b"video_core.parallel.worker" in _read(p)]
    assert gone(ours)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
