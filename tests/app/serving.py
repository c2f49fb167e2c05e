"""A workbench as a user starts it, in a process of its own, and waiting for what it does."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path


class Server:
    """`clientela serve` in a process of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder, self.options = folder, options
        self.said = folder.parent / f"{folder.name}.said"
        self.start()

    def start(self) -> None:
        """Starts it and waits until it says where it is."""
        command = [sys.executable, "-m", "clientela", "serve", ".", "--port", "0", "--no-browser", *self.options]  # fmt: skip
        with self.said.open("w") as said:
            # NiceGUI behaves otherwise where it believes itself in a test.
            user = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
            self.process = subprocess.Popen(command, cwd=self.folder, stderr=said, env=user)
        found = until(self._address, 60)
        self.address = found[1]

    def _address(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the server did not start: {self.said.read_text()}")
        return re.search(r"is open at (http://\S+)", self.said.read_text())

    def kill(self) -> None:
        """Ends it as a crash would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        """Ends it as Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


def until(found, seconds=30.0):
    """What `found` gives as soon as that is true; fails after so long."""
    end = time.monotonic() + seconds
    last = None
    while time.monotonic() < end:
        try:
            last = found()
        except Exception as error:
            if "stale" not in str(error).lower() and "no such element" not in str(error).lower():
                raise
            last = error
        if last and not isinstance(last, Exception):
            return last
        time.sleep(0.05)
    raise AssertionError(f"still {last!r} after {seconds:.0f} seconds")


def children(process_id: int) -> list[int]:
    """The processes that a process has begun, and theirs."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == process_id:
            found += [int(entry.name), *children(int(entry.name))]
    return found
