"""The command `ekonte`: runs one of `studio.commands` and turns errors into exit codes.

Knows exit codes: 0 done, 2 an error said in one line, 130 stopped by the user. Does not know what the commands do.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

import typer

from shotplan.errors import EkonteError
from studio.commands import app

DISK_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)
CHATTY = ("torchao", "torch.utils._pytree", "diffusers.quantizers.torchao.torchao_quantizer")
"""Loggers that warn of kernels for other machines whenever torchao is installed."""


def main() -> None:
    """Entry point: every known error becomes one line and exit code 2."""
    sys.exit(run(app))


def run(command: Callable[..., Any], arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code, instead of leaving."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin while they wait are far slower on a busy machine
    warnings.filterwarnings("ignore", category=FutureWarning)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        return _exit_code(command, arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _exit_code(command: Callable[..., Any], arguments: list[str] | None) -> int:
    try:
        code = command(args=arguments, standalone_mode=False)
    except EkonteError as e:
        print(f"error ({e.phase}): {e}", file=sys.stderr)
        return 2
    except typer.Exit as e:
        return e.exit_code
    except OSError as e:
        if e.errno not in DISK_TROUBLE:
            raise
        print(
            f"error (disk): {e.strerror}: {e.filename or 'while writing'}. Free some space or give another --out.",
            file=sys.stderr,
        )
        return 2
    except Exception as e:
        if not hasattr(e, "format_message"):
            raise
        if type(e).__name__ == "NoArgsIsHelpError":
            print(e.format_message())
        else:  # a usage error of the option parser
            print(f"error (usage): {e.format_message()}", file=sys.stderr)
        return 2
    return code if isinstance(code, int) else 0  # what a command leaves with, or 130 after Ctrl-C, comes back as a value


if __name__ == "__main__":
    main()
