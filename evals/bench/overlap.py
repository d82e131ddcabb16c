"""Do cases and other texts share wording? Longest runs of words that a case has in common with training stories.

    python -m evals.bench.overlap STORIES... [--cases FOLDER] [--words 5] [--json]

STORIES are files or folders: JSON lines with a field `script`, or lessons with a field `user` that quotes the script as <<<...>>>
(also gzipped), or plain text such as prompts. A run is a sequence of
content words in order: English words without articles, pronouns, prepositions and auxiliaries; Chinese and Japanese are not
written in words, so there a run is counted in characters, two to a word. A case is reported when it shares a run of at least
`--words` with any story; a single such run is enough to call it seen.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.score.case import CASES, Case, read_cases
from shotplan.errors import BriefError, EkonteError

TEXTS = (".jsonl", ".jsonl.gz", ".txt", ".md", ".j2", ".fountain", ".py")
FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        """a an the and or but nor so yet of in on at to for from by with without into onto over under up down out off as than that
        which who whom whose this these those it its he him his she her hers they them their we us our you your i me my is are was
        were be been being am do does did done has have had having will would can could shall should may might must not no there
        then while when where after before if s t re ve ll d one""",
    )
)
QUOTED = re.compile(r"<<<(.*?)>>>", re.DOTALL)
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Shared:
    """The longest run that a case shares with a story."""

    case: str
    words: float
    """Content words; characters count half a word."""
    run: str
    story: str
    """Where the story is."""


def tokens(text: str) -> list[str]:
    """Content words in order; Chinese and Japanese characters each by itself."""
    found = re.findall(r"[a-z0-9]+|[\u3040-\u30ff\u3400-\u9fff]", text.casefold())
    return [word for word in found if word not in FUNCTION_WORDS]


def stories(paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """(where, text) of every story. Raises `BriefError` when a path or a line cannot be read."""
    for path in paths:
        if not path.exists():
            raise BriefError("there are no stories here", where=str(path), todo="give a file or a folder")
        files = sorted(p for p in path.rglob("*") if p.name.endswith(TEXTS)) if path.is_dir() else [path]
        for file in files:
            raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            text = raw.decode("utf-8", "replace")
            if ".jsonl" not in file.suffixes:
                yield str(file), text
                continue
            for number, line in enumerate(text.splitlines(), 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                    script = str(row["script"]) if "script" in row else "\n".join(QUOTED.findall(row["user"]))
                except (ValueError, KeyError, TypeError) as error:
                    raise BriefError(
                        "a line holds no story",
                        where=f"{file}:{number}",
                        todo="give objects with a field script, or lessons with a field user",
                    ) from error
                yield f"{file}:{number}", script


def longest_shared(cases: Sequence[Case], others: Iterator[tuple[str, str]], least: float) -> tuple[list[Shared], int]:
    """The longest run per case that is at least `least` words long, longest first, and the number of stories read."""
    words = {case.id: tokens(case.script) for case in cases}
    grams: dict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    wide = {case.id: _length(case.language, least) for case in cases}
    for id, sequence in words.items():
        for k in range(len(sequence) - wide[id] + 1):
            grams[tuple(sequence[k : k + wide[id]])].append((id, k))
    best: dict[str, Shared] = {}
    count = 0
    for where, text in others:
        count += 1
        story = tokens(text)
        for width in set(wide.values()):
            for k in range(len(story) - width + 1):
                for id, at in grams.get(tuple(story[k : k + width]), ()):
                    run = _run(words[id], at, story, k)
                    length = sum(0.5 if CJK.match(token) else 1.0 for token in run)
                    if length >= least and (id not in best or length > best[id].words):
                        best[id] = Shared(id, length, ("" if CJK.match(run[0]) else " ").join(run), where)
    return sorted(best.values(), key=lambda s: (-s.words, s.case)), count


def _length(language: str, least: float) -> int:
    return max(1, round(least if language == "en" else 2 * least))


def _run(a: Sequence[str], i: int, b: Sequence[str], k: int) -> list[str]:
    n = 0
    while i + n < len(a) and k + n < len(b) and a[i + n] == b[k + n]:
        n += 1
    return list(a[i : i + n])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", type=Path, nargs="+")
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--words", type=float, default=5.0, help="least length of a run in content words")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    try:
        cases = read_cases(given.cases)
        shared, count = longest_shared(cases, stories(given.stories), given.words)
    except EkonteError as error:
        sys.exit(f"error ({error.phase}): {error}")
    if given.json:
        print(json.dumps([one.__dict__ for one in shared], ensure_ascii=False, indent=1))
        return
    print(
        f"{len(cases)} cases against {count} stories: {len(shared)} share a run of {given.words:g} or more content words"
    )
    for one in shared:
        print(f"  {one.case:24} {one.words:4.1f}  {one.run!r}  in {one.story}")


if __name__ == "__main__":
    main()
