"""How fast the embedded language model is: `python -m evals.bench.llm [--threads N] [--without-transformers]`.

Every figure that matters is a ratio of two ways measured in turn in the same run, so that a busy machine disturbs both.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch

from agents.embedded.checkpoint import prepared_checkpoint
from agents.embedded.linear import Kernel
from agents.embedded.llama import Llama
from agents.embedded.model import EmbeddedModel
from agents.embedded.prefix_cache import BLOCK
from agents.model import ChatMessage, ModelReply, ModelRequest, Sampling

SCRIPT = "A red fox runs through a forest at sunset and jumps over a fallen log. An owl watches, surprised."
BEAT = {
    "type": "object",
    "properties": {
        "who": {"enum": ["fox", "owl"]},
        "action": {"enum": ["run", "jump_over", "watch", "sleep", "talk", "perform"]},
        "emotion": {"enum": ["calm", "happy", "surprised", "afraid", "angry", "sad"]},
        "span": {"type": "string", "x-copy-from": SCRIPT},
        "note": {"type": "string", "maxLength": 80},
    },
    "required": ["who", "action", "emotion", "span", "note"],
    "additionalProperties": False,
}
PROMPT, WRITTEN = 512, 32
"""Tokens read and written where single passes are timed."""


def beat(number: int) -> ModelRequest:
    """A question of the size the crew asks."""
    card = "You are the director. You split a script into beats: who acts, what they do, how they feel. " * 12
    system = ChatMessage(role="system", content=card)
    user = ChatMessage(role="user", content=f"Script: {SCRIPT}\nWrite beat {number}.")
    sampling = Sampling(max_tokens=160)
    return ModelRequest(
        agent="director", question="beat", messages=(system, user), answer_schema=BEAT, sampling=sampling
    )


def seconds(*ways: Callable[[], object], rounds: int = 5) -> list[float]:
    """Median seconds of each way, measured in turn."""
    times: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds + 1):
        for way, taken in zip(ways, times, strict=True):
            begin = time.perf_counter()
            way()
            taken.append(time.perf_counter() - begin)
    return [statistics.median(taken[1:]) for taken in times]  # the first round warms up


@torch.inference_mode()
def passes(folder: Path, with_transformers: bool) -> None:
    tokens = [i % 40_000 + 1000 for i in range(PROMPT)]
    llama, eight_bit = Llama.load(folder), Llama.load(folder, precision="int8")
    memory = llama.memory(PROMPT + WRITTEN)

    def read() -> None:
        memory.length = 0
        for begin in range(0, PROMPT, BLOCK):
            hidden = llama.forward([(tokens[begin : begin + BLOCK], memory)], "block")
        llama.logits(hidden)

    def write(kernel: Kernel, llama: Llama = llama) -> None:
        memory.length = PROMPT
        for token in tokens[:WRITTEN]:
            llama.logits(llama.forward([([token], memory)], kernel))

    ways: dict[str, tuple[Callable[[], object], int]] = {
        "read, own forward": (read, PROMPT),
        "write, own forward, 4-bit row kernel": (lambda: write("row"), WRITTEN),
        "write, own forward, 8-bit row kernel": (lambda: write("row", eight_bit), WRITTEN),
        "write, own forward, block kernel": (lambda: write("block"), WRITTEN),
    }
    if with_transformers:
        from transformers import DynamicCache, LlamaForCausalLM

        for dtype in (torch.bfloat16, torch.float32):
            reference = LlamaForCausalLM.from_pretrained(folder, dtype=dtype, local_files_only=True)
            cache = DynamicCache(config=reference.config)
            reference(torch.tensor([tokens]), past_key_values=cache)

            def read_reference(model: LlamaForCausalLM = reference) -> None:
                model(torch.tensor([tokens]), past_key_values=DynamicCache(config=model.config), logits_to_keep=1)

            def write_reference(model: LlamaForCausalLM = reference, cache: DynamicCache = cache) -> None:
                for token in tokens[:WRITTEN]:
                    model(torch.tensor([[token]]), past_key_values=cache)
                cache.crop(-WRITTEN)

            name = str(dtype).removeprefix("torch.")
            ways[f"read, transformers, {name}"] = (read_reference, PROMPT)
            ways[f"write, transformers, {name}"] = (write_reference, WRITTEN)
    taken = dict(zip(ways, seconds(*(way for way, _ in ways.values()), rounds=3), strict=True))
    for name, (_, count) in ways.items():
        print(f"{name:40} {count / taken[name]:8.1f} tokens/s")
    for kind, own in (("read", "read, own forward"), ("write", "write, own forward, 4-bit row kernel")):
        others = [taken[name] for name in ways if name.startswith(f"{kind}, transformers")]
        if others:
            print(f"{kind}: own forward against the faster of transformers: {min(others) / taken[own]:.1f} x")


def questions() -> None:
    model = EmbeddedModel()
    four = [beat(number) for number in range(1, 5)]
    replies: list[ModelReply] = []

    def one_by_one() -> None:
        replies[:] = [model.ask([each])[0] for each in four]

    def together() -> None:
        model.ask(four)

    alone, batch = seconds(one_by_one, together, rounds=3)
    completion = sum(reply.completion_tokens for reply in replies)
    forced = sum(reply.forced_tokens for reply in replies)
    cached = sum(reply.cached_tokens for reply in replies) / sum(reply.prompt_tokens for reply in replies)
    print(f"a question of {replies[0].prompt_tokens} prompt tokens, {completion / 4:.0f} answer tokens")
    print(f"  forced by the grammar {forced / completion:.0%}, prompt from the cache {cached:.0%}")
    print(f"  one at a time {alone / 4:.2f} s each, {completion / alone:.1f} tokens/s with reading the prompt")
    print(f"  four together {batch:.2f} s, {completion / batch:.1f} tokens/s: {alone / batch:.1f} x")
    model.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--without-transformers", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(f"{options.threads} threads, {torch.backends.cpu.get_cpu_capability()}")
    questions()
    passes(prepared_checkpoint(), not options.without_transformers)


if __name__ == "__main__":
    main()
