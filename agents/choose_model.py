"""From what a person writes after `--llm` to a model.

Knows the names of the kinds of model. Does not know how any of them works.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import httpx

from agents.model import Model
from agents.openai import OpenAIModel, ServerOptions
from agents.openai.calls import KEY_VARIABLE
from agents.serving.running import running_servers
from shotplan.errors import ModelError

LOCAL_SERVER = "http://127.0.0.1:8000/v1"
"""Where a server listens that somebody else started, unless told otherwise."""
PATIENCE = 0.3
"""Seconds that `auto` waits for a local server that may not be there."""
PATIENCE_FOR_OURS = 10.0
"""Seconds that `auto` waits for a server that `ekonte serve` says it runs; it may be busy."""

ModelFactory = Callable[[str | None, Path | None], Model]
"""(model name, adapter folder) to a model."""

MODELS: dict[str, ModelFactory] = {}
"""Kinds of model by name; other modules add theirs."""


def choose_model(
    spec: str,
    *,
    model_name: str | None = None,
    adapter: Path | None = None,
    server: ServerOptions = ServerOptions(),  # noqa: B008  (frozen)
) -> Model:
    """The model for `auto`, `embedded`, `scripted`, an http(s) address, or a name in `MODELS`.

    Its attribute `description` says in words which one it is. `auto` is a server that `ekonte serve` runs, on any port, else
    one at `LOCAL_SERVER`, else the embedded model. `server`: what only a server can do. Raises `ModelError` for an unknown
    spec, or when the model cannot be had.
    """
    if spec.startswith(("http://", "https://")):
        return _server(spec, model_name, adapter, server)
    if spec in MODELS:
        _needs_no_server(server)
        return MODELS[spec](model_name, adapter)
    if spec == "auto":
        for address, patience in (*((url, PATIENCE_FOR_OURS) for url in _started_here()), (LOCAL_SERVER, PATIENCE)):
            if _serves(address, patience):
                return _server(address, model_name, adapter, server)
        _needs_no_server(server)
        return MODELS["embedded"](None, adapter)
    raise ModelError(
        f"There is no model {spec!r}",
        where="--llm",
        todo=f"Write one of: auto, {', '.join(sorted(MODELS))}, or the address of a server such as {LOCAL_SERVER}",
    )


def _embedded(model_name: str | None, adapter: Path | None) -> Model:
    from agents.embedded.model import EmbeddedModel  # brings torch, which takes a second

    if model_name is not None:
        raise ModelError(
            f"The embedded model has no choice of models, so {model_name!r} cannot be had",
            where="--llm-model",
            todo="Leave the name out, or name a server with --llm",
        )
    return EmbeddedModel(adapter=adapter)


MODELS["embedded"] = _embedded


def _scripted(model_name: str | None, adapter: Path | None) -> Model:
    from agents.scripted import ScriptedModel

    if model_name is not None or adapter is not None:
        raise ModelError(
            "The scripted crew has no model, so it takes neither a model's name nor an adapter",
            where="--llm scripted",
            todo="Leave them out",
        )
    return ScriptedModel()


MODELS["scripted"] = _scripted


def _needs_no_server(server: ServerOptions) -> None:
    if server.role_models or server.best_of > 1:
        raise ModelError(
            "A model per role and several candidates need a model server",
            where="--llm-role" if server.role_models else "--best-of",
            todo="Start one with `ekonte serve`, or name its address with --llm",
        )


def _server(url: str, model_name: str | None, adapter: Path | None, server: ServerOptions) -> Model:
    if adapter is not None:
        raise ModelError(
            "An adapter folder is for the embedded model",
            where=str(adapter),
            todo="Load the adapter in the server (vLLM: --lora-modules) and give its name as the model name",
        )
    return OpenAIModel(
        url,
        model_name,
        role_models=server.role_models,
        patience=server.patience,
        small=server.small,
        best_of=server.best_of,
    )


def _started_here() -> list[str]:
    """Addresses of the servers that `ekonte serve` runs, the latest first."""
    return [server.url for server in running_servers() if server.state == "ready"]


def _serves(url: str, patience: float) -> bool:
    key = os.environ.get(KEY_VARIABLE)
    try:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        answer = httpx.get(f"{url}/models", timeout=patience, trust_env=False, headers=headers)
        return answer.is_success and isinstance(answer.json().get("data"), list)
    except (httpx.HTTPError, ValueError, AttributeError):
        return False
