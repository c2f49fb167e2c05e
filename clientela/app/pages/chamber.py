from __future__ import annotations

from clientela.app.bench import Workbench


def add(bench: Workbench) -> None: ...
