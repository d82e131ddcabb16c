"""Errors grouped by phase. Every message says what happened, where, and what to do next.

Knows nothing about the command line; `studio` turns any `EkonteError` into one clear line and exit code 2.
"""

from __future__ import annotations


class EkonteError(Exception):
    """Base of every error a user can meet.

    `what` is the sentence shown; `where` names the place (a file, a JSON pointer, a call); `todo` says what to do next.
    """

    phase = "ekonte"

    def __init__(self, what: str, *, where: str = "", todo: str = "") -> None:
        self.what, self.where, self.todo = what, where, todo
        parts = [what.rstrip(".")]
        if where:
            parts[0] += f" (at {where})"
        if todo:
            parts.append(todo.rstrip("."))
        super().__init__(". ".join(parts) + ".")

    def __reduce__(self) -> tuple[object, tuple[type[EkonteError], str, str, str]]:
        """Errors of workers travel between processes and keep their parts."""
        return _again, (type(self), self.what, self.where, self.todo)


def _again(kind: type[EkonteError], what: str, where: str, todo: str) -> EkonteError:
    return kind(what, where=where, todo=todo)


class BriefError(EkonteError):
    """The script or its options cannot be used."""

    phase = "brief"


class PlanError(EkonteError):
    """A plan file or a patch to it is not valid."""

    phase = "plan"


class CharacterError(EkonteError):
    """The library of characters, or one of them, cannot be used."""

    phase = "characters"


class StagingError(EkonteError):
    """Words could not be turned into metres and seconds."""

    phase = "staging"


class ModelError(EkonteError):
    """A language model could not be reached or did not answer usefully. `where` names the call."""

    phase = "model"


class NegotiationError(EkonteError):
    """The crew's talk broke its own rules."""

    phase = "negotiation"


class SessionError(EkonteError):
    """A session folder is missing, locked or corrupt."""

    phase = "session"


class ConditioningError(EkonteError):
    """A staged shot could not be turned into tensors."""

    phase = "conditioning"


class RenderError(EkonteError):
    """A video backend could not make its frames."""

    phase = "render"
