"""Decodes many questions together: one worker thread, one pass over the weights for all of them.

Knows prompts as token ids, grammars and sampling. Does not know messages or schemas. Questions join and leave between
any two tokens (Yu et al. 2022, "Orca", iteration-level scheduling); what the grammar forces is appended in the same
pass as the token before it and is never sampled. An answer does not depend on the questions that run beside it.
"""

from __future__ import annotations

import atexit
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import torch
from llguidance import LLMatcher

from agents.embedded.choice import allowed_tokens, choose
from agents.embedded.linear import Kernel
from agents.embedded.llama import Llama, Memory
from agents.embedded.prefix_cache import PrefixCache, parts
from agents.model import Sampling

LONG_RUN = 8
"""More new tokens than this of one sequence go through the block kernel, by themselves (measured break-even)."""
FEW = 1024
"""Up to this many allowed tokens only their logits are computed."""


Lean = Callable[[Sequence[int], torch.Tensor, torch.Tensor], torch.Tensor]
"""From (tokens written, tokens allowed, their logits) to the logits that are chosen from."""


@dataclass
class Written:
    """What one question got: the tokens written, and how."""

    tokens: list[int] = field(default_factory=list)
    forced: int = 0
    cached: int = 0
    """Prompt tokens that were not computed again."""
    confidence: float = 1.0
    """Product over the sampled tokens of their probability among the allowed ones."""
    complete: bool = False
    """False when `max_tokens` came first."""


@dataclass
class _Question:
    prompt: Sequence[int]
    matcher: LLMatcher
    sampling: Sampling
    answer: Future[Written]
    lean: Lean | None = None
    shared: int = 0
    """Tokens at the prompt's beginning that other questions of its kind begin with, too."""
    written: Written = field(default_factory=Written)
    memory: Memory | None = None
    hidden: torch.Tensor = field(default_factory=lambda: torch.empty(0))
    """Last hidden state, (hidden,): what the next token is chosen from."""
    noise: torch.Generator = field(default_factory=torch.Generator)


class Decoder:
    """Owns the worker thread. `submit` may be called from any thread."""

    def __init__(self, llama: Llama, end_token: int, *, together: int = 16, cache_blocks: int = 64) -> None:
        """`end_token` ends an answer that could go on; at most `together` questions run at a time."""
        self._llama, self._end, self._together = llama, end_token, together
        self._cache = PrefixCache(cache_blocks)
        self._waiting: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = self._abandoned = False
        self.passes = 0
        """Forward passes that wrote answer tokens, for benchmarks and tests."""

    def submit(
        self,
        prompt: Sequence[int],
        matcher: LLMatcher,
        sampling: Sampling,
        lean: Lean | None = None,
        *,
        shared: int = 0,
    ) -> Future[Written]:
        """Queue a question, whose first `shared` tokens others of its kind have too.

        Its future raises `ValueError` when the grammar fails. Raises `RuntimeError` after `close`.
        """
        question = _Question(prompt, matcher, sampling, Future(), lean, shared)
        with self._lock:
            if self._closed:
                raise RuntimeError("the model has been closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="embedded-model", daemon=True)
                self._thread.start()
                atexit.register(self._abandon)  # torch aborts when the interpreter ends under a running pass
            self._waiting.put(question)
        return question.answer

    def close(self) -> None:
        """Finish what was asked, then stop the worker."""
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is not None:
            self._waiting.put(None)
            thread.join()
            atexit.unregister(self._abandon)

    def _abandon(self) -> None:
        """Stop the worker after the pass it is in; open questions stay without an answer."""
        self._abandoned = True
        self.close()

    @torch.inference_mode()
    def _work(self) -> None:
        running: list[_Question] = []
        stopping = False
        while (running or not stopping) and not self._abandoned:
            while len(running) < self._together:
                try:
                    question = self._waiting.get(block=not running and not stopping)
                except queue.Empty:
                    break
                if question is None:
                    stopping = True
                elif question.answer.set_running_or_notify_cancel():
                    running += self._unfinished([question], self._begin)
            running = self._unfinished(running, self._step)

    def _unfinished(self, questions: list[_Question], act: Callable[[list[_Question]], None]) -> list[_Question]:
        """Act on the questions and return those still open. A failure fails all of them; the worker lives on."""
        try:
            if questions:
                act(questions)
        except Exception as error:
            for question in questions:
                if not question.answer.done():
                    question.answer.set_exception(error)
        return [question for question in questions if not question.answer.done()]

    def _begin(self, questions: list[_Question]) -> None:
        """Read the prompt, and whatever the grammar forces before the first choice."""
        (question,) = questions
        question.noise.manual_seed(question.sampling.seed)
        forced = _append_forced(question)
        if _finish(question):
            return
        tokens = [*question.prompt, *forced]
        memory = self._llama.memory(len(question.prompt) + question.sampling.max_tokens)
        ends = parts(len(tokens), question.shared)
        question.written.cached = self._cache.restore(tokens, memory, ends)
        for end in ends:
            if end > memory.length:
                question.hidden = self._llama.forward([(tokens[memory.length : end], memory)], "block")[0]
        self._cache.keep(tokens, memory, [end for end in ends if end <= question.shared])
        question.memory = memory

    def _step(self, questions: list[_Question]) -> None:
        """One choice for every question, then one pass over all that was written."""
        runs: list[tuple[_Question, list[int]]] = []
        for question, logits, allowed in self._possibilities(questions):
            if question.lean is not None:
                logits = question.lean(question.written.tokens, allowed, logits)
            choice = choose(logits, allowed, question.sampling, question.noise)
            question.written.confidence *= choice.probability
            if choice.token == self._end:
                question.written.complete = True
                question.answer.set_result(question.written)
                continue
            question.written.tokens.append(choice.token)
            question.matcher.consume_token(choice.token)
            new = [choice.token, *_append_forced(question)]
            if not _finish(question):
                runs.append((question, new))
        short = [(question, new) for question, new in runs if len(new) <= LONG_RUN]
        groups: list[tuple[Kernel, list[tuple[_Question, list[int]]]]] = [("row", short)] if short else []
        groups += [("block", [run]) for run in runs if len(run[1]) > LONG_RUN]
        for kernel, group in groups:
            hidden = self._llama.forward([(new, _memory(question)) for question, new in group], kernel)
            for (question, _), state in zip(group, hidden, strict=True):
                question.hidden = state
            self.passes += 1

    def _possibilities(self, questions: list[_Question]) -> Iterator[tuple[_Question, torch.Tensor, torch.Tensor]]:
        """(question, logits of the allowed tokens, allowed tokens) of every question whose grammar can go on."""
        many: list[tuple[_Question, torch.Tensor]] = []
        for question in questions:
            allowed = allowed_tokens(question.matcher.compute_bitmask(), self._llama.shape.vocab)
            if question.matcher.is_error() or not len(allowed):
                question.answer.set_exception(ValueError(question.matcher.get_error() or "the grammar allows nothing"))
            elif len(allowed) <= FEW:
                yield question, self._llama.logits(question.hidden[None], allowed)[0], allowed
            else:
                many.append((question, allowed))
        if many:
            logits = self._llama.logits(torch.stack([question.hidden for question, _ in many]))
            for (question, allowed), row in zip(many, logits, strict=True):
                yield question, row[allowed], allowed


def _append_forced(question: _Question) -> list[int]:
    """Let the grammar write what it forces; returns those tokens."""
    forced: list[int] = question.matcher.compute_ff_tokens()
    if forced:
        question.matcher.consume_tokens(forced)
        question.written.tokens += forced
        question.written.forced += len(forced)
    return forced


def _finish(question: _Question) -> bool:
    """Answer the question if its grammar ended, failed or ran out of budget."""
    written, matcher = question.written, question.matcher
    if matcher.is_error():
        question.answer.set_exception(ValueError(matcher.get_error()))
    elif len(written.tokens) > question.sampling.max_tokens:
        question.answer.set_result(written)
    elif matcher.is_stopped():
        written.complete = True
        question.answer.set_result(written)
    elif len(written.tokens) == question.sampling.max_tokens and not matcher.is_accepting():
        question.answer.set_result(written)
    return question.answer.done()


def _memory(question: _Question) -> Memory:
    if question.memory is None:
        raise RuntimeError("the prompt has not been read")
    return question.memory
