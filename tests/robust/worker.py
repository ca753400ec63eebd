"""The command line in another process that is there already: fast, and a crash or a hang is seen as such."""

import contextlib
import io
import multiprocessing
import traceback
from multiprocessing.connection import Connection
from typing import NamedTuple


class Answer(NamedTuple):
    """What a command ended with. code: the exit code; 139 for a crash, 124 for a hang, 70 for an escaped exception."""

    code: int
    out: str
    err: str


class Worker:
    """One process that runs commands, begun anew after a crash or a hang."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._begin()

    def run(self, *arguments: object) -> Answer:
        """Run a command of floorwalker."""
        self._pipe.send([str(argument) for argument in arguments])
        if not self._pipe.poll(self._timeout):
            self._renew()
            return Answer(124, "", f"no answer in {self._timeout} s")
        try:
            return Answer(*self._pipe.recv())
        except EOFError:
            self._process.join()
            code = self._process.exitcode
            self._renew()
            return Answer(139, "", f"the process died with exit code {code}")

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def _renew(self) -> None:
        self.close()
        self._begin()

    def _begin(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()


def _serve(pipe: Connection) -> None:
    from floorwalker.edge.cli.main import run

    while True:
        arguments = pipe.recv()
        out, err = io.StringIO(), io.StringIO()
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = run(arguments)
        except BaseException:
            code, err = 70, io.StringIO(traceback.format_exc())
        pipe.send((code, out.getvalue(), err.getvalue()))
