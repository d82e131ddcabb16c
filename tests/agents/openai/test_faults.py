"""Faults of a model server, and what becomes of them.

| fault | what happens | test |
|---|---|---|
| server slow | waited for up to the time-out, asked again a few times, then one error naming the call | `a_slow_server_...` |
| 429 with Retry-After | asked again after the pause it wants | `test_model: a_busy_server_...` |
| 500, 503 | asked again, the same call; then one error naming the call | `test_model: a_fault_that_passes_...` |
| connection cut in mid-answer | asked again, the same call | `test_model: a_fault_that_passes_...` |
| server killed and restarted in mid-run | waited for, up to `--llm-patience`; the run goes on, no call twice | `a_server_killed_...` |
| server killed and not restarted | the run stops with an error naming the call; `resume` goes on, no call twice | `a_run_that_...` |
| answer cut | sent back, and the next answer may be twice as long | `a_cut_answer_...` |
| empty answer | sent back with the reason | `test_model: an_invalid_answer_...` |
| endless repetition | vLLM is told to end it; elsewhere it is cut; sent back with the reason | `an_endless_repetition_...` |
| wrong language | sent back with the reason; three times is an error naming the call | `an_answer_in_the_wrong_language_...` |
| schema-valid lie (unknown id) | cannot be written: every id is an option of the schema, built from the plan | `no_question_lets_...` |
| schema-valid lie, schema ignored | checked again and sent back with the options | `an_unknown_id_...` |
| lie about a remedy that has gone stale | the message is rejected and recorded; the agent hears why | `tests/graph/test_protocols` |
| reasoning around the JSON | kept on the tape, out of every prompt | `reasoning_stays_...` |
| response_format ignored | the answer is validated all the same; free talk goes back | `a_server_that_ignores_...` |
| Ctrl+C while a server is waited for, or its answer | the run stops at once, `resume` goes on | `an_interrupt_...` |
| context overflow | one error that says so; nothing is cut in silence | `a_prompt_that_is_too_long_...` |
| hostile script | quoted; it can end no quotation and forge no turn | `test_hostile_scripts` |
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.model import ChatMessage, ModelRequest, Sampling
from agents.openai import OpenAIModel, ServerOptions
from graph.session import Session
from shotplan.brief import Brief
from shotplan.errors import ModelError
from tests.agents.fault_server import Play, after, answers, choice, first_answer, obeys, says, serving

ROOT = Path(__file__).parents[3]
BRIEF = Brief.from_text(
    "A red fox runs through a forest and jumps over a huge log. An owl watches, surprised.", duration=8
)
REASON = {
    "type": "object",
    "properties": {"reason": {"type": "string", "minLength": 2, "x-language": "zh"}},
    "required": ["reason"],
    "additionalProperties": False,
}


@pytest.fixture
def play() -> Iterator[Play]:
    with serving(Play()) as made:
        made.is_vllm("large-7b")
        made.script = [obeys]
        yield made


def model_at(play: Play, timeout: float = 5.0) -> OpenAIModel:
    return OpenAIModel(play.url, timeout=timeout, first_wait=0.01, patience=0)


def why(schema: dict[str, Any] = REASON, max_tokens: int = 60) -> ModelRequest:
    messages = (ChatMessage(role="system", content="你是导演。"), ChatMessage(role="user", content="为什么？"))
    return ModelRequest(
        agent="director", question="director.reason", messages=messages, answer_schema=schema,
        sampling=Sampling(max_tokens=max_tokens),
    )  # fmt: skip


def zh(text: str) -> str:
    return json.dumps({"reason": text}, ensure_ascii=False)


def test_a_slow_server_is_waited_for_and_given_up_after_the_time_out(play: Play) -> None:
    play.script = [after(0.3, answers(zh("这样最好")))]
    assert model_at(play).ask([why()])[0].content == {"reason": "这样最好"}
    play.calls.clear()
    with pytest.raises(ModelError, match=r"no (whole )?answer within 0\.1 s.*director/director\.reason"):
        model_at(play, timeout=0.1).ask([why()])
    assert len(play.calls) == 4


def test_a_cut_answer_goes_back_and_the_next_one_may_be_twice_as_long(play: Play) -> None:
    play.script = [answers('{"reason":"因为', "length"), answers(zh("因为猫跳不过去"))]
    reply = model_at(play).ask([why()])[0]
    assert (reply.attempts, [call["max_tokens"] for call in play.calls]) == (2, [60, 120])
    assert "cut at 60 tokens" in play.calls[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    "endless",
    [
        answers('{"reason":"' + "因为因为" * 200, "length"),
        answers('{"reason":"' + "so tall, " * 200, "length"),
        answers('{"reason":"很好', "repetition"),
    ],
)
def test_an_endless_repetition_goes_back_as_what_it_is(play: Play, endless: Any) -> None:
    play.script = [endless, answers(zh("因为猫跳不过去"))]
    assert model_at(play).ask([why()])[0].attempts == 2
    assert "repeated itself" in play.calls[1]["messages"][-1]["content"]
    assert len(play.calls[1]["messages"][-2]["content"]) <= 2000


@pytest.mark.parametrize(
    "text", ["Because the cat cannot jump it.", "猫が壁を飛び越えられないからです", "????because????"]
)
def test_an_answer_in_the_wrong_language_goes_back(play: Play, text: str) -> None:
    play.script = [answers(zh(text)), answers(zh("猫跳不过 1.2 m 的 wall"))]
    reply = model_at(play).ask([why()])[0]
    assert reply.content == {"reason": "猫跳不过 1.2 m 的 wall"}
    assert "not written in Chinese" in play.calls[1]["messages"][-1]["content"]
    play.script = [answers(zh(text))]
    with pytest.raises(ModelError, match=r"not written in Chinese.*director/director\.reason"):
        model_at(play).ask([why()])


def test_an_unknown_id_in_a_well_formed_answer_goes_back_with_the_options(play: Play) -> None:
    who = {"type": "object", "properties": {"who": {"enum": ["fox", "owl"]}}, "required": ["who"]}
    play.script = [answers('{"who":"wolf"}'), answers('{"who":"owl"}')]
    assert model_at(play).ask([why(who)])[0].content == {"who": "owl"}
    assert "'wolf' is not one of ['fox', 'owl']" in play.calls[1]["messages"][-1]["content"]


@pytest.fixture(scope="module")
def thinking_session(tmp_path_factory: pytest.TempPathFactory) -> tuple[Session, list[dict[str, Any]]]:
    """A whole talk with a model that thinks aloud, and every call it was sent."""
    with serving(Play()) as made:
        made.is_vllm("large-7b")
        made.script = [thinks_aloud]
        session = Session.create(tmp_path_factory.mktemp("talk") / "s", BRIEF, made.url)
        session.run()
        return session, made.calls


def thinks_aloud(handler: Any) -> None:
    """Half of the answers with reasoning inside the text, half with it in a field of its own."""
    text = first_answer(handler.call)
    if len(text) % 2:
        answers(f"<think>SECRET thought</think>\n\n{text}")(handler)
    else:
        message = {"role": "assistant", "content": text, "reasoning": "SECRET thought"}
        says({"choices": [choice(text, message=message)]})(handler)


def test_no_question_lets_a_model_write_an_id_of_its_own(
    thinking_session: tuple[Session, list[dict[str, Any]]],
) -> None:
    free: set[str] = set()
    for call in thinking_session[1]:
        if "response_format" in call:
            fields = call["response_format"]["json_schema"]["schema"]["properties"]
            free |= {key for key, field in fields.items() if "enum" not in field}
    assert free <= {"reason"}


def test_reasoning_stays_on_the_tape_and_out_of_every_prompt(
    thinking_session: tuple[Session, list[dict[str, Any]]],
) -> None:
    session, calls = thinking_session
    assert "SECRET" not in json.dumps([call["messages"] for call in calls])
    assert "SECRET" not in json.dumps([m.model_dump(mode="json") for m in session.messages()])
    records = [json.loads(line) for line in (session.folder / "tape.jsonl").read_text(encoding="utf-8").splitlines()]
    assert all(record["reply"]["reasoning"] == "SECRET thought" for record in records)
    assert session.outcome in ("agreed", "agreed_with_overrides")


def test_a_server_that_ignores_the_schema_is_believed_when_the_answer_fits_and_told_when_not(play: Play) -> None:
    play.script = [answers("Sure! 因为猫跳不过去。"), answers(f"```json\n{zh('因为')}\n```"), answers(zh("因为"))]
    reply = model_at(play).ask([why()])[0]
    assert (reply.content, reply.attempts) == ({"reason": "因为"}, 3)


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 2048 tokens. However, you requested 60 output tokens (max_tokens) and ...",
        "request (3000 tokens) exceeds the available context size (2048 tokens), try increasing it",
    ],
)
def test_a_prompt_that_is_too_long_says_so_and_costs_no_parameter(play: Play, message: str) -> None:
    play.script = [says({"error": {"message": message}}, 400)]
    model = model_at(play)
    with pytest.raises(ModelError, match=r"does not fit the model's context.*--max-model-len"):
        model.ask([why()])
    assert len(play.calls) == 1
    assert model.extras.takes("max_tokens")


def test_reasoning_that_swallowed_the_answer_is_told_apart_from_an_empty_one(play: Play) -> None:
    lost = choice("", message={"role": "assistant", "content": None, "reasoning": zh("因为")})
    play.script = [says({"choices": [lost]})]
    with pytest.raises(ModelError, match="everything was written as reasoning"):
        model_at(play).ask([why()])


class Program:
    """The server as a process that can be killed."""

    def __init__(self, folder: Path, seconds: float = 0.05) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self.answered, self.seconds = folder / "answered.jsonl", seconds
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.agents.fault_server",
            str(self.port),
            str(self.answered),
            str(self.seconds),
        ]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "listening\n"

    def kill(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None

    def calls(self) -> list[str]:
        return self.answered.read_text(encoding="utf-8").splitlines() if self.answered.exists() else []

    def wait_for_calls(self, number: int) -> None:
        end = time.monotonic() + 20
        while len(self.calls()) < number and time.monotonic() < end:
            time.sleep(0.01)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    made = Program(tmp_path)
    made.start()
    yield made
    made.kill()


def nothing_to_find(plan: Any, *, remedies: bool = True) -> list[Any]:
    """Rules that find nothing: these tests are about calls, not plans."""
    return []


def taped(session: Session) -> list[str]:
    records = [json.loads(line) for line in (session.folder / "tape.jsonl").read_text(encoding="utf-8").splitlines()]
    return [record["key"] for record in records]


def test_a_server_killed_and_restarted_in_mid_run_is_waited_for_and_nothing_is_asked_twice(
    tmp_path: Path, program: Program
) -> None:
    session = Session.create(
        tmp_path / "s", BRIEF, program.url, server=ServerOptions(patience=30), measure=nothing_to_find
    )

    def restart() -> None:
        program.wait_for_calls(4)
        program.kill()
        time.sleep(1.5)
        program.start()

    killer = threading.Thread(target=restart)
    killer.start()
    waits: list[Any] = []
    plan = session.run(on_event=lambda event: waits.append(event) if event.type == "model_awaited" else None)
    killer.join()
    assert session.outcome in ("agreed", "agreed_with_overrides")
    assert waits, "the person is told"
    keys, calls = taped(session), program.calls()
    assert len(keys) == len(set(keys))
    assert len(set(calls)) == len(keys)
    assert len(calls) - len(set(calls)) <= 3, "only what was on the wire when it was killed"
    assert plan.shots


def test_a_run_that_lost_its_server_stops_with_a_clear_error_and_goes_on_where_it_was(
    tmp_path: Path, program: Program
) -> None:
    session = Session.create(
        tmp_path / "s", BRIEF, program.url, server=ServerOptions(patience=0), measure=nothing_to_find
    )

    def kill() -> None:
        program.wait_for_calls(4)
        program.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(ModelError, match=r"does not answer.*/.*ekonte resume"):
        session.run()
    killer.join()
    before = taped(session)
    program.start()
    again = Session.open(session.folder, measure=nothing_to_find)
    again.resume()
    assert again.outcome in ("agreed", "agreed_with_overrides")
    keys = taped(again)
    assert keys[: len(before)] == before
    assert len(keys) == len(set(keys)) == len(set(program.calls()))


STOPPED = """
import sys
from graph.session import Session
from agents.openai import ServerOptions
from shotplan.brief import Brief
def told(event):
    if event.type == "model_awaited":
        print("waiting", flush=True)
brief = Brief.from_text("A red fox runs. An owl watches.", duration=6)
session = Session.create(sys.argv[1], brief, sys.argv[2], server=ServerOptions(patience=100), measure=lambda plan, remedies=True: [])
print("begun", flush=True)
try:
    session.run(on_event=told)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def test_an_interrupt_while_an_answer_is_waited_for_ends_the_call_at_once(play: Play) -> None:
    play.script = [answers(zh("这样最好")), after(20, answers(zh("这样最好")))]
    model = model_at(play, timeout=60)
    model.ask([why()])
    stop = threading.Timer(0.5, model.give_up)
    stop.start()
    begin = time.monotonic()
    with pytest.raises(ModelError, match="the run was stopped"):
        model.ask([why()])
    assert time.monotonic() - begin < 10
    assert len(play.calls) == 2
    stop.join()
    with pytest.raises(ModelError, match="the run was stopped"):
        model.ask([why()])
    model.give_up(now=False)
    play.script = [answers(zh("这样最好"))]
    assert model.ask([why()])[0].content == {"reason": "这样最好"}


@pytest.mark.slow
def test_an_interrupt_while_the_server_is_waited_for_stops_the_run_at_once(tmp_path: Path, program: Program) -> None:
    command = [sys.executable, "-c", STOPPED, str(tmp_path / "s"), program.url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "begun\n"
        program.wait_for_calls(2)
        program.kill()
        assert child.stdout.readline() == "waiting\n"
        begin = time.monotonic()
        child.send_signal(signal.SIGINT)
        rest = child.stdout.read()
        child.wait()
    assert "interrupted" in rest
    assert time.monotonic() - begin < 30
