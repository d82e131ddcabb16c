"""A worker group as a film uses it: the same pictures, a process that dies, what is refused, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shotplan.errors import EkonteError, RenderError
from tests.shotplan.films import film
from tests.video_core.backends.wan.conftest import with_pictures
from tests.video_core.backends.wan.test_film import Silent
from tests.video_core.parallel.conftest import Make
from video_core.backends import make_backend
from video_core.conditioning import Conditioning
from video_core.encode import read_mp4
from video_core.production.production import Production

Folder = Callable[..., Path]
SHARED = "ulysses=2"


def gone(pids: list[int], within: float = 20.0) -> bool:
    """Whether these processes end in time."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if not any(Path(f"/proc/{pid}/stat").exists() and ") Z " not in Path(f"/proc/{pid}/stat").read_text() for pid in pids):
            return True
        time.sleep(0.1)
    return False


def test_a_group_draws_the_film_of_one_and_lives_on_after_a_shot_that_cannot_be_drawn(
    checkpoints: Folder, make: Make, shot: Conditioning
) -> None:
    folder = checkpoints("i2v")
    one, two = make(folder), make(folder, option=SHARED)
    heard: list[tuple[int, int]] = []
    expected, clip = one.render(shot), two.render(shot, progress=lambda done, total: heard.append((done, total)))
    assert np.array_equal(clip.frames, expected.frames)
    assert clip.report == expected.report
    assert two.version() == one.version()
    assert heard[-1] == (1000, 1000)
    pids = list(two._held.crew.pids.values())
    with pytest.raises(EkonteError, match="first frame"):
        two.render(with_pictures(shot))
    other = replace(shot, scene=shot.scene.model_copy(update={"seed": 11}))
    assert np.array_equal(two.render(other).frames, one.render(other).frames)
    assert list(two._held.crew.pids.values()) == pids
    two.close()
    assert gone(pids)


def test_what_cannot_be_shared_is_said_before_anything_is_loaded(
    checkpoints: Folder, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = checkpoints("t2v")
    with pytest.raises(RenderError, match="2 heads, which 3 GPUs cannot share"):
        make(folder, option="ulysses=3").check_film((32, 64), 16)
    with pytest.raises(RenderError, match="log-sum-exp"):
        make(folder, option="ring=2").check_film((32, 64), 16)
    with pytest.raises(RenderError, match="is for 2 GPUs and --gpus says 4"):
        make(folder, option=SHARED, gpus=4).check()
    with pytest.raises(RenderError, match="there is none"):
        make(folder, gpus=2, device="auto").check()
    with pytest.raises(RenderError, match=r"has no settings.*--set gpus"):
        make_backend("embedded", {"gpus": "2"})
    made = make(folder, gpus=8)
    assert made.parts.processes == 2, "the tiny model has two heads"
    options = made.parts.plan((32, 64), 9, made.sampling)
    assert (options.ulysses, options.ulysses_anything, options.vae_spread) == (2, False, True)
    assert made.parts.plan((48, 48), 9, made.sampling).ulysses_anything, "9 tokens a frame do not divide by 2"
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 1)
    with pytest.raises(RenderError, match="2 GPUs are to share a clip and there are 1"):
        make(folder, gpus=2, device="auto").check()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("t2v", {"experts": 2, "guidance": 4}), ("ti2v", {}), ("animate", {"clip_frames": 5}), ("vace", {"clip_frames": 5, "overlap": 1}),
        ("flf2v", {}), ("t2v", {"option": "ulysses=2,ulysses_anything=true,weights=fp8_storage"}),
    ],
)  # fmt: skip
def test_every_kind_of_model_draws_with_two_processes_what_it_draws_with_one(
    checkpoints: Folder, make: Make, shot: Conditioning, kind: str, settings: dict[str, Any]
) -> None:
    said = dict(settings)
    folder = checkpoints(kind, experts=said.pop("experts", 1))
    alone = [word for word in str(said.get("option", "")).split(",") if word and "ulysses" not in word]
    one = make(folder, **said | ({"option": ",".join(alone)} if alone else {})).render(shot)
    two = make(folder, **{"option": SHARED} | said).render(shot)
    assert np.array_equal(one.frames, two.frames)
    assert one.report == two.report


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["i2v", "ti2v"])
def test_spread_over_columns_the_film_differs_by_rounding_alone(
    checkpoints: Folder, make: Make, shot: Conditioning, kind: str
) -> None:
    folder = checkpoints(kind)
    one, two = make(folder).render(shot).frames.astype(int), make(folder, gpus=2).render(shot).frames.astype(int)
    assert np.abs(one - two).max() <= 1
    assert (one != two).mean() < 0.02


@pytest.mark.slow
def test_a_film_goes_on_when_a_process_dies_and_ends_when_it_dies_again(
    checkpoints: Folder, make: Make, shot: Conditioning, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = make(checkpoints("t2v"), option=SHARED, steps=60)
    killed: list[int] = []
    times = 1

    def kill(done: int, total: int) -> None:
        process = two._held.crew.pids[1]
        if len(killed) < times and done > 10 and process not in killed:  # steps that it told before may come after
            killed.append(process)
            os.kill(process, signal.SIGKILL)

    bare = with_pictures(shot)
    expected = make(checkpoints("t2v"), steps=60).render(bare).frames
    assert np.array_equal(two.render(bare, progress=kill).frames, expected)
    assert killed
    killed.clear()
    times = 2
    with pytest.raises(RenderError, match="worker group was lost twice"):
        two.render(bare, progress=kill)
    times = 0
    assert np.array_equal(two.render(bare).frames, expected)


@pytest.mark.slow
def test_two_groups_at_once_do_not_meet(checkpoints: Folder, make: Make, shot: Conditioning) -> None:
    bare, folder = with_pictures(shot), checkpoints("t2v")
    made: dict[int, Any] = {}
    hands = [threading.Thread(target=lambda n=n: made.update({n: make(folder, option=SHARED).render(bare).frames})) for n in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert np.array_equal(made[0], made[1])


@pytest.mark.slow
def test_a_group_comes_up_where_the_machines_name_leads_nowhere_and_inside_of_another_job(
    checkpoints: Folder, make: Make, shot: Conditioning, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import socket\nsocket.getfqdn = lambda name='': 'nowhere.invalid'\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PET_NNODES", "2")
    monkeypatch.setattr("video_core.parallel.crew.STARTING", 100.0)
    assert make(checkpoints("t2v"), option=SHARED).render(with_pictures(shot)).frames.std() > 1


@pytest.mark.slow
def test_a_film_of_several_shots_is_drawn_by_a_group(checkpoints: Folder, tmp_path: Path) -> None:
    whole = film()
    short = tuple(planned.model_copy(update={"duration": 0.5}) for planned in whole.shots[:3])
    plan = whole.model_copy(update={"shots": short, "brief": whole.brief.model_copy(update={"size": (32, 64)})})
    base = {"checkpoint": str(checkpoints("t2v")), "steps": "1", "guidance": "1", "device": "cpu"}
    for name, more in (("one", {}), ("two", {"option": SHARED})):
        settings = base | {"cache": str(tmp_path / f"cache of {name}")} | more
        Production(plan, tmp_path / name, backend="wan", report=Silent(), settings=settings).run()
    (one, _), (two, _) = (read_mp4(tmp_path / name / "film.mp4") for name in ("one", "two"))
    assert np.array_equal(one, two)


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_stays_behind_when_whoever_started_the_group_is_ended(
    checkpoints: Folder, shot: Conditioning, tmp_path: Path, end: signal.Signals
) -> None:
    with_pictures(shot).save(tmp_path / "shot.safetensors")
    said = {"checkpoint": str(checkpoints("t2v")), "steps": "200", "guidance": "1", "device": "cpu", "gpus": "2", "cache": str(tmp_path)}
    program = (
        "import sys; from pathlib import Path; from video_core.backends import make_backend; "
        f"from video_core.conditioning import Conditioning; b = make_backend('wan', {said!r}); shown = []\n"
        "def told(done, total):\n"
        "    crew = b._held.crew\n"
        "    if not shown: shown.append(1); print(crew.launcher.pid, *crew.pids.values(), crew.folder, flush=True)\n"
        f"while True: b.render(Conditioning.load(Path({str(tmp_path / 'shot.safetensors')!r})), progress=told)"
    )
    with (tmp_path / "errors").open("wb") as errors:
        started = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=errors, text=True)
    assert started.stdout is not None
    words = started.stdout.readline().split()
    assert len(words) == 4, (tmp_path / "errors").read_text()
    started.send_signal(end)
    assert gone([int(word) for word in words[:3]])
    assert started.wait(timeout=20) != 0
    assert not Path(words[3]).exists()


def test_a_long_name_of_the_folder_for_temporary_files_does_not_matter(
    checkpoints: Folder, make: Make, shot: Conditioning, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("long" * 25)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    two = make(checkpoints("t2v"), gpus=2)
    assert two.render(shot).frames.std() > 1
    two.close()
    assert not list(long.iterdir())


def test_one_named_gpu_is_not_shared(checkpoints: Folder, make: Make) -> None:
    made = make(checkpoints("t2v"), gpus=2, device="cuda:1")
    with pytest.raises(RenderError, match=r"one of them is named: cuda:1.*CUDA_VISIBLE_DEVICES"):
        _ = made.parts.processes
