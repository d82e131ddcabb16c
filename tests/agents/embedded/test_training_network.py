"""The network that is trained, against the engine that runs."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from agents.embedded.chat_tokens import ChatTokens
from agents.embedded.llama import Llama
from agents.embedded.lora import merge_lora
from agents.embedded.training.network import BLOCKS, Network
from agents.embedded.training.packs import Packer, planned
from agents.embedded.training.score import scored
from agents.embedded.training.train import loss_of, share_gradients
from agents.embedded.training.walk import Walker

VOCAB = 320
LAYERS = 2


def _rows() -> list[dict[str, object]]:
    options = {"action": ["walk", "jump_over", "perform"], "who": ["fox", "owl"]}
    return [
        {
            "question": "outline.beat",
            "prefix": 0,
            "user": f"Clause: <<<{text}>>>",
            "options": options,
            "answer": answer,
            "unknown": unknown,
        }
        for text, answer, unknown in (
            ("The fox hops the log", {"action": "jump_over", "who": "fox"}, []),
            ("The owl waddles", {"action": "walk", "who": "owl"}, []),
            ("It is night", {"action": "perform", "who": "fox"}, ["who"]),
        )
    ]


def _packer(folder: Path) -> Packer:
    return Packer(Walker(ChatTokens.load(folder), VOCAB), [[["system", "You read."]]])


def test_a_shared_prefix_gives_the_hidden_states_of_the_whole_sequence(folder: Path) -> None:
    network = Network(folder, rank=4)
    prefix, rest = torch.arange(5, 25), torch.tensor([[30, 31, 32, 33], [40, 41, 42, 0]])
    shared = network(prefix, rest)
    empty = torch.zeros(0, dtype=torch.long)
    for line, k in zip(rest, range(2), strict=True):
        alone = network(empty, torch.cat([prefix, line])[None])[0, len(prefix) :]
        assert torch.allclose(shared[k].float(), alone.float(), atol=0.1)


def test_what_is_trained_runs_the_same_in_the_engine_after_the_merge(folder: Path, tmp_path: Path) -> None:
    network = Network(folder, rank=4, alpha=8.0)
    for b in network.b.values():
        torch.nn.init.normal_(b, std=0.05)
    adapter = tmp_path / "adapter"
    _write_adapter(network, adapter)
    engine = Llama.load(folder, adapter, "float32")
    tokens = list(range(5, 35))
    mine = network(torch.tensor(tokens[:20]), torch.tensor([tokens[20:]]))[0, -1].float()
    theirs = engine.forward([(tokens, engine.memory(64))], "block")[0]
    assert torch.nn.functional.cosine_similarity(mine, theirs, dim=0) > 0.99


def _write_adapter(network: Network, folder: Path) -> None:
    from agents.embedded.training.export import write

    write(network, network.rank, network.scale * network.rank, folder)


def test_an_exported_adapter_is_read_back_whole(folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    network = Network(folder, rank=4)
    _write_adapter(network, tmp_path / "adapter")
    base = {k: v.float() for k, v in load_file(folder / "model.safetensors").items()}
    merged = merge_lora(base, tmp_path / "adapter")
    assert all(torch.equal(merged[k], base[k]) for k in base)  # B is zero before training
    count = sum(len(names) for names in BLOCKS.values()) * LAYERS
    assert len(load_file(tmp_path / "adapter" / "adapter_model.safetensors")) == 2 * count


def test_the_answer_is_walked_as_the_decoder_writes_it(folder: Path) -> None:
    walker = Walker(ChatTokens.load(folder), VOCAB)
    row = _rows()[0]
    walk = walker.walk(row)
    text = ChatTokens.load(folder).text(walk.answer)
    assert json.loads(text) == row["answer"]
    first = {c.field: c for c in reversed(walk.choices)}
    assert set(first) == {"action", "who"}
    assert ChatTokens.load(folder).text([int(first["action"].allowed[first["action"].right])]) == "j"
    assert not [c for c in walker.walk(_rows()[2]).choices if c.field == "who"]  # not known, not learned


def test_training_learns_the_lessons_and_goes_on_the_same_after_a_break(folder: Path) -> None:
    rows, packer = _rows(), _packer(folder)
    plan = planned(rows, size=3, seed=0)

    def trained(steps: int, breaks: tuple[int, ...] = ()) -> tuple[Network, list[float]]:
        network = Network(folder, rank=8)
        optimiser = torch.optim.AdamW(network.parameters(), lr=5e-3)
        losses = []
        for step in range(steps):
            if step in breaks:
                state = (network.state_dict(), optimiser.state_dict())
                network = Network(folder, rank=8, seed=99)
                network.load_state_dict(state[0])
                optimiser = torch.optim.AdamW(network.parameters(), lr=5e-3)
                optimiser.load_state_dict(state[1])
            total, weight = loss_of(network, packer.pack([rows[n] for n in plan[0]]), "cpu")
            total.backward()
            assert share_gradients(network, weight) == weight
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            losses.append(float(total.detach()) / weight)
        return network, losses

    network, losses = trained(25)
    assert losses[-1] < 0.3 * losses[0]
    counts = scored(network, packer, rows, size=3)
    assert counts[("outline.beat", "action")]["right"] == 3
    assert trained(25, breaks=(10,))[1] == losses


def test_packs_hold_one_prefix_each_and_every_lesson_once() -> None:
    rows = [{"prefix": n % 2, "user": "x" * n} for n in range(23)]
    plan = planned(rows, size=4, seed=3)
    assert sorted(n for pack in plan for n in pack) == list(range(23))
    assert all(len({rows[n]["prefix"] for n in pack}) == 1 for pack in plan)
    assert plan == planned(rows, size=4, seed=3)
