"""One file per mechanism: each adds its variables and events to the process.

Mechanisms are built in the order below; a later one may link to what earlier ones made, so that
switching it off takes away its own part and nothing else. A mechanism of one's own registers
itself with the same decorator, from any file.
"""

from clientela.mechanisms import (  # noqa: I001 - imported in the order they are built
    escalation,
    patronage,
    succession,
    attribution,
    authority,
    dispute,
    negotiation,
    deadlines,
    formation,
    participation,
    alignment,
)
from clientela.mechanisms.building import build, completed, load_plugin, settings_models
from clientela.mechanisms.drafting import REGISTRY, Draft, Mechanism, Settings, Values, mechanism

__all__ = [
    "REGISTRY",
    "Draft",
    "Mechanism",
    "Settings",
    "Values",
    "alignment",
    "attribution",
    "authority",
    "build",
    "completed",
    "deadlines",
    "dispute",
    "escalation",
    "formation",
    "load_plugin",
    "mechanism",
    "negotiation",
    "participation",
    "patronage",
    "settings_models",
    "succession",
]
