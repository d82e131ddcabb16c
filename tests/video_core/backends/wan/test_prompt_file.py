"""AniSora's prompt files, as its released programs write and read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from shotplan.errors import RenderError
from video_core.backends.wan.prompt_file import PromptLine, read_prompt_file, time_of, write_prompt_file

CHINESE = "狐狸跳过木头。aesthetic score: 5.5. motion score: 3.0. There is no text in the video."


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_what_is_written_is_read_again_in_both_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.txt"
    lines = (
        PromptLine(CHINESE, (tmp_path / "a" / "1.png", tmp_path / "2.png"), (0.0, 0.5)),
        PromptLine("一只猫在雨夜里。", (tmp_path / "3.png",), (1.0,)),
    )
    write_prompt_file(path, lines, encoding="gbk" if encoding == "gbk" else "utf-8")
    assert path.read_bytes().decode(encoding).splitlines()[0] == f"{CHINESE}@@a/1.png,2.png&&0,0.5"
    assert read_prompt_file(path) == (encoding, lines)


def test_a_line_without_times_shows_its_picture_first(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("A fox jumps@@fox.png\n\nan owl\n", encoding="utf-8")
    _, lines = read_prompt_file(tmp_path / "list.txt")
    assert lines[0].times == (0.0,)
    assert lines[1] == PromptLine("an owl", (), ())


def test_an_anymask_line_has_a_video_and_its_mask(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("rain@@street.mp4\n", encoding="utf-8")
    line = read_prompt_file(tmp_path / "list.txt")[1][0]
    assert line.video == tmp_path / "street.mp4"
    assert line.mask == tmp_path / "street_mask.mp4"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fox@@a.png,b.png&&0", "2 pictures and 1 times"), ("fox@@a.png&&1.5", "no part of a clip"), ("fox@@a.png&&now", "no times"),
        ("fox@@", "no picture"), ("\n", "empty"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "list.txt").write_text(text, encoding="utf-8")
    with pytest.raises(RenderError, match=says):
        read_prompt_file(tmp_path / "list.txt")


def test_letters_that_gbk_does_not_have_are_not_lost_silently(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="GBK"):
        write_prompt_file(tmp_path / "list.txt", [PromptLine("a fox 🦊", (), ())], encoding="gbk")


def test_a_prompt_that_would_break_the_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="@@"):
        write_prompt_file(tmp_path / "list.txt", [PromptLine("fox@@owl", (), ())])


def test_a_mark_that_an_editor_puts_in_front_of_a_gbk_file_is_no_part_of_the_prompt(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(b"\xef\xbb\xbf" + "女孩跑步@@a.png&&0\r\n\r\n".encode("gbk"))
    assert read_prompt_file(path) == ("gbk", (PromptLine("女孩跑步", (tmp_path / "a.png",), (0.0,)),))


@pytest.mark.parametrize("frames", [1, 13, 49, 81, 97])
def test_a_written_time_is_read_as_the_frame_it_was_written_for(frames: int) -> None:
    assert [int((frames - 1) * float(f"{time_of(n, frames):g}")) for n in range(frames)] == list(range(frames))
