"""A script may be words, a file or standard input; anything else gets one clear error."""

import io
from pathlib import Path

import pytest

from shotplan.errors import BriefError
from studio.script_source import read_script


def test_words_are_the_script_itself() -> None:
    assert read_script("A fox runs.") == "A fox runs."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_chinese_file_is_read_in_the_usual_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "story.txt"
    path.write_bytes("一只狐狸穿过森林。".encode(encoding))
    assert read_script(str(path)) == "一只狐狸穿过森林。"


def test_standard_input_is_read_for_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"An owl watches."), encoding="utf-8"))
    assert read_script("-") == "An owl watches."


def test_a_missing_script_file_is_not_taken_for_a_story() -> None:
    with pytest.raises(BriefError, match="no such script file"):
        read_script("no/such/story.txt")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BriefError, match="is a folder"):
        read_script(str(tmp_path))


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    with pytest.raises(BriefError, match="binary"):
        read_script(str(path))
