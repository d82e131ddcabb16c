"""A `/v1/videos` server for tests, in this process: draws a moving square, and plays the faults it is told to."""

from __future__ import annotations

import email
import email.policy
import json
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from video_core.encode import write_mp4


def square_film(size: tuple[int, int], frames: int, fps: int, first: bytes = b"") -> bytes:
    """An mp4 in which a white square moves from left to right over grey; its first frame is the picture `first`, when one is given."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        write_mp4(path, _squares(size, frames, first), fps)
        return path.read_bytes()


def _squares(size: tuple[int, int], frames: int, first: bytes) -> Iterator[np.ndarray]:
    side = size[0] // 4
    if first:
        picture = cv2.imdecode(np.frombuffer(first, np.uint8), cv2.IMREAD_COLOR)
        yield cv2.resize(picture, size[::-1], interpolation=cv2.INTER_AREA)[..., ::-1]
    for n in range(bool(first), frames):
        frame = np.full((*size, 3), 90, np.uint8)
        left = round((size[1] - side) * n / max(1, frames - 1))
        frame[side : 2 * side, left : left + side] = 240
        yield frame


@dataclass
class VideoServer:
    """`faults` by endpoint (create, status, content, models), one per request in order; None is a good answer.

    A number is an HTTP status; `lose` forgets every job; `drop` closes the connection; `fail` says the job failed, `omni` the same
    with the HTTP status of the failure, as vLLM-Omni does; `garbage`, `empty` and
    `html` are bad bodies; `short` and `small` are films with too few frames or of another size; `slow` stays in progress.
    """

    faults: dict[str, list[Any]] = field(default_factory=dict)
    model: str = "Wan-AI/Wan2.2-TI2V-5B-Diffusers"
    created: list[dict[str, str]] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    given: dict[str, bytes] = field(default_factory=dict)
    """The picture of each job that has one. A model named t2v does not look at it."""
    asked: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    jobs: dict[str, int] = field(default_factory=dict)
    """How often each was asked for."""
    url: str = ""

    def __enter__(self) -> VideoServer:
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=lambda: self._http.serve_forever(poll_interval=0.01), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def fault(self, endpoint: str) -> Any:
        waiting = self.faults.get(endpoint, [])
        return waiting.pop(0) if waiting else None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *words: object) -> None: ...

            def do_GET(self) -> None:
                server.keys.append(self.headers.get("Authorization", ""))
                parts = self.path.strip("/").split("/")
                endpoint = "models" if parts[1] == "models" else "content" if parts[-1] == "content" else "status"
                server.asked.append(endpoint)
                fault = server.fault(endpoint)
                if fault == "lose":
                    server.jobs.clear()
                    fault = None
                if self.played(fault):
                    return
                if endpoint == "models":
                    self.say(200, {"data": [{"id": server.model}]})
                elif parts[2] not in server.jobs:
                    self.say(404, {"error": {"message": "no such video"}})
                elif endpoint == "status":
                    self.status(parts[2], fault)
                else:
                    self.film(parts[2], fault)

            def do_DELETE(self) -> None:
                server.asked.append("delete")
                server.jobs.pop(self.path.strip("/").split("/")[2], None)
                self.say(200, {"deleted": True})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.asked.append("create")
                if self.played(server.fault("create")):
                    return
                head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
                form = email.message_from_bytes(head + body, policy=email.policy.default)
                fields: dict[str, str] = {}
                picture = b""
                for part in form.iter_parts():
                    name = part.get_param("name", header="content-disposition")
                    payload = part.get_payload(decode=True)
                    if part.get_filename():
                        server.pictures.append(picture := payload)
                    else:
                        fields[str(name)] = payload.decode()
                server.created.append(fields)
                job = f"video-{len(server.created)}"
                server.jobs[job] = 0
                server.given[job] = picture if "-t2v-" not in server.model.lower() else b""
                self.say(200, {"id": job, "status": "queued", "created_at": 0})

            def played(self, fault: Any) -> bool:
                match fault:
                    case int():
                        self.say(fault, {"error": {"message": f"told to say {fault}"}}, {"Retry-After": "0"})
                    case "drop":
                        self.close_connection = True
                        self.connection.close()
                    case "html":
                        self.raw(200, b"<html>proxy</html>", "text/html")
                    case _:
                        return False
                return True

            def status(self, job: str, fault: Any) -> None:
                server.jobs[job] += 1
                states = ["queued", "in_progress", "completed"]
                played = {"fail": "failed", "omni": "failed", "slow": "in_progress"}
                state = played.get(fault) or states[min(2, server.jobs[job] - 1)]
                error = {"code": 500, "message": "CUDA out of memory"} if state == "failed" else None
                code = 500 if fault == "omni" else 200
                self.say(code, {"id": job, "status": state, "progress": 33 * server.jobs[job], "error": error})

            def film(self, job: str, fault: Any) -> None:
                fields = server.created[int(job.rsplit("-", 1)[1]) - 1]
                size, frames = (int(fields["height"]), int(fields["width"])), int(fields["num_frames"])
                if fault == "short":
                    frames = frames // 2
                if fault == "small":
                    size = (size[0] // 2, size[1] // 2)
                bad = {"garbage": b"\x00\x01 not a film" * 50, "empty": b""}
                body = bad[fault] if fault in bad else square_film(size, frames, int(fields["fps"]), server.given[job])
                self.raw(200, body, "video/mp4")

            def say(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
                self.raw(status, json.dumps(body).encode(), "application/json", headers)

            def raw(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        return Handler
