"""Recordings for tests, in both forms, and damaged copies of them."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from gen.recording.recorder import Recorder


def record(path: Path, *, steps: int = 6, note: str = "n") -> tuple[bytes, bytes]:
    """Record a small training; return the journal before closing, and the complete file."""
    with Recorder(path, axes={"W": ("neuron", "input")}, units={"loss": "nats"}, note=note) as each:
        for step in range(steps):
            each.log(step, loss=1 / (step + 1))
            if step % 2 == 0:
                each.log(step, accuracy=step / steps)
                each.snapshot(step, W=np.full((2, 3), step, np.float32), b=np.arange(4.0))
        journal = path.read_bytes()
    return journal, path.read_bytes()


def mutate(content: bytes, source: random.Random) -> bytes:
    """Return a content with one or two random changes: bits, bytes, cuts, copies, numbers."""
    changed = bytearray(content)
    for _ in range(source.randint(1, 2)):
        # Beginnings hold sizes and names, and are changed more often.
        end = source.choice([24, 600, len(changed), len(changed)])
        at = source.randrange(min(end, len(changed)) or 1) if changed else 0
        match source.randrange(7):
            case 0 if changed:
                changed[at] ^= 1 << source.randrange(8)
            case 1:
                changed[at : at + 8] = source.randbytes(source.randint(0, 12))
            case 2:
                del changed[at:]
            case 3:
                del changed[at : at + source.randint(1, 40)]
            case 4:
                changed[at:at] = changed[: source.randint(1, 200)]
            case 5:
                huge = source.choice([0, 2**31, 2**40, 2**62, 2**63, 2**64 - 1])
                changed[at : at + 8] = huge.to_bytes(8, "little")
            case _:
                digits = source.choice([b"0", b"-1", b"99999999999", b"1e9", b'"', b"[", b"null"])
                changed[at : at + source.randint(0, 3)] = digits
    return bytes(changed)
