"""One HTTP call to a model server, repeated while its fault may pass.

Knows HTTP and which faults are worth another try. Does not know what is asked or answered. Two kinds of fault are told
apart: a server that answers badly is asked again a few times; a server that is gone (nobody listens, it hung up, it says
that it is loading) is waited for as long as `patience` says, which is long enough for a restart.
"""

from __future__ import annotations

import contextlib
import email.utils
import json
import socket
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, NoReturn

import httpcore
import httpx
import tenacity

from shotplan.errors import ModelError

TRIES = 4
"""Calls to a server that answers badly."""
LONGEST_WAIT = 30.0
"""Seconds between two tries at most, whatever `Retry-After` says."""
PATIENCE = 120.0
"""Seconds to wait for a server that is gone; vLLM on a CPU takes 50 to 80 to start."""
LOOK_AGAIN = 3.0
"""Seconds between two looks at a server that is gone, at most."""
LARGEST_ANSWER = 8_000_000
"""Bytes; a server that sends more is not answering the question."""
KEY_VARIABLE = "EKONTE_API_KEY"

Waiting = Callable[[float, float, str], None]
"""(seconds waited, patience, reason): called every now and then while a server is gone, from any thread."""


class Refused(Exception):
    """The server answered with a status that another try would not change."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Fault(Exception):
    """A fault that may pass; `wait` is what the server asked for, in seconds; `gone`: it was not there at all."""

    def __init__(self, reason: str, wait: float | None = None, *, gone: bool = False) -> None:
        super().__init__(reason)
        self.wait, self.gone = wait, gone


class Calls:
    """Calls to one server. Thread-safe. `timeout`: seconds for one answer. Raises `ModelError` for a wrong address."""

    def __init__(
        self,
        base_url: str,
        key: str | None,
        *,
        timeout: float = 120.0,
        first_wait: float = 0.5,
        patience: float = PATIENCE,
    ) -> None:
        url = httpx.URL(base_url)
        if url.scheme not in {"http", "https"} or not url.host:
            raise ModelError("Not the address of a model server", where=base_url, todo="Write http://host:port/v1")
        path = url.path.rstrip("/") or "/v1"
        self.base_url = str(url.copy_with(path=path, username=None, password=None, query=None))
        self.patience = patience
        self.on_wait: Waiting | None = None
        self._timeout, self._first_wait = timeout, first_wait
        self._told, self._telling = 0.0, threading.Lock()
        self._given_up = threading.Event()
        self._lines: weakref.WeakSet[httpcore.NetworkStream] = weakref.WeakSet()
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(timeout, connect=min(timeout, 5.0)),
            trust_env=url.host not in {"127.0.0.1", "localhost", "::1"},  # a proxy has no business on the loopback
            limits=httpx.Limits(max_connections=64),
        )

    def give_up(self, *, now: bool = True) -> None:
        """Wait for nobody any more: calls that wait for a server, an answer or another try end in an error. False: wait again."""
        if not now:
            self._given_up.clear()
            return
        self._given_up.set()
        for line in list(self._lines):
            _hang_up(line)

    def _connected(self, event: str, info: dict[str, Any]) -> None:
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            line = info["return_value"]
            self._lines.add(line)
            if self._given_up.is_set():
                _hang_up(line)

    def close(self) -> None:
        self.give_up()
        self._http.close()

    def look(self, path: str, *, beside: bool = False) -> Any:
        """The JSON at `path`, or None when there is none; one try. `beside`: beside /v1, not below it."""
        root = self.base_url.removesuffix("/v1") if beside else self.base_url
        try:
            answer = self._http.get(root + path, timeout=min(self._timeout, 5.0))
            return answer.json() if answer.is_success else None
        except (httpx.HTTPError, ValueError, RecursionError):
            return None

    def call(
        self, method: str, path: str, payload: dict[str, Any] | None, where: str = "", *, patient: bool = True
    ) -> Any:
        """The parsed answer. Raises `Refused`, or `ModelError` naming the call when the fault does not pass."""
        gone_since: float | None = None

        def enough(state: tenacity.RetryCallState) -> bool:
            nonlocal gone_since
            fault = state.outcome.exception() if state.outcome else None
            if not (isinstance(fault, _Fault) and fault.gone and patient):
                return state.attempt_number >= TRIES
            gone_since = time.monotonic() if gone_since is None else gone_since
            return time.monotonic() - gone_since >= self.patience and state.attempt_number >= TRIES

        def pause(state: tenacity.RetryCallState) -> float:
            fault = state.outcome.exception() if state.outcome else None
            asked = fault.wait if isinstance(fault, _Fault) else None
            growing = self._first_wait * 2 ** (min(state.attempt_number, 10) - 1)
            if isinstance(fault, _Fault) and fault.gone and state.attempt_number >= TRIES:
                growing = min(growing, LOOK_AGAIN)
            return min(LONGEST_WAIT, growing if asked is None else asked)

        def tell(state: tenacity.RetryCallState) -> None:
            if gone_since is not None and state.outcome is not None:
                self._tell(time.monotonic() - gone_since, str(state.outcome.exception()))

        try:
            for attempt in tenacity.Retrying(
                retry=tenacity.retry_if_exception_type(_Fault),
                stop=enough,
                wait=pause,
                before_sleep=tell,
                sleep=self._sleep,
                reraise=True,
            ):
                with attempt:
                    body = self._once(method, path, payload)
        except _Fault as error:
            waited = f" for {time.monotonic() - gone_since:.0f} s" if gone_since is not None and self.patience else ""
            raise ModelError(
                f"The model server at {self.base_url} does not answer{waited}: {error}",
                where=where,
                todo="Start it again and go on with `ekonte resume`, correct --llm, or use --llm embedded",
            ) from error
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            self.not_openai(where or self.base_url)

    def _sleep(self, seconds: float) -> None:
        self._given_up.wait(seconds)

    def _tell(self, waited: float, reason: str) -> None:
        with self._telling:
            now = time.monotonic()
            if self.on_wait is None or now - self._told < 1.0:
                return
            self._told = now
        self.on_wait(waited, self.patience, reason)

    def _once(self, method: str, path: str, payload: dict[str, Any] | None) -> bytes:
        if self._given_up.is_set():
            raise Refused(0, "the run was stopped")
        deadline = time.monotonic() + self._timeout
        body = bytearray()
        try:
            told = {"trace": self._connected}
            with self._http.stream(method, self.base_url + path, json=payload, extensions=told) as response:
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > LARGEST_ANSWER:
                        raise Refused(response.status_code, f"the answer is longer than {LARGEST_ANSWER} bytes")
                    if time.monotonic() > deadline:
                        raise _Fault(f"no whole answer within {self._timeout:g} s")
        except httpx.TimeoutException as error:
            gone = isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
            raise _Fault(f"no answer within {self._timeout:g} s", gone=gone) from error
        except httpx.TransportError as error:
            raise _Fault(f"{type(error).__name__} {error}".strip(), gone=True) from error
        except httpx.HTTPError as error:
            raise Refused(0, str(error)) from error
        status, wait = response.status_code, _seconds(response.headers.get("Retry-After"))
        if status in {408, 429} or status >= 500:
            said = server_message(bytes(body))
            reason = f"HTTP {status}" + (f", {said}" if said else "")
            raise _Fault(reason, wait, gone=status in {502, 503, 504} and wait is None)
        if not response.is_success:
            raise Refused(status, server_message(bytes(body)))
        return bytes(body)

    def refuse(self, error: Refused, where: str) -> NoReturn:
        """Raises the `ModelError` that a refusal ends in."""
        if error.status in {401, 403}:
            raise ModelError(
                f"The model server refused the key (HTTP {error.status})",
                where=self.base_url,
                todo=f"Set {KEY_VARIABLE} to a key that {self.base_url} accepts",
            ) from error
        if too_long(str(error)):
            raise ModelError(
                f"The prompt does not fit the model's context: {error}",
                where=where,
                todo="Serve the model with a longer context (vLLM: --max-model-len), or shorten the script",
            ) from error
        raise ModelError(
            f"The model server refused the call (HTTP {error.status}): {error}",
            where=where,
            todo="Check the address, the model name and the server's log",
        ) from error

    def not_openai(self, where: str) -> NoReturn:
        raise ModelError(
            f"{self.base_url} answers, but not like an OpenAI-compatible model server",
            where=where,
            todo="Give the address that ends in /v1 of a vLLM or other OpenAI-compatible server",
        )


def _hang_up(line: httpcore.NetworkStream) -> None:
    """Whoever reads from it at the moment, in any thread, hears at once that nothing comes any more."""
    with contextlib.suppress(OSError):
        line.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


def too_long(message: str) -> bool:
    """Whether a refusal is about the length of the prompt (vLLM, SGLang, OpenAI; llama.cpp)."""
    said = message.lower()
    return "context length" in said or "context size" in said or "context_length" in said


def server_message(body: bytes) -> str:
    """What an error body says, on one line."""
    text = body.decode("utf-8", "replace")
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(text)
        error = found.get("error", found) if isinstance(found, dict) else found
        text = str(error.get("message", error)) if isinstance(error, dict) else str(error)
    return " ".join(text.split())[:300]


def _seconds(header: str | None) -> float | None:
    """`Retry-After` as seconds from now; it may be a number or a date."""
    if header is None:
        return None
    with contextlib.suppress(ValueError):
        return max(0.0, float(header))
    with contextlib.suppress(ValueError, TypeError):
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    return None
