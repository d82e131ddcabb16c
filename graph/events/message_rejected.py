"""A message broke a rule of the talk and was not delivered; its sender is told why."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event
from graph.messages import Message


class MessageRejected(Event):
    type: Literal["message_rejected"] = "message_rejected"
    message: Message
    """As it was meant; its patch took no effect."""
    reason: str
