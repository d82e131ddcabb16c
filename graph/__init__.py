"""The talk: messages, events, protocols, the LangGraph machine and sessions.

Knows who may speak to whom and when, and how a session survives a crash. Does not know prompts or pixels.
LangGraph's strict msgpack is switched on, so that a checkpoint file cannot make Python import code; the switch is read when
LangGraph is first imported, hence it is set here. Sessions also pass a strict serialiser of their own.
"""

from __future__ import annotations

import os

os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
