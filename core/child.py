"""A child process that is started again whenever it ends, until its parent has no more use for it."""

import contextlib
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import structlog

log = structlog.get_logger()

FIRST_PAUSE = 1.0  # seconds before the first new start; each further one waits twice as long
LONGEST_PAUSE = 60.0
SETTLED_AFTER = 60.0  # a child that ran for so many seconds has started well
PATIENCE = 30.0  # seconds a child may take to end when it is asked to


@contextmanager
def kept_running(name: str, command: Sequence[str], environment: Mapping[str, str]) -> Iterator[None]:
    """`command` as a process beside this one; `name` stands in the log. It is told to end with SIGTERM."""
    child = _Child(name, command, environment)
    watch = threading.Thread(target=child.watch, name=f"watch-{name}", daemon=True)
    watch.start()
    try:
        yield
    finally:
        child.stop()
        watch.join(PATIENCE)
        if watch.is_alive():
            child.kill()
            watch.join()


class _Child:
    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._name, self._command, self._environment = name, command, environment
        self._stopping = threading.Event()
        self._changing = threading.Lock()  # so that no child is started behind the back of who stops it
        self._process = self._start()

    def watch(self) -> None:
        """Wait for the end of each child, which leaves no zombie, and start the next."""
        pause = FIRST_PAUSE
        while True:
            started = time.monotonic()
            status = self._process.wait()
            if self._stopping.is_set():
                return
            pause = FIRST_PAUSE if time.monotonic() - started > SETTLED_AFTER else pause
            log.error("process_ended", process=self._name, status=status, starts_again_in_seconds=pause)
            if self._stopping.wait(pause):
                return
            with self._changing:
                if self._stopping.is_set():
                    return
                with contextlib.suppress(OSError):  # the machine may be short of something: the next pause is longer
                    self._process = self._start()
            pause = min(2 * pause, LONGEST_PAUSE)

    def stop(self) -> None:
        with self._changing:
            self._stopping.set()
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        # Ctrl-C goes to a terminal's whole group; who started the child stops it, and quietly.
        return subprocess.Popen(self._command, env=dict(self._environment), process_group=0)  # noqa: S603 - our own command
