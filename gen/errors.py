"""Errors with a place and a hint.

They are raised where the cause is known and caught once, in `gen.cli`, which prints one line and
exits with `exit_code`.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, characters that change the text direction, and lone surrogates."""


def printable(text: str) -> str:
    """Return a text as one line with control characters escaped."""
    return CONTROL.sub(_escape_character, text)


def _escape_character(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


class GenError(Exception):
    """Base of the errors that this tool raises on purpose; as text, one printable line.

    Args:
        what: what is wrong, with the wrong value.
        where: the file, key or step; may be empty.
        hint: what to do, as an instruction; may be empty.
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
    """The config, a page or an option is wrong."""

    exit_code = 2


class SetupError(GenError):
    """The machine lacks a package, an encoder, space or a permission."""

    exit_code = 3


class DivergedError(GenError):
    """Training diverged: the numbers are not finite."""

    exit_code = 4


class BusyError(GenError):
    """Another process has locked the store or the output folder."""

    exit_code = 5


class NotReproducibleError(GenError):
    """A second build from nothing produced different files."""

    exit_code = 6


MORE_MEMORY = "use fewer --jobs, a smaller shard or fewer snapshots"
"""The hint if memory runs out."""

_TOO_MANY_OPEN = "allow more open files: ulimit -n 1024"
_HINTS = {
    errno.ENOSPC: "free space, or choose another folder",
    errno.EDQUOT: "free space, or choose another folder",
    errno.EFBIG: "allow larger files, or choose another folder",
    errno.EACCES: "change the permissions, or choose another folder",
    errno.EPERM: "change the permissions, or choose another folder",
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
"""Messages of libraries, programs and the dynamic loader if memory runs out."""

_NOT_PERMITTED = "operation not permitted"
"""Message of the dynamic loader on a disk that is mounted without execute permission."""


def system_error(error: OSError, what: str, where: str) -> SetupError:
    """Return an error of the operating system as a SetupError, with a hint if one is known.

    Args:
        what: what failed, such as `cannot be read`.
        where: the file or folder.
    """
    reason = (error.strerror or str(error)).lower()
    hint = _HINTS.get(error.errno or 0, "--debug shows a traceback")
    return SetupError(f"{what}: {reason}", where=where, hint=hint)


def unreadable_error(error: OSError, where: str) -> GenError:
    """Return the error for a source that cannot be read: a ConfigError, or a SetupError.

    Args:
        where: the file or folder.
    """
    if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
        return system_error(error, "cannot be read", where)
    return ConfigError(f"cannot be read: {error.strerror}", where=where)


def as_gen_error(error: BaseException) -> GenError | None:
    """Return an expected error as a GenError; None for a programming error."""
    if isinstance(error, GenError):
        return error
    if is_out_of_memory(error):
        return SetupError("not enough memory", hint=MORE_MEMORY)
    if isinstance(error, OSError):
        return system_error(error, "system error", str(error.filename or ""))
    return None


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error, or an error that caused it, means that memory ran out.

    A library that cannot be loaded for lack of memory looks as if it were not installed. An error
    from another process comes without its cause, and has the attribute `lacks_memory` instead.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError) or getattr(cause, "lacks_memory", False):
            return True
        if isinstance(cause, RuntimeError | ImportError | OSError) and mentions_memory(str(cause)):
            return True
        cause = cause_of(cause)
    return False


def cause_of(error: BaseException) -> BaseException | None:
    """Return the error that caused another one, as a traceback shows it."""
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def mentions_memory(text: str) -> bool:
    """Whether a message of a library or program means that memory ran out."""
    message = text.lower()
    return _NOT_PERMITTED not in message and any(words in message for words in _OUT_OF_MEMORY)


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a hint for a misspelt word, such as `did you mean "modular"?`, or an empty text."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f'did you mean "{close[0]}"?' if close else ""


class PageError(Exception):
    """An error in a page whose file and line are added by the caller.

    Args:
        what: what is wrong.
        hint: what to do, as an instruction; may be empty.
    """

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.hint = what, hint
