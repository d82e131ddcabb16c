"""One `/v1/videos` server over HTTP: create a job, ask for it, fetch its film, drop it.

Knows the endpoints and fields of vLLM-Omni 0.30 (multipart form; OpenAI's own names where they exist), and which answers may be tried
again. Does not know shots, nor how long to wait (`server_job`).
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx

from shotplan.errors import RenderError

CONNECT, READ = 10.0, 120.0
"""Seconds to reach the server, and to wait for one answer."""
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that another try may change."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""Hosts on which a proxy has no business."""


class ServerBusy(Exception):
    """No usable answer this time. `pause`: seconds the server asked to wait."""

    def __init__(self, why: str, pause: float = 0.0) -> None:
        super().__init__(why)
        self.pause = pause


class JobLost(Exception):
    """The server does not know the job (any more): its store is in memory and dies with it."""


@dataclass(frozen=True)
class Request:
    """What is sent to make one clip."""

    fields: Mapping[str, str]
    picture: bytes = field(default=b"", repr=False)
    """PNG for `input_reference`; empty sends none."""


@dataclass(frozen=True)
class Job:
    """What the server says of a job."""

    id: str
    status: str
    """`queued`, `in_progress`, `completed` or `failed`."""
    progress: float
    """0..100, as far as the server tells."""
    error: str = ""


class VideoServer:
    """A client of one base address. Every method raises `ServerBusy` for what may pass and `RenderError` for what will not."""

    def __init__(self, url: str, *, key: str = "", transport: httpx.BaseTransport | None = None) -> None:
        """Raises `RenderError` when the address is none, or the environment's proxy is of a kind that cannot be used."""
        whole = urlsplit(base_url(url))
        self.url = urlunsplit(whole._replace(netloc=whole.netloc.rpartition("@")[2]))
        """Without a user's name and password: it is said in reports and errors."""
        self.silent = False
        """Whether it gave no answer for as long as one is patient; kept by who asks."""
        user = (unquote(whole.username), unquote(whole.password or "")) if whole.username else None
        try:
            self._http = httpx.Client(
                base_url=self.url, timeout=httpx.Timeout(READ, connect=CONNECT), follow_redirects=True, transport=transport,
                auth=user, headers={"Authorization": f"Bearer {key}"} if key else {}, trust_env=urlsplit(self.url).hostname not in LOOPBACK,
            )  # fmt: skip
        except (ImportError, ValueError) as e:
            raise RenderError(
                f"the proxy of the environment cannot be used: {str(e).split('. ')[0]}", where=self.url,
                todo="unset ALL_PROXY, name the server's host in NO_PROXY, or set HTTP_PROXY and HTTPS_PROXY to an http:// address",
            ) from e  # fmt: skip

    def close(self) -> None:
        self._http.close()

    def models(self) -> tuple[str, ...]:
        """Names of the served models; empty when the server has no list."""
        answer = self._send("GET", "/v1/models", missing_is_lost=False)
        if answer is None:
            return ()
        listed = _json(answer).get("data")
        return tuple(str(entry["id"]) for entry in listed if isinstance(entry, dict) and "id" in entry) if isinstance(listed, list) else ()

    def create(self, request: Request) -> Job:
        """Start a job."""
        parts: dict[str, Any] = {name: (None, value) for name, value in request.fields.items()}
        if request.picture:
            parts["input_reference"] = ("frame.png", request.picture, "image/png")
        answer = self._send("POST", "/v1/videos", missing_is_lost=False, files=parts)
        if answer is None:
            raise RenderError(
                "this server has no /v1/videos", where=self.url, todo="start a video model, for example `vllm serve MODEL --omni`"
            )
        return self._job(answer)

    def status(self, job: str) -> Job:
        """How far a job is. Raises `JobLost`.

        vLLM-Omni tells of a failed job with the HTTP status of its failure, such as 500, and the job itself in the body.
        """
        answer = self._send("GET", f"/v1/videos/{job}", meant=_of_failed_job)
        assert answer is not None
        return self._job(answer)

    def content(self, job: str) -> bytes:
        """The film of a completed job. Raises `JobLost`."""
        answer = self._send("GET", f"/v1/videos/{job}/content")
        assert answer is not None
        if not answer.content:
            raise ServerBusy("the film came back empty")
        return answer.content

    def drop(self, job: str) -> None:
        """Tell the server to forget a job, as far as it listens."""
        try:
            self._http.delete(f"/v1/videos/{job}", timeout=CONNECT)
        except httpx.HTTPError:
            return

    def _send(
        self, method: str, path: str, *, missing_is_lost: bool = True, meant: Callable[[httpx.Response], bool] = lambda answer: False,
        **more: Any,
    ) -> httpx.Response | None:  # fmt: skip
        """The answer; None for 404 where that is no loss of a job. `meant`: whether an answer of 500 and the like is one after all."""
        try:
            answer = self._http.request(method, path, **more)
        except httpx.TimeoutException as e:
            raise ServerBusy(f"no answer to {method} {path} in time ({type(e).__name__})") from e
        except httpx.TransportError as e:
            raise ServerBusy(f"cannot be reached: {e or type(e).__name__}") from e
        if answer.status_code in (404, 410) and not meant(answer):
            if missing_is_lost:
                raise JobLost
            return None
        if answer.request.method != method:
            raise RenderError(
                f"the server sends requests on to {answer.request.url}", where=self.url, todo="give the address that it sends them to"
            )
        if answer.status_code in AGAIN and meant(answer):
            return answer
        if answer.status_code in AGAIN:
            raise ServerBusy(f"answered {answer.status_code}: {_reason(answer)}", _pause(answer))
        if answer.status_code >= 400:
            todo = "set the key in the environment variable EKONTE_VIDEO_SERVER_KEY" if answer.status_code in (401, 403) else (
                "change the shot or the settings, or ask a server whose model takes this"
            )  # fmt: skip
            raise RenderError(f"the video server refused ({answer.status_code}): {_reason(answer)}", where=self.url, todo=todo)
        return answer

    def _job(self, answer: httpx.Response) -> Job:
        body = _json(answer)
        name = body.get("id")
        if not isinstance(name, str) or not name or "/" in name:
            raise RenderError(
                f"the video server's answer has no job id: {str(body)[:120]}", where=self.url,
                todo="ask a server with asynchronous jobs at /v1/videos, such as vLLM-Omni 0.30",
            )  # fmt: skip
        error = body.get("error")
        told = str(error.get("message", "")) if isinstance(error, dict) else str(error or "")
        progress = body.get("progress")
        status = {"pending": "queued", "processing": "in_progress", "running": "in_progress", "succeeded": "completed", "error": "failed"}
        said = str(body.get("status", "queued")).lower()
        return Job(name, status.get(said, said), float(progress) if isinstance(progress, int | float) else 0.0, told)


def base_url(text: str) -> str:
    """The address without `/v1` and trailing slashes. Raises `RenderError` when it is none."""
    url = text.strip().rstrip("/").removesuffix("/videos").removesuffix("/v1")
    if not url.startswith(("http://", "https://")) or len(url.split("://", 1)[1]) == 0:
        raise RenderError(f"{text!r} is no address of a server", where="--video-server", todo="write it like http://localhost:8091")
    return url


def _of_failed_job(answer: httpx.Response) -> bool:
    try:
        body = _json(answer)
    except ServerBusy:
        return False
    return body.get("status") == "failed" and "id" in body


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError as e:
        raise ServerBusy(f"the answer is not JSON: {answer.text[:80]!r}") from e
    if not isinstance(body, dict):
        raise ServerBusy(f"the answer is not a JSON object: {str(body)[:80]}")
    return body


def _reason(answer: httpx.Response) -> str:
    """The server's own words, in one line."""
    try:
        body = answer.json()
    except ValueError:
        body = answer.text
    if isinstance(body, dict):
        inner = body.get("error", body.get("detail", body.get("message", body)))
        body = inner.get("message", inner) if isinstance(inner, dict) else inner
    return " ".join(str(body).split())[:300] or answer.reason_phrase


def _pause(answer: httpx.Response) -> float:
    """Seconds of `Retry-After`, at most a minute."""
    told = answer.headers.get("retry-after", "")
    if told.isdigit():
        return min(60.0, float(told))
    try:
        return min(60.0, max(0.0, email.utils.parsedate_to_datetime(told).timestamp() - time.time()))
    except (ValueError, TypeError):
        return 0.0
