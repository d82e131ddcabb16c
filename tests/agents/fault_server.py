"""A model server on the loopback that plays what it is told, every fault a server can have included.

Knows HTTP and the shape of chat completions. Does not know what is asked of it. As a program of its own, so that it can be
killed, it answers whatever its constraint allows first and writes down each call that it answered:

    python -m tests.agents.fault_server PORT FILE [SECONDS PER ANSWER]
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Act = Callable[[BaseHTTPRequestHandler], None]


class Play:
    """What the server does with its chat calls, one entry per call; the last entry goes on for ever."""

    def __init__(self) -> None:
        self.script: list[Act] = []
        self.calls: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.models: Act = says({"data": [{"id": "small"}, {"id": "large"}]})
        self.version: Act = says(b"", 404)
        self.url = ""
        self.port = 0
        self.lock = threading.Lock()

    def is_vllm(self, *models: str, version: str = "0.32.0") -> None:
        """Let the server call itself vLLM."""
        names = models or ("large-7b",)
        self.models = says({"data": [{"id": m, "owned_by": "vllm", "max_model_len": 4096} for m in names]})
        self.version = says({"version": version})

    def next(self, call: dict[str, Any]) -> Act:
        with self.lock:
            self.calls.append(call)
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]


def says(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Act:
    def act(handler: BaseHTTPRequestHandler) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(raw)), **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(raw)

    return act


def answers(text: str | None, finish: str = "stop", *, more: tuple[str, ...] = (), **usage: Any) -> Act:
    """A chat completion; `more`: further choices."""
    return says({"choices": [choice(t, finish) for t in (text, *more)], "usage": usage or None})


def choice(text: str | None, finish: str = "stop", **more: Any) -> dict[str, Any]:
    return {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish, **more}


def obeys(handler: BaseHTTPRequestHandler) -> None:
    """Answers by rule whatever the schema or the choice in the call allows first."""
    call: dict[str, Any] = handler.call  # type: ignore[attr-defined]
    answers(first_answer(call), prompt_tokens=100, completion_tokens=10)(handler)


def first_answer(call: dict[str, Any]) -> str:
    """The first answer that a call's constraint allows, with a free text in the language of the prompt."""
    if "structured_outputs" in call:
        return str(call["structured_outputs"]["choice"][0])
    schema = call["response_format"]["json_schema"]["schema"]
    content = {key: _first(part, call) for key, part in schema["properties"].items()}
    return json.dumps(content, ensure_ascii=False)


def _first(part: dict[str, Any], call: dict[str, Any]) -> Any:
    if "enum" in part:
        return part["enum"][0]
    system = str(call["messages"][0]["content"])
    return "これが一番よい" if "あなた" in system else "这样最好" if "你" in system else "this suits the story best"


def after(seconds: float, act: Act) -> Act:
    """The act, a while later."""

    def late(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        act(handler)

    return late


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    """The connection is cut in mid-answer."""
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    handler.close_connection = True


@contextmanager
def serving(made: Play, port: int = 0) -> Iterator[Play]:
    """The server, on a port of its own or the one given, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            (made.version if self.path == "/version" else made.models)(self)

        def do_POST(self) -> None:
            made.headers.append(dict(self.headers))
            self.call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            made.next(self.call)(self)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False
        request_queue_size = 64

        def handle_error(self, *_: Any) -> None:
            pass

    server = Server(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    made.port = server.server_address[1]
    made.url = f"http://127.0.0.1:{made.port}/v1"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    port, file, *slow = sys.argv[1:]
    play = Play()
    play.is_vllm("large-7b")

    def writes_down(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(float(slow[0]) if slow else 0.0)
        obeys(handler)
        call = handler.call  # type: ignore[attr-defined]
        with play.lock, Path(file).open("a", encoding="utf-8") as written:
            written.write(json.dumps([call["messages"], call["seed"]], ensure_ascii=False) + "\n")

    play.script = [writes_down]
    with serving(play, int(port)):
        print("listening", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
