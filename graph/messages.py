"""The message: the typed, versioned record that agents exchange.

Knows its own shape and that content and performative agree. Does not know protocols. A message id is derived from
branch, round, sender and ordinal, so that a step repeated after a crash writes the same ids.
"""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.contents import Content, Performative
from graph.wording import VERBS, say
from shotplan.vocabulary.term import Language

EVERYONE = "everyone"


class Message(BaseModel):
    """One speech act. Field names follow FIPA-ACL where it has one (sender, in_reply_to, reply_by)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    id: str
    session: str
    branch: str
    seq: int = Field(ge=0)
    """Place in the transcript of the branch, from 0, without gaps."""
    round: int = Field(ge=0)
    """0 while the plan is first written, then 1, 2, ... per round of objections."""
    sender: str
    recipients: tuple[str, ...] = Field(min_length=1)
    performative: Performative
    in_reply_to: str | None = None
    reply_by_round: int | None = None
    base_revision: int = Field(ge=0)
    """The plan revision that the sender was looking at."""
    topic: str = ""
    """JSON pointer into the plan."""
    content: Content = Field(discriminator="kind")
    patch: tuple[dict[str, Any], ...] = ()
    """JSON Patch (RFC 6902) that took effect with this message; empty when nothing changed."""
    intent: str = ""
    """The sender's reason, one line."""
    causes: tuple[str, ...] = ()
    """Ids of the messages that led to this one."""
    confidence: float | None = Field(default=None, ge=0, le=1 + 1e-9)
    """For an answer to an objection: its probability among all that could be answered, where the model tells."""
    llm_call: tuple[str, ...] = ()
    """Tape keys of the model calls behind it; empty when no model was asked."""

    @model_validator(mode="after")
    def _content_fits(self) -> Self:
        if self.content.kind != self.performative:
            raise ValueError(f"a {self.performative!r} message cannot carry {self.content.kind!r} content")
        return self

    def line(self, language: Language = "en") -> str:
        """Round, who to whom, performative, what; for an objection the measured number and its limit."""
        return f"{self.round}  {self.sender} → {', '.join(self.recipients)}  {self.said(language)}"

    def said(self, language: Language = "en") -> str:
        """Performative and what, without the envelope."""
        return f"{VERBS[self.performative][language]}: {say(self.content, self.intent, language)}"

    def heard_as(self) -> str:
        """The line that a recipient's prompt shows. English: prompts translate around it, never inside it."""
        return f"{self.sender} {self.said('en')}"


def message_id(branch: str, round: int, sender: str, ordinal: int) -> str:
    return f"{branch}-r{round}-{sender}-{ordinal}"
