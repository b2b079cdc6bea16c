"""The tool's own errors: one sentence that says what is wrong, where, and the hint.

They are raised where the cause is known and caught once, in `gen.cli`, which prints
the sentence and exits with `exit_code`.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal would obey, what turns the direction of text, and what no encoding writes."""


def printable(text: str) -> str:
    """A text as one line that a terminal shows and does not obey: each such character as a code."""
    return CONTROL.sub(_code, text)


def _code(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


class GenError(Exception):
    """Base of every error this tool raises on purpose.

    Its text is one line, and what a terminal would obey in it is spelled out.

    Args:
        what: what is wrong, with the offending value.
        where: the file, key or step it was found at; may be empty.
        hint: what to do about it, as an instruction; may be empty.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what = what
        self.where = where
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        sentence = f"{self.where}: {self.what}" if self.where else self.what
        text = f"{sentence}; {self.hint}" if self.hint else sentence
        return printable(" ".join(text.split()))


class ConfigError(GenError):
    """The config or a page says something that cannot be built."""

    exit_code = 2


class SetupError(GenError):
    """The machine lacks something: a package, an encoder, space, a permission."""

    exit_code = 3


class DivergedError(GenError):
    """Training produced numbers that cannot be shown."""

    exit_code = 4


class BusyError(GenError):
    """Another process holds the store or the output folder."""

    exit_code = 5


class NotReproducibleError(GenError):
    """A second build from nothing has come to something else."""

    exit_code = 6


MORE_MEMORY = "use fewer --jobs, a smaller shard or fewer snapshots"
"""The hint where memory has run out."""

_TOO_MANY_OPEN = "allow more open files: ulimit -n 1024"
_HINTS = {
    errno.ENOSPC: "free space, or choose another folder",
    errno.EDQUOT: "free space, or choose another folder",
    errno.EFBIG: "allow larger files, or choose another folder",
    errno.EACCES: "allow it, or choose another folder",
    errno.EPERM: "allow it, or choose another folder",
    errno.EROFS: "choose another folder",
    errno.EMFILE: _TOO_MANY_OPEN,
    errno.ENFILE: _TOO_MANY_OPEN,
    errno.ENOMEM: MORE_MEMORY,
}

_OUT_OF_MEMORY = (
    "can't allocate memory",
    "cannot allocate memory",
    "can't start new thread",
    "failed to map segment from shared object",
    "memory allocation failed",
    "out of memory",
    "std::bad_alloc",
    "unable to allocate",
)
"""What libraries, the loader of libraries and programs say where memory runs out."""

_NOT_ALLOWED = "operation not permitted"
"""What the loader of libraries adds where it may not run what lies on a disk."""


def system_error(error: OSError, what: str, where: str) -> SetupError:
    """What the system has refused, with the hint where one is known.

    Args:
        what: what could not be done.
        where: the file or folder.
    """
    reason = (error.strerror or str(error)).lower()
    hint = _HINTS.get(error.errno or 0, "--debug shows what asked for it")
    return SetupError(f"{what}: {reason}", where=where, hint=hint)


def unreadable(error: OSError, where: str) -> GenError:
    """A source that cannot be read: a mistake of the site, unless the machine lacks something.

    Args:
        where: the file or folder.
    """
    if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
        return system_error(error, "cannot be read", where)
    return ConfigError(f"cannot be read: {error.strerror}", where=where)


def as_gen_error(error: BaseException) -> GenError | None:
    """An error of this tool, or of the system where nothing better is known of it.

    Returns:
        None for an error that nobody but its author can hint.
    """
    if isinstance(error, GenError):
        return error
    if is_out_of_memory(error):
        return SetupError("there is not enough memory", hint=MORE_MEMORY)
    if isinstance(error, OSError):
        return system_error(error, "the system refuses it", str(error.filename or ""))
    return None


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory has run out, which libraries tell as any other error, or as what led to one.

    A library that cannot be loaded for lack of memory looks like one that is not installed. Where
    an error has come from another process, its attribute `lacks_memory` tells of what led to it.
    """
    led: BaseException | None = error
    while led is not None:
        if isinstance(led, MemoryError) or getattr(led, "lacks_memory", False):
            return True
        if isinstance(led, RuntimeError | ImportError | OSError) and mentions_memory(str(led)):
            return True
        led = cause_of(led)
    return False


def cause_of(error: BaseException) -> BaseException | None:
    """The error that has led to another one, as a traceback would show it."""
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def mentions_memory(text: str) -> bool:
    """Whether what a library or program says is that memory has run out."""
    told = text.lower()
    return _NOT_ALLOWED not in told and any(words in told for words in _OUT_OF_MEMORY)


def suggestion(word: str, known: Iterable[str]) -> str:
    """The hint for a misspelt word: `did you mean "modular"?`, or nothing if none is close."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f'did you mean "{close[0]}"?' if close else ""


class PageError(Exception):
    """Something that cannot be rendered, raised where it is known and placed where it stands.

    Args:
        what: what is wrong.
        hint: what to do about it.
    """

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.hint = what, hint
