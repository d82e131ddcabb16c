"""A library of characters: read with clear errors, found by any name, and worn by the cast."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shotplan.characters.dress import dressed_plan
from shotplan.characters.library import Library
from shotplan.characters.member import AdapterEntry, Member, read_member, write_member
from shotplan.errors import CharacterError
from shotplan.revisions import shot_digests
from tests.shotplan.films import film

PALETTE = ["#102030", "#405060", "#708090", "#a0b0c0"]
HANA: dict[str, Any] = {
    "names": ["Hana", "小花", "ハナ"], "kind": "girl", "height": 1.31, "look": "red hood, silver bell", "palette": PALETTE,
}  # fmt: skip


def written(library: Path, id: str, content: dict[str, Any]) -> Path:
    folder = library / id
    (folder / "references").mkdir(parents=True, exist_ok=True)
    (folder / "character.json").write_text(json.dumps({"id": id, **content}), encoding="utf-8")
    return folder


def test_a_character_is_found_by_its_name_in_any_language_and_by_its_id(tmp_path: Path) -> None:
    written(tmp_path, "hana", HANA)
    library = Library.read(tmp_path)
    for name in ("Hana", "hana", "HANA", "小花", "ハナ"):
        found = library.called(name)
        assert found is not None
        assert found.id == "hana"
    assert library.called("Hanako") is None


def test_a_file_that_an_editor_began_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "hana", HANA) / "character.json"
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert read_member(path.parent).names[0] == "Hana"


def test_a_script_names_a_character_by_whole_words_only(tmp_path: Path) -> None:
    written(tmp_path, "hana", HANA)
    library = Library.read(tmp_path)
    assert [known.id for known in library.in_script("Then Hana's bell rings.")] == ["hana"]
    assert [known.id for known in library.in_script("小花跑进森林。")] == ["hana"]
    assert library.in_script("Hanako waits.") == ()
    assert library.in_script("Śhana waits.") == ()
    assert [known.id for known in library.in_script("«Hana» dit la fille.")] == ["hana"]
    assert [known.id for known in library.in_script("今天Hana走进森林。")] == ["hana"]


def test_pictures_of_the_references_folder_are_taken_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder = written(tmp_path, "hana", HANA)
    for name in ("b.png", "a.webp", "notes.txt", "._a.webp"):  # the last as macOS leaves it on other disks
        (folder / "references" / name).write_bytes(b"x")
    known = Library.read(tmp_path).called("Hana")
    assert known is not None
    assert [Path(path).name for path in known.references] == ["a.webp", "b.png"]
    assert all(Path(path).is_absolute() for path in known.references)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"names": []}, "names"),
        ({"names": ["Hana"], "kind": "dragonfly girl"}, "no kind of character"),
        ({"names": ["Hana"], "height": -1}, "height"),
        ({"names": ["Hana"], "hight": 1.2}, "hight"),
        ({"names": ["Hana"], "palette": ["red"] * 4}, "palette"),
        ({"names": ["Hana"], "references": ["../../secret.png"]}, "inside the character's folder"),
        ({"names": ["Hana"], "adapters": [{"family": "wan2.1-t2v-1.3b", "file": "/etc/passwd"}]}, "inside the character's folder"),
    ],
)
def test_a_wrong_character_file_is_said_with_its_place(tmp_path: Path, content: dict[str, Any], said: str) -> None:
    written(tmp_path, "hana", content)
    with pytest.raises(CharacterError, match=said) as error:
        Library.read(tmp_path)
    assert "character.json" in str(error.value)


def test_a_missing_picture_or_adapter_is_said_only_when_the_film_needs_the_character(tmp_path: Path) -> None:
    written(tmp_path, "hana", HANA | {"references": ["references/front.png"]})
    library = Library.read(tmp_path)
    assert library.in_script("A cat sleeps.") == ()
    with pytest.raises(CharacterError, match="picture of Hana is missing"):
        library.in_script("Hana sleeps.")


def test_two_characters_of_one_name_are_an_error(tmp_path: Path) -> None:
    written(tmp_path, "hana", HANA)
    written(tmp_path, "flower", {"names": ["小花"]})
    with pytest.raises(CharacterError, match="小花"):
        Library.read(tmp_path)


def test_a_broken_json_file_and_a_renamed_folder_are_said(tmp_path: Path) -> None:
    folder = written(tmp_path, "hana", HANA)
    folder.rename(tmp_path / "kana")
    with pytest.raises(CharacterError, match="both the same name"):
        Library.read(tmp_path)
    (tmp_path / "kana" / "character.json").write_text("{", encoding="utf-8")
    with pytest.raises(CharacterError, match="no JSON"):
        Library.read(tmp_path)


def test_what_is_written_is_read_again_and_a_new_adapter_takes_the_place_of_the_old_one_of_its_family(tmp_path: Path) -> None:
    member = Member(id="hana", names=("Hana", "小花"), palette=tuple(PALETTE))  # type: ignore[arg-type]
    member = member.with_adapter(AdapterEntry(family="wan2.1-t2v-1.3b", file="adapters/old.safetensors", trigger="hana_girl"))
    member = member.with_adapter(AdapterEntry(family="wan2.1-t2v-14b", file="adapters/large.safetensors"))
    member = member.with_adapter(AdapterEntry(family="wan2.1-t2v-1.3b", file="adapters/new.safetensors"))
    write_member(tmp_path / "hana", member)
    again = read_member(tmp_path / "hana")
    assert again == member
    assert [a.file for a in again.adapters] == ["adapters/large.safetensors", "adapters/new.safetensors"]


def test_a_picture_that_is_exchanged_under_its_name_touches_the_shots_that_the_character_is_in(tmp_path: Path) -> None:
    picture = tmp_path / "front.png"
    picture.write_bytes(b"one")
    whole = film()
    cast = tuple(c.model_copy(update={"references": (str(picture),)}) if c.name == "Mei" else c for c in whole.cast)
    plan = whole.model_copy(update={"cast": cast})
    before = shot_digests(dressed_plan(plan, None))
    assert before == shot_digests(dressed_plan(plan, None))
    picture.write_bytes(b"two")
    assert before["s01"] != shot_digests(dressed_plan(plan, None))["s01"]


def test_a_changed_adapter_touches_only_the_shots_that_the_character_is_in(tmp_path: Path) -> None:
    written(tmp_path, "mei", {"names": ["Mei"], "adapters": [{"family": "wan2.1-t2v-1.3b", "file": "adapters/a.safetensors"}]})
    file = tmp_path / "mei" / "adapters" / "a.safetensors"
    file.parent.mkdir()
    file.write_bytes(b"one")
    whole = film()
    alone = whole.shots[-1].model_copy(update={"id": "s09", "set": "elsewhere", "beats": (), "performances": ()})
    other = whole.sets[0].model_copy(update={"id": "elsewhere"})
    plan = whole.model_copy(update={"shots": (*whole.shots, alone), "sets": (*whole.sets, other)})
    camera = alone.camera.model_copy(update={"subject": None})
    plan = plan.model_copy(update={"shots": (*whole.shots, alone.model_copy(update={"camera": camera}))})
    before = shot_digests(dressed_plan(plan, Library.read(tmp_path)))
    file.write_bytes(b"two")
    after = shot_digests(dressed_plan(plan, Library.read(tmp_path)))
    assert before["s09"] == after["s09"]
    assert before["s01"] != after["s01"]
