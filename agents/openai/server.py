"""What a model server is, from what it says of itself.

Knows the marks by which servers can be told apart. Does not know which parameters they take (`agents.openai.extras`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from agents.openai.calls import Calls, Refused
from shotplan.errors import ModelError

Kind = Literal["vLLM", "SGLang", "llama.cpp", "Ollama", "LM Studio", "other"]
OWNERS: dict[str, Kind] = {
    "vllm": "vLLM",
    "sglang": "SGLang",
    "llamacpp": "llama.cpp",
    "library": "Ollama",
    "organization_owner": "LM Studio",
    "organization-owner": "LM Studio",
}
"""What stands under `owned_by` in a server's list of models."""


@dataclass(frozen=True)
class Served:
    """One model that a server has."""

    id: str
    context: int | None = None
    """Tokens of prompt and answer together, where the server tells."""


@dataclass(frozen=True)
class Server:
    kind: Kind
    version: str
    """Empty where the server does not tell."""
    models: tuple[Served, ...]
    """Empty where the server has no list."""

    @property
    def name(self) -> str:
        return "an OpenAI-compatible server" if self.kind == "other" else f"{self.kind} {self.version}".strip()

    def model(self, id: str) -> Served:
        return next((model for model in self.models if model.id == id), Served(id))


def look_at(calls: Calls, *, listless: bool) -> Server:
    """Ask the server once what it is and has. `listless`: a server without a list of models will do.

    Raises `ModelError` when nobody answers, the key is refused, or it is no model server.
    """
    try:
        listing = calls.call("GET", "/models", None, patient=False)
        entries = [entry for entry in listing["data"] if not _embeds(str(entry["id"]))]
        models = tuple(Served(str(entry["id"]), _context(entry)) for entry in entries)
        owners = {str(entry.get("owned_by", "")).lower() for entry in entries}
    except Refused as error:
        if not (error.status in {404, 405, 501} and listless):
            calls.refuse(error, calls.base_url)
        return Server("other", "", ())
    except (KeyError, TypeError, AttributeError):
        calls.not_openai(calls.base_url)
    kind: Kind = next((OWNERS[owner] for owner in sorted(owners) if owner in OWNERS), "other")
    told = calls.look("/version", beside=True) if kind == "vLLM" else None
    version = str(told.get("version", "")) if isinstance(told, dict) else ""
    return Server(kind, version, models)


def check_served(server: Server, name: str, where: str) -> str:
    """The name itself. Raises `ModelError` listing what there is when the server does not have it."""
    names = [model.id for model in server.models]
    if names and name not in names:
        raise ModelError(f"The server has no model {name!r}", where=where, todo=f"Choose one of: {', '.join(names)}")
    return name


def _embeds(id: str) -> bool:
    """LM Studio and Ollama list embedding models among the others."""
    return "embed" in id.lower()


def _context(entry: Any) -> int | None:
    meta = entry.get("meta")
    found = entry.get("max_model_len") or (meta.get("n_ctx") if isinstance(meta, dict) else None)
    return int(found) if isinstance(found, int | float) and found > 0 else None
