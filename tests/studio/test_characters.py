"""A library of characters in the commands: found where one expects it, said, kept with the session, and worn by the film."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from shotplan.characters.library import Library
from shotplan.errors import CharacterError
from studio.cli import run
from studio.commands import app
from studio.commands.character_options import beside_script, find_library
from studio.output_folder import OutputFolder
from tests.video_core.backends.wan.conftest import _enough_memory  # noqa: F401  (fixture)
from tests.video_core.backends.wan.test_identity import lora, nothing_large_to_collect  # noqa: F401  (fixture)
from tests.video_core.backends.wan.tiny import write_checkpoint

SCRIPT = "Hana walks in a park. A fox sleeps in a kitchen."


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "characters"
    (folder / "hana" / "references").mkdir(parents=True)
    (folder / "hana" / "adapters").mkdir()
    Image.new("RGB", (32, 32), "red").save(folder / "hana" / "references" / "front.png")
    lora(folder / "hana" / "adapters" / "a.safetensors", 1)
    member = {
        "id": "hana", "names": ["Hana"], "kind": "girl", "height": 1.31, "look": "red hood, silver bell",
        "adapters": [{"family": "wan2.1-t2v-1.3b", "file": "adapters/a.safetensors", "trigger": "hxn"}],
    }  # fmt: skip
    (folder / "hana" / "character.json").write_text(json.dumps(member), encoding="utf-8")
    return folder


def ekonte(*arguments: str) -> int:
    return run(app, list(arguments))


def made(out: Path) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    return plan


def test_a_library_beside_the_script_is_found_and_one_that_is_named_must_be_there(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "story.txt"
    script.write_text(SCRIPT, encoding="utf-8")
    found = find_library(None, *beside_script(str(script)))
    assert found is not None
    assert found.folder == library
    assert beside_script(SCRIPT) == ()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert find_library(None, *beside_script(SCRIPT)) is None
    monkeypatch.chdir(tmp_path)
    assert find_library(None) is not None
    with pytest.raises(CharacterError, match="no such folder"):
        find_library(tmp_path / "nowhere")


def test_the_film_of_a_script_wears_the_library_and_only_shots_of_a_changed_adapter_are_drawn_again(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = write_checkpoint(tmp_path / "tiny", "t2v")
    out = tmp_path / "out"
    code = ekonte(
        "make", SCRIPT, "--llm", "scripted", "--characters", str(library), "--out", str(out), "--size", "64x64", "--duration", "3",
        "--fps", "4", "--backend", "wan", "--checkpoint", str(checkpoint), "--steps", "1", "--set", "guidance=1",
        "--set", f"cache={tmp_path / 'c'}",
    )  # fmt: skip
    assert code == 0, capsys.readouterr().err
    assert "Hana" in capsys.readouterr().err
    hana = next(member for member in made(out)["cast"] if member["name"] == "Hana")
    assert (hana["look"], hana["height"], Path(hana["references"][0]).name) == ("red hood, silver bell", 1.31, "front.png")
    report = (out / "report.txt").read_text(encoding="utf-8")
    assert 'identity of hana: adapter a.safetensors, strength 1, called by "hxn"' in report
    clips = {path.stem: path.stat().st_mtime_ns for path in (out / "clips" / "wan").glob("*.mp4")}
    assert len(clips) == 2

    lora(library / "hana" / "adapters" / "a.safetensors", 2)
    again = ("render", str(out), "--backend", "wan", "--checkpoint", str(checkpoint), "--steps", "1", "--set", "guidance=1",
             "--set", f"cache={tmp_path / 'c'}")  # fmt: skip
    assert ekonte(*again) == 0
    after = {path.stem: path.stat().st_mtime_ns for path in (out / "clips" / "wan").glob("*.mp4")}
    assert [shot for shot in sorted(clips) if after[shot] != clips[shot]] == ["s01"]
    assert ekonte(*again) == 0
    assert after == {path.stem: path.stat().st_mtime_ns for path in (out / "clips" / "wan").glob("*.mp4")}


def test_the_session_remembers_its_library(library: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert ekonte("plan", SCRIPT, "--llm", "scripted", "--characters", str(library), "--out", str(out)) == 0
    assert OutputFolder(out).recall().characters == str(library.resolve())
    assert ekonte("resume", str(out)) == 0
    assert next(member for member in made(out)["cast"] if member["name"] == "Hana")["look"] == "red hood, silver bell"


def test_a_damaged_adapter_is_one_line_before_the_talk(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = write_checkpoint(tmp_path / "tiny", "t2v")
    (library / "hana" / "adapters" / "a.safetensors").write_bytes(b"nothing")
    code = ekonte(
        "make", SCRIPT, "--llm", "scripted", "--characters", str(library), "--out", str(tmp_path / "out"), "--size", "64x64",
        "--backend", "wan", "--checkpoint", str(checkpoint),
    )  # fmt: skip
    assert code == 2
    assert "a.safetensors" in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "out").exists()


def test_a_library_is_listed_with_what_each_can_be_drawn_with(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ekonte("characters", str(library)) == 0
    shown = capsys.readouterr().out
    assert "red hood, silver bell" in shown
    assert 'wan2.1-t2v-1.3b, "hxn"' in shown
    assert ekonte("characters", str(library), "--json") == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["id"], len(told["references"]), told["adapters"][0]["strength"]) == ("hana", 1, 1.0)
    (library / "hana" / "adapters" / "a.safetensors").write_bytes(b"nothing")
    assert ekonte("characters", str(library)) == 2
    assert "a.safetensors" in capsys.readouterr().err


def test_train_character_makes_a_member_of_the_library_and_says_so_in_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.video_core.character_lora.material import pictures_of_a_character

    monkeypatch.chdir(tmp_path)
    pictures = pictures_of_a_character(tmp_path / "pictures", pictures=5)
    (pictures / "p0.txt").unlink()
    command = [
        "train-character", "Hana", "--pictures", str(pictures), "--checkpoint", str(write_checkpoint(tmp_path / "tiny", "t2v")),
        "--steps", "2", "--rank", "2", "--size", "64x96", "--set", "warmup=0", "--set", "device=cpu", "--json",
    ]  # fmt: skip
    assert ekonte(*command) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["family"], told["trigger"]) == ("wan2.1-t2v-1.3b", "hana_character")
    assert any("1 of 5 files have no caption" in note for note in told["notes"])
    known = Library.read(tmp_path / "characters").called("Hana")
    assert known is not None
    assert Path(known.adapters[0].file).is_file()
    assert ekonte(*command[:-1], "--set", "rnk=3") == 2
    assert "rnk" in capsys.readouterr().err
    for more, said in (((), "--id hana"), (("--id", "hana"), "hana is Hana, not 小花"), (("--id", "XH"), "'XH' is no id")):
        assert ekonte("train-character", "小花", *command[2:], *more) == 2
        assert said in capsys.readouterr().err
    assert ekonte("train-character", "小花", *command[2:], "--id", "xiaohua") == 0
    flower = Library.read(tmp_path / "characters").called("小花")
    assert flower is not None
    assert flower.id == "xiaohua"
