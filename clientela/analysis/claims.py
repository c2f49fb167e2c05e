"""Folders that belong to one sweep or search: claimed by what decides it, taken up by the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clientela.engine import StoreError
from clientela.replacing import replacing


def claim_folder(path: Path | str, identity: Mapping[str, Any], kind: str, differ: str) -> Path:
    """The folder, made or taken up again. `kind` is what it is for, `differ` what decides that.

    Raises StoreError if it holds another of the kind, or cannot be used.
    """
    folder = Path(path)
    manifest = folder / "manifest.json"
    plain = json.loads(json.dumps(identity))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not manifest.exists():
            with replacing(manifest) as temporary:
                temporary.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
        elif json.loads(manifest.read_text(encoding="utf-8")) != plain:
            raise StoreError(
                f"{folder}: holds another {kind} ({differ}, draws, seed or version differ); choose "
                "another folder with --out or remove this one"
            )
    except (OSError, ValueError) as error:
        raise StoreError(f"{folder}: cannot be used for the {kind}: {error}") from error
    return folder
