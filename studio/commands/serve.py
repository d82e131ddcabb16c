"""`ekonte serve`: a vLLM server for the crew, from start to Ctrl-C.

Knows what people see of it. Does not know flags or processes (`agents.serving`).
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import time
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
from rich.console import Console

from shotplan.errors import ModelError
from studio.commands.app import app
from studio.commands.options import AsJson

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@app.command(context_settings={"allow_extra_args": True})
def serve(
    context: typer.Context,
    model: Annotated[str | None, typer.Option("--model", help="Folder or Hub id; default what suits this machine.")] = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="`--llm auto` finds it on any port.")] = 8000,
    host: Annotated[str, typer.Option("--host", help="Address to listen on; others than this machine need a key.")] = "127.0.0.1",
    adapter: Annotated[
        list[str] | None,
        typer.Option("--adapter", help="LoRA: FOLDER is merged into the model, NAME=FOLDER is served beside it by name."),
    ] = None,
    environment: Annotated[
        Path | None, typer.Option("--environment", help="Python environment with vLLM; default what `make vllm` prepared.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be run, and why.")] = False,
    as_json: AsJson = False,
) -> None:
    """Serve a language model for the crew with vLLM, until Ctrl-C. Flags after `--` go to vLLM as they are."""
    from agents.serving.environment import accepted, find_environment
    from agents.serving.flags import launch
    from agents.serving.machine import look
    from agents.serving.served_model import choose
    from agents.serving.server import KEY_VARIABLE, check_port

    if host not in LOOPBACK and not os.environ.get(KEY_VARIABLE):
        raise ModelError(
            "A server that others can reach needs a key", where=f"--host {host}", todo=f"Set {KEY_VARIABLE} to a secret word"
        )
    console = Console(highlight=False, soft_wrap=True, quiet=as_json, stderr=False)
    if not dry_run:
        check_port(host, port)
    found, machine = find_environment(environment), look()
    if found.build == "cpu":
        machine = replace(machine, gpus=())  # this build cannot use them
    chosen = choose(model, adapter or (), machine)
    planned = launch(found, accepted(found), machine, chosen, host=host, port=port, more=context.args)
    console.print(f"{found}\nmachine: {machine}\nmodel: {chosen.name} from {chosen.source}")
    for name in chosen.adapters:
        console.print(f"adapter: {name.name} from {name.folder}")
    for flag in planned.left_out:
        console.print(f"left out, vLLM {found.version} does not know it: {flag}")
    if dry_run:
        _show(planned, console, as_json=as_json)
    else:
        _serve(planned, console, as_json=as_json)


def _show(planned: Any, console: Console, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_described(planned), ensure_ascii=False, indent=2))
        return
    console.print()
    for name, value in planned.variables.items():
        console.print(f"  {name}={shlex.quote(value)} \\", markup=False)
    console.print(f"  {shlex.join([str(planned.environment.python), '-P', *planned.entry])} \\", markup=False)
    lines = [*map(str, planned.flags), *([shlex.join(planned.more)] if planned.more else [])]
    console.print(" \\\n".join(f"    {line}" for line in lines), markup=False)
    console.print("\nwhy:")
    for flag in planned.flags:
        if flag.why:
            console.print(f"  {flag.name:<34} {flag.why}", markup=False)


def _serve(planned: Any, console: Console, *, as_json: bool) -> None:
    from agents.serving.log_reading import Progress
    from agents.serving.server import Server

    signal.signal(signal.SIGTERM, _as_interrupt)
    signal.signal(signal.SIGHUP, _as_interrupt)
    started = time.monotonic()
    try:
        with Server(planned) as server:
            console.print(f"log: {server.log}")
            with console.status("starting") as status:
                told = ""

                def tell(step: Progress) -> None:
                    nonlocal told
                    share = "" if step.share is None else f" {step.share:.0%}"
                    status.update(step.phase + share)
                    if step.phase != told:
                        told = step.phase
                        console.print(f"  {time.monotonic() - started:5.0f} s  {step.phase}")

                server.wait_ready(tell)
            seconds = time.monotonic() - started
            if as_json:
                ready = {"seconds": round(seconds, 1), "log": str(server.log), "pid": os.getpid(), **_described(planned)}
                print(json.dumps(ready, ensure_ascii=False, indent=2), flush=True)
            console.print(f"ready after {seconds:.0f} s: {planned.url}  ({', '.join(planned.model.names)})")
            console.print("`--llm auto` finds it by itself; stop it with Ctrl-C")
            server.wait_end()
    except KeyboardInterrupt:
        console.print("\nstopped")


def _as_interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _described(planned: Any) -> dict[str, Any]:
    return {
        "url": planned.url,
        "models": list(planned.model.names),
        "source": planned.model.source,
        "vllm": planned.environment.version,
        "build": planned.environment.build,
        "command": planned.command,
        "variables": planned.variables,
        "flags": [{"flag": str(flag), "why": flag.why} for flag in planned.flags],
        "left_out": [str(flag) for flag in planned.left_out],
    }
