"""A training that is killed comes out the same as one that is not: real processes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.video_core.backends.wan.tiny import write_checkpoint
from tests.video_core.character_lora.material import pictures_of_a_character

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def training(folder: Path, tmp: Path) -> subprocess.Popen[bytes]:
    command = [
        "train-character", "Hana", "--pictures", str(tmp / "pictures"), "--checkpoint", str(tmp / "tiny"), "--characters", str(folder),
        "--steps", "140", "--rank", "4", "--size", "64x96", "--set", "save_every=5", "--set", "device=cpu", "--set", "average=0.9",
        "--json",
    ]  # fmt: skip
    return subprocess.Popen([sys.executable, "-m", "studio.cli", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finished(process: subprocess.Popen[bytes]) -> dict[str, object]:
    out, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    told: dict[str, object] = json.loads(out)
    return told


def test_a_training_killed_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "tiny", "i2v", clip=False, experts=2)
    pictures_of_a_character(tmp_path / "pictures", pictures=6, clips=1)
    whole = finished(training(tmp_path / "whole", tmp_path))
    killed = tmp_path / "killed"
    for expert in ("expert0", "expert1"):
        process = training(killed, tmp_path)
        deadline = time.monotonic() + 300
        while process.poll() is None and time.monotonic() < deadline and not list(killed.rglob(f"{expert}.safetensors")):
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not list(killed.rglob("adapters/*.safetensors"))
    resumed = finished(training(killed, tmp_path))
    assert resumed["measured"] == whole["measured"]
    for name in ("file", "file_low"):
        path = str(whole[name])
        assert (killed / "hana" / path).read_bytes() == (tmp_path / "whole" / "hana" / path).read_bytes()
