"""A message was delivered to all its recipients."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event
from graph.messages import Message


class MessageSent(Event):
    type: Literal["message_sent"] = "message_sent"
    message: Message
