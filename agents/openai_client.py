"""Any OpenAI-compatible chat server as a `Model`; vLLM first.

Knows the HTTP protocol, its faults, and which of them are worth another try. Does not know prompts.
Three things are kept apart: a lost call is repeated here (bounded, with growing pauses); an invalid answer goes back to
the model (`agents.correction`); everything else is one clear `ModelError`.

The schema travels in `response_format`. vLLM's former `guided_json` was removed and is ignored without a word, so
nothing here relies on the server obeying: every answer is validated again.
"""

from __future__ import annotations

import contextlib
import email.utils
import json
import logging
import os
import re
import time
from collections.abc import Sequence
from typing import Any, NoReturn

import httpx
import tenacity

from agents.answer import public_schema
from agents.correction import Draft, ask_together, ask_until_valid, call_name
from agents.model import ModelReply, ModelRequest
from shotplan.errors import ModelError

TRIES = 4
LONGEST_WAIT = 30.0
"""Seconds between two tries at most, whatever `Retry-After` says."""
LARGEST_ANSWER = 8_000_000
"""Bytes; a server that sends more is not answering the question."""
KEY_VARIABLE = "EKONTE_API_KEY"

log = logging.getLogger(__name__)


class _Retry(Exception):
    """A fault that may pass; `wait` is what the server asked for, in seconds."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class _Refused(Exception):
    """The server answered with a status that another try would not change."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class OpenAIModel:
    """Chat completions at `base_url` (such as http://127.0.0.1:8000/v1). Thread-safe.

    `model`: None takes the first one served. `api_key`: None takes the environment variable EKONTE_API_KEY. `timeout`:
    seconds for one answer. Raises `ModelError` at construction when the server, the key or the model name is wrong.
    """

    adapter = ""

    def __init__(
        self,
        base_url: str,
        model: str | None = None,
        api_key: str | None = None,
        timeout: float = 120.0,
        *,
        first_wait: float = 0.5,
    ) -> None:
        url = httpx.URL(base_url)
        if url.scheme not in {"http", "https"} or not url.host:
            raise ModelError("Not the address of a model server", where=base_url, todo="Write http://host:port/v1")
        path = url.path.rstrip("/") or "/v1"
        self.base_url = str(url.copy_with(path=path, username=None, password=None, query=None))
        self._timeout, self._first_wait = timeout, first_wait
        self._thinking_switch = True
        key = api_key or os.environ.get(KEY_VARIABLE)
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(timeout, connect=min(timeout, 5.0)),
            trust_env=url.host not in {"127.0.0.1", "localhost", "::1"},  # a proxy has no business on the loopback
            limits=httpx.Limits(max_connections=64),
        )
        try:
            self.name = self._served_name(model)
        except BaseException:
            self._http.close()
            raise
        self.description = f"{self.name} at {self.base_url}"

    def ask(self, requests: Sequence[ModelRequest]) -> list[ModelReply]:
        """Answer each request, in order, all at the same time. Raises `ModelError` naming the call that failed."""
        return ask_together(requests, lambda request: ask_until_valid(request, self.name, self._write))

    def close(self) -> None:
        self._http.close()

    def _served_name(self, wanted: str | None) -> str:
        """The model to ask for, checked against what the server says it has."""
        try:
            listing = self._call("GET", "/models", None)
            names = [str(entry["id"]) for entry in listing["data"]]
        except _Refused as error:
            if error.status in {404, 405, 501} and wanted:
                return wanted  # no listing here; a wrong name shows at the first question
            self._refuse(error, self.base_url)
        except (KeyError, TypeError):
            self._not_openai(self.base_url)
        if wanted and wanted not in names:
            raise ModelError(
                f"The server has no model {wanted!r}",
                where=self.base_url,
                todo=f"Choose one of: {', '.join(names) or 'none is loaded'}",
            )
        if not names:
            raise ModelError("The server has no model loaded", where=self.base_url, todo="Start it with a model")
        return wanted or names[0]

    def _write(self, request: ModelRequest) -> Draft:
        where = call_name(request)
        try:
            answer = self._call("POST", "/chat/completions", self._payload(request), where)
        except _Refused as error:
            if not (self._thinking_switch and error.status in {400, 422} and "chat_template_kwargs" in str(error)):
                self._refuse(error, where)
            log.info("%s does not know chat_template_kwargs; they are left out from now on", self.base_url)
            self._thinking_switch = False
            return self._write(request)
        try:
            choice, usage = answer["choices"][0], answer.get("usage") or {}
            text = choice["message"].get("content")
            return Draft(
                text=text if isinstance(text, str) else "",
                cut=choice.get("finish_reason") == "length",
                prompt_tokens=int(usage.get("prompt_tokens") or 0),
                cached_tokens=int((usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0),
                completion_tokens=int(usage.get("completion_tokens") or 0),
            )
        except (KeyError, IndexError, TypeError, AttributeError, ValueError):
            self._not_openai(where)

    def _payload(self, request: ModelRequest) -> dict[str, Any]:
        sampling = request.sampling
        form = {
            "name": re.sub(r"[^A-Za-z0-9_-]", "_", request.question)[:64] or "answer",
            "schema": public_schema(request.answer_schema),
            "strict": True,
        }
        payload = {
            "model": self.name,
            "messages": [message.model_dump() for message in request.messages],
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
            "seed": sampling.seed,
            "response_format": {"type": "json_schema", "json_schema": form},
        }
        if self._thinking_switch:
            payload["chat_template_kwargs"] = {"enable_thinking": False}
        return payload

    def _call(self, method: str, path: str, payload: dict[str, Any] | None, where: str = "") -> Any:
        """The parsed answer of one HTTP call, repeated while the fault may pass. Raises `_Refused` or `ModelError`."""

        def pause(state: tenacity.RetryCallState) -> float:
            fault = state.outcome.exception() if state.outcome else None
            asked = fault.wait if isinstance(fault, _Retry) else None
            growing = self._first_wait * 2 ** (state.attempt_number - 1)
            return min(LONGEST_WAIT, growing if asked is None else asked)

        try:
            for attempt in tenacity.Retrying(
                retry=tenacity.retry_if_exception_type(_Retry),
                stop=tenacity.stop_after_attempt(TRIES),
                wait=pause,
                reraise=True,
            ):
                with attempt:
                    body = self._once(method, path, payload)
        except _Retry as error:
            raise ModelError(
                f"The model server at {self.base_url} does not answer: {error}",
                where=where,
                todo="Start it, correct --llm, or use --llm embedded",
            ) from error
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            self._not_openai(where or self.base_url)

    def _once(self, method: str, path: str, payload: dict[str, Any] | None) -> bytes:
        deadline = time.monotonic() + self._timeout
        body = bytearray()
        try:
            with self._http.stream(method, self.base_url + path, json=payload) as response:
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > LARGEST_ANSWER:
                        raise _Refused(response.status_code, f"the answer is longer than {LARGEST_ANSWER} bytes")
                    if time.monotonic() > deadline:
                        raise _Retry(f"no whole answer within {self._timeout:g} s")
        except httpx.TransportError as error:
            raise _Retry(f"{type(error).__name__} {error}".strip()) from error
        except httpx.HTTPError as error:
            raise _Refused(0, str(error)) from error
        if response.status_code in {408, 429} or response.status_code >= 500:
            raise _Retry(f"HTTP {response.status_code}", _seconds(response.headers.get("Retry-After")))
        if not response.is_success:
            raise _Refused(response.status_code, _server_message(bytes(body)))
        return bytes(body)

    def _refuse(self, error: _Refused, where: str) -> NoReturn:
        if error.status in {401, 403}:
            raise ModelError(
                f"The model server refused the key (HTTP {error.status})",
                where=self.base_url,
                todo=f"Set {KEY_VARIABLE} to a key that {self.base_url} accepts",
            ) from error
        raise ModelError(
            f"The model server refused the call (HTTP {error.status}): {error}",
            where=where,
            todo="Check the address, the model name and the server's log",
        ) from error

    def _not_openai(self, where: str) -> NoReturn:
        raise ModelError(
            f"{self.base_url} answers, but not like an OpenAI-compatible model server",
            where=where,
            todo="Give the address that ends in /v1 of a vLLM or other OpenAI-compatible server",
        )


def _seconds(header: str | None) -> float | None:
    """`Retry-After` as seconds from now; it may be a number or a date."""
    if header is None:
        return None
    with contextlib.suppress(ValueError):
        return max(0.0, float(header))
    with contextlib.suppress(ValueError, TypeError):
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    return None


def _server_message(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(text)
        error = found.get("error", found) if isinstance(found, dict) else found
        text = str(error.get("message", error)) if isinstance(error, dict) else str(error)
    return " ".join(text.split())[:300]
