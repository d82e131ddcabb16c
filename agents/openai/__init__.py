"""Any OpenAI-compatible chat server as a model; vLLM first.

calls      one HTTP call, repeated while its fault may pass
server     what the server is, from what it says of itself
extras     parameters beyond the standard ones, and what this server has refused
payload    a question as the body of a call
reply      what came back, taken apart
votes      probability of the option chosen, from log-probabilities
names      what a model's name tells of its size
options    settings that a session remembers
model      `OpenAIModel`, which puts these together
"""

from __future__ import annotations

from agents.openai.model import OpenAIModel
from agents.openai.options import ServerOptions

__all__ = ["OpenAIModel", "ServerOptions"]
