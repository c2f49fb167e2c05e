"""Work that is asked for faster than it is done: only the last that was asked counts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable


class Latest:
    """Calls `work` again as long as it was asked for while it was being done; never twice at once."""

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work = work
        self._asked = 0
        self._busy = False

    @property
    def asked(self) -> int:
        """How often it has been asked for; whether work is the last can be told by it."""
        return self._asked

    async def ask(self) -> None:
        """Asks for it; returns at once where it is under way, which then goes on with this."""
        self._asked += 1
        if self._busy:
            return
        self._busy, done = True, 0
        try:
            while done != self._asked:
                done = self._asked
                await self._work()
        finally:
            self._busy = False
