"""`OpenAIModel`: questions in, valid replies out, through a chat server.

Knows how the parts of this package fit together. Three things are kept apart: a lost call is repeated (`calls`); a parameter
that the server refuses is dropped (`extras`); an invalid answer goes back to the model (`agents.correction`). Everything else
is one clear `ModelError`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from agents.correction import Draft, ask_together, ask_until_valid, call_name
from agents.model import ModelReply, ModelRequest
from agents.openai.calls import KEY_VARIABLE, PATIENCE, Calls, Refused, Waiting
from agents.openai.extras import Extras
from agents.openai.names import reasoning_effort, traits_by_name
from agents.openai.payload import parameters, payload
from agents.openai.reply import draft
from agents.openai.server import check_served, look_at
from shotplan.errors import ModelError
from shotplan.rules.finding import Role

PEOPLE = {Role.DIRECTOR.value, Role.SCENE.value, Role.CAMERA.value}


class OpenAIModel:
    """Chat completions at `base_url` (such as http://127.0.0.1:8000/v1). Thread-safe.

    `model`: None takes the first one served. `role_models`: served name per role (`director`, `scene`, `camera`,
    `character`) or agent id, for one LoRA per role. `api_key`: None takes the environment variable EKONTE_API_KEY.
    `timeout`: seconds for one answer. `patience`: seconds to wait for a server that is gone in mid-run. `small`, `options`,
    `languages`, `best_of`: see `agents.model.Traits`; None decides by the model's name.
    Raises `ModelError` at construction when the server, the key or a model name is wrong.
    """

    adapter = ""

    def __init__(
        self,
        base_url: str,
        model: str | None = None,
        api_key: str | None = None,
        timeout: float = 120.0,
        *,
        role_models: Mapping[str, str] | None = None,
        patience: float = PATIENCE,
        first_wait: float = 0.5,
        small: bool | None = None,
        options: Literal["supported", "all"] | None = None,
        languages: frozenset[str] | None = None,
        best_of: int = 1,
    ) -> None:
        key = api_key or os.environ.get(KEY_VARIABLE)
        self._calls = Calls(base_url, key, timeout=timeout, first_wait=first_wait, patience=patience)
        self.base_url = self._calls.base_url
        self.role_models = dict(role_models or {})
        try:
            self.server = look_at(self._calls, listless=model is not None)
            if model is None and not self.server.models:
                raise ModelError("The server has no model loaded", where=self.base_url, todo="Start it with a model")
            self.name = check_served(self.server, model or self.server.models[0].id, self.base_url)
            for name in self.role_models.values():
                check_served(self.server, name, f"{self.base_url}, --llm-role")
        except BaseException:
            self._calls.close()
            raise
        traits = traits_by_name(self.name)
        self.small = traits.small if small is None else small
        self.options = options or traits.options
        self.languages = languages or traits.languages
        self.best_of = best_of
        self.context = self.server.model(self.name).context
        self.extras = Extras(self.server.kind, self.base_url)
        self._thinks: set[str] = set()
        roles = "".join(f", {who}: {name}" for who, name in self.role_models.items())
        self.description = f"{self.name} at {self.base_url} ({self.server.name}{roles})"

    def ask(self, requests: Sequence[ModelRequest]) -> list[ModelReply]:
        """Answer each request, in order, all at the same time. Raises `ModelError` naming the call that failed."""
        return ask_together(requests, lambda request: ask_until_valid(request, self.name_for(request), self._write))

    def name_for(self, request: ModelRequest) -> str:
        """The served model that answers this agent: by its id, by its role, else the one for all."""
        role = request.agent if request.agent in PEOPLE else Role.CHARACTER.value
        return self.role_models.get(request.agent) or self.role_models.get(role) or self.name

    def on_wait(self, listener: Waiting | None) -> None:
        """Tell `listener` while a server that is gone is waited for."""
        self._calls.on_wait = listener

    def give_up(self, *, now: bool = True) -> None:
        """End calls that wait for a server or for another try, because a person stopped the run. False: wait again."""
        self._calls.give_up(now=now)

    def close(self) -> None:
        self._calls.close()

    def _write(self, request: ModelRequest) -> Draft:
        first = self._sample(request)
        missing = request.sampling.n - 1 - len(first.others)
        if missing <= 0:
            return first
        others = [
            self._sample(_one_more(request, k)) for k in range(1, missing + 1)
        ]  # a server that gives one at a time
        return replace(
            first,
            others=(*first.others, *[o.text for o in others]),
            prompt_tokens=first.prompt_tokens + sum(o.prompt_tokens for o in others),
            cached_tokens=first.cached_tokens + sum(o.cached_tokens for o in others),
            completion_tokens=first.completion_tokens + sum(o.completion_tokens for o in others),
        )

    def _sample(self, request: ModelRequest) -> Draft:
        where, model = call_name(request), self.name_for(request)
        effort = reasoning_effort(model, self.server.kind)
        answer = None
        while answer is None:  # ends, because each refusal leaves one parameter less
            body = payload(request, model, self.extras, thinks=model in self._thinks, effort=effort)
            answer = self._call(body, where)
        try:
            written = draft(answer, request)
        except (KeyError, IndexError, TypeError, AttributeError, ValueError):
            self._calls.not_openai(where)
        if written.reasoning:
            self._thinks.add(model)
        return written

    def _call(self, body: dict[str, Any], where: str) -> Any:
        """The parsed answer; None when the server refused a parameter, which is then no longer sent."""
        try:
            return self._calls.call("POST", "/chat/completions", body, where)
        except Refused as error:
            if error.status not in {400, 422}:
                self._calls.refuse(error, where)
            sent, refusal = parameters(body), str(error)
            format = str(body.get("response_format", {}).get("type", ""))
            named = self.extras.named(refusal, sent)
            if named:
                self.extras.drop(named, refusal, format=format)
                return None
            suspects = self.extras.suspects(refusal, sent)
            if not suspects:
                self._calls.refuse(error, where)
            try:
                bare = {key: value for key, value in body.items() if key not in {*suspects, "top_logprobs"}}
                answer = self._calls.call("POST", "/chat/completions", bare, where)
            except Refused:
                self._calls.refuse(error, where)
            self.extras.drop(suspects, refusal)
            return answer


def _one_more(request: ModelRequest, k: int) -> ModelRequest:
    sampling = request.sampling.model_copy(update={"n": 1, "seed": request.sampling.seed + k})
    return request.model_copy(update={"sampling": sampling})
