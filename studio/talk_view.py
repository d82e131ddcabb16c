"""The crew's talk and the film's progress, live in a terminal.

Knows events and how to show them. Does not know where events come from. Without a terminal (a pipe, a log) it prints plain
lines and no bars.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from types import TracebackType
from typing import Self, cast

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from graph.events import AnyEvent, ClipChecked, Event, ModelAwaited
from graph.messages import Message
from shotplan.vocabulary.term import Language

COLORS = {"director": "bright_magenta", "scene": "green", "camera": "cyan"}
CAST_COLORS = ("yellow", "bright_blue", "bright_red", "bright_green", "orange3", "violet")
MARKS = {
    "object": "✗",
    "counter": "⇄",
    "accept": "✓",
    "refuse": "■",
    "propose": "+",
    "inform": "·",
    "request": "→",
    "query": "?",
}


def message_text(message: Message, language: Language, color: Callable[[str], str]) -> Text:
    """One line: round, who to whom, performative, what; an objection carries the measured number and its limit."""
    text = Text(f"{message.round:>2} ", style="dim")
    text.append(MARKS.get(message.performative, "·") + " ", style="bold")
    text.append(message.sender, style=f"bold {color(message.sender)}")
    text.append(" → ", style="dim")
    for n, recipient in enumerate(message.recipients):
        text.append(", " if n else "")
        text.append(recipient, style=color(recipient))
    text.append("  " + message.said(language), style="bold" if message.performative == "object" else "")
    if message.confidence is not None:
        text.append(f"  {message.confidence:.0%} sure", style="dim")
    return text


class TalkView:
    """Shows each event as it happens. Use as a context manager; `see` is the session's event callback."""

    def __init__(self, language: Language = "en", *, quiet: bool = False) -> None:
        self.language = language
        self.quiet = quiet
        live = not quiet and Console().is_terminal and os.environ.get("TERM") != "dumb"
        self.console = Console(quiet=quiet, highlight=False, soft_wrap=not live)
        self._progress = Progress(
            TextColumn("{task.description:<13}"), BarColumn(bar_width=None), MofNCompleteColumn(), TextColumn("{task.fields[unit]}"),
            TimeElapsedColumn(), console=self.console, disable=not live, expand=True,
        )  # fmt: skip
        self._live = live
        self._bars: dict[str, TaskID] = {}
        self._cast: dict[str, str] = {}
        self._thinking: TaskID | None = None
        self._waited = float("inf")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def _color(self, who: str) -> str:
        if who in COLORS:
            return COLORS[who]
        return self._cast.setdefault(who, CAST_COLORS[len(self._cast) % len(CAST_COLORS)])

    def see(self, event: AnyEvent) -> None:
        """Show one event."""
        match event.type:
            case "session_started":
                self.console.print(Text(f"crew: {event.model}, protocol {event.protocol}", style="dim"))
            case "run_resumed":
                self.console.print(Text(f"resumed at round {event.round}, plan revision {event.revision}", style="dim"))
            case "turn_started":
                self._think(len(event.asked))
            case "model_awaited":
                self._wait(event)
            case "candidates_judged":
                scores = ", ".join(f"{score:g}" for score in event.scores)
                self.console.print(
                    Text(f"   {event.agent}: {len(event.scores)} candidates, findings {scores}; number {event.chosen + 1}", style="dim")
                )
            case "agent_answered" if self._thinking is not None:
                self._progress.update(self._thinking, advance=1, description="thinking")
            case "message_sent":
                self._think(0)
                self.console.print(message_text(event.message, self.language, self._color))
            case "message_rejected":
                self.console.print(Text(f" ! rejected: {event.message.sender}: {event.reason}", style="red"))
            case "findings_measured":
                self.console.print(
                    Text(
                        f"   rules on revision {event.revision}: {event.errors} errors, {event.warnings} warnings",
                        style="dim",
                    )
                )
            case "agreement_reached":
                how = "agreed" if event.outcome == "agreed" else f"agreed, with {len(event.overrides)} left as they are"
                self.console.print(
                    Text(
                        f"{how}: {event.messages} messages, {event.rounds} rounds, plan revision {event.revision}",
                        style="bold",
                    )
                )
            case "clip_checked":
                self._checked(event)
            case "phase_started":
                self._bars[event.phase] = self._progress.add_task(event.phase, total=event.total, unit=event.unit)
            case "phase_progressed" if event.phase in self._bars:
                self._progress.update(self._bars[event.phase], completed=event.done, total=event.total)
            case "phase_finished":
                self._finish(event.phase, event.seconds)
            case _:
                pass

    def _checked(self, event: ClipChecked) -> None:
        """A line per finding about a clip, and one when another take is rendered."""
        for finding in event.findings if event.kept else ():
            style = "red" if finding.severity == "error" else "yellow"
            number = f"[{finding.measured:g} {finding.unit}, limit {finding.limit:g}]"
            self.console.print(Text(f" ! {event.shot} {finding.check} {finding.about} {number} {finding.text}", style=style))
        if not event.kept:
            how = f" ({event.changed})" if event.changed else ""
            self.console.print(Text(f"   {event.shot}: take {event.take}{how} is not the best", style="dim"))

    def _wait(self, event: ModelAwaited) -> None:
        """The model server is gone: on a terminal one line that counts, elsewhere a line now and then."""
        if self._live and self._thinking is not None:
            left = event.patience - event.seconds
            self._progress.update(self._thinking, description=f"no model server, {max(0.0, left):.0f} s more")
        elif event.seconds >= self._waited + 10 or event.seconds < self._waited:
            self._waited = event.seconds
            how = f"waiting for it, {event.seconds:.0f} of {event.patience:.0f} s"
            self.console.print(Text(f" ! the model server is gone ({event.reason}); {how}", style="yellow"))

    def _think(self, asked: int) -> None:
        """Show how many agents were asked and are not yet heard; 0 takes the line away."""
        if self._thinking is not None:
            self._progress.remove_task(self._thinking)
        self._thinking = self._progress.add_task("thinking", total=asked, unit="answers") if asked else None

    def see_phase(self, event: Event) -> None:
        """Show an event that a renderer emitted outside a session."""
        self.see(cast(AnyEvent, event))

    def _finish(self, phase: str, seconds: float) -> None:
        if phase in self._bars:
            task = self._progress.tasks[self._progress.task_ids.index(self._bars[phase])]
            self._progress.update(task.id, completed=task.total)
        if not self._live:
            self.console.print(f"{phase}: {seconds:.1f} s")
