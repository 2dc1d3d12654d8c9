"""A contestant seen from outside: a process that is asked by lines of JSON."""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class ContestantError(Exception):
    """A contestant ended before it had answered."""


class Process:
    """A running contestant.

    It is started at once and building meanwhile; `ready` waits for that. Closed at the end of a
    `with` block.

    Args:
        module: Module with `build`, e.g. `"benchmarks.contestants.stock_keras"`.
        settings: Arguments of `build`.
        python: The interpreter, that of another environment for peers.
    """

    def __init__(self, module: str, settings: dict, python: str | Path = sys.executable) -> None:
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115, closed in `close`
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
        self._process = subprocess.Popen(
            [str(python), "-m", "benchmarks.worker", module, json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=ROOT,
            env={**os.environ, **quiet},
        )
        self._facts: dict | None = None

    def ready(self) -> dict:
        """What the contestant says of itself, once it is built."""
        if self._facts is None:
            self._facts = self._answer()
        return self._facts

    def ask(self, **request) -> dict:
        """Sends a request and waits for its answer.

        Raises:
            ContestantError: If the process ended; the end of what it printed is told.
        """
        self.ready()
        with suppress(BrokenPipeError):  # Told below, with what it printed.
            print(json.dumps(request), file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> dict:
        line = self._process.stdout.readline()
        if line:
            return json.loads(line)
        code = self._process.wait()
        self._errors.seek(0)
        printed = [line for line in self._errors.read().splitlines() if line.strip()]
        reason = printed[-1].strip() if printed and code > 0 else "it printed no reason"
        if code < 0:
            reason = f"killed by signal {-code}" + (", out of memory?" if code == -9 else "")
        raise ContestantError(f"ended with code {code}: {reason}")

    def close(self) -> None:
        """Ends the process."""
        if self._process.poll() is None:
            self._process.stdin.close()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process.stdout.close()
        self._errors.close()

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_) -> None:
        self.close()


class Replaced:
    """A contestant whose process is started anew where it ended: the next request is answered.

    Args:
        module: As of a `Process`.
        settings: As of a `Process`.
    """

    def __init__(self, module: str, settings: dict) -> None:
        self._arguments = module, settings
        self._process = Process(*self._arguments)

    def ready(self) -> dict:
        """As of a `Process`."""
        return self._process.ready()

    def ask(self, **request) -> dict:
        """The answer, or `{"missing": reason}` where the process ended."""
        try:
            return self._process.ask(**request)
        except ContestantError as error:
            self._process.close()
            self._process = Process(*self._arguments)
            return {"missing": str(error)}

    def __enter__(self) -> "Replaced":
        return self

    def __exit__(self, *_) -> None:
        self._process.close()
