"""The bytes of a CSV file: decompressed, without comments, quotes counted on the way."""

from __future__ import annotations

import io
import re

import pyarrow as pa

_GZIP = b"\x1f\x8b"
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class CsvStream(io.RawIOBase):
    """A readable stream of a file's lines.

    Args:
        path: File, plain or gzip.
        comment: Lines that begin with this are left out, unless they are part of a quoted cell.

    Raises:
        OSError: The file cannot be read, is damaged, or is UTF-16.
    """

    def __init__(self, path: str, comment: str | None = None):
        self._stream = pa.input_stream(path, compression="gzip" if _is_gzip(path) else None)
        self._comment = comment and re.compile(b"^" + re.escape(comment.encode()), re.MULTILINE)
        self._pending = b""  # read and ready
        self._line = b""  # the beginning of a line whose end is not read yet
        self._ended = False
        self._skip_mark(path)
        self.quotes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        """Fills a buffer; returns how many bytes were written."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int = -1) -> bytes:
        """Returns `size` bytes, fewer at the end."""
        # Arrow takes each answer for a block of whole rows: give it as much as it asked for.
        parts, have = [self._pending], len(self._pending)
        while not self._ended and (size < 0 or have < size):
            parts.append(self._next((size - have) if size > 0 else 1 << 20))
            have += len(parts[-1])
        data = b"".join(parts)
        self._pending = data[size:] if size >= 0 else b""
        return data[:size] if size >= 0 else data

    def _skip_mark(self, path: str) -> None:
        start = self._stream.read(3)
        if start[:2] in _UTF16_MARKS:
            raise OSError(f"{path} is UTF-16")
        if start != _UTF8_MARK:
            self._line = start

    def _next(self, size: int) -> bytes:
        """Returns the next block; where there are comments, whole lines without them."""
        block = self._stream.read(max(size - len(self._line), 1))
        self._ended = not block
        text, self._line = self._line + block, b""
        if self._comment is None:
            self.quotes += text.count(b'"')
            return text
        if not self._ended:
            end = text.rfind(b"\n") + 1
            text, self._line = text[:end], text[end:]
        return self._without_comments(text)

    def _without_comments(self, text: bytes) -> bytes:
        kept, start = [], 0
        for found in self._comment.finditer(text):
            if found.start() < start:
                continue
            self.quotes += text.count(b'"', start, found.start())
            kept.append(text[start : found.start()])
            start = found.start()
            if self.quotes % 2 == 0:  # otherwise a quoted cell goes on over this line
                end = text.find(b"\n", start)
                start = len(text) if end < 0 else end + 1
        self.quotes += text.count(b'"', start)
        return b"".join([*kept, text[start:]])


def encoding_hint(path: str) -> str:
    """Returns what to do about a file that is not UTF-8, and where its first such byte is."""
    stream = pa.input_stream(path, compression="gzip" if _is_gzip(path) else None)
    offset, begun = 0, b""
    while block := stream.read(1 << 20):
        text = begun + block
        try:
            text.decode("utf-8")
            begun = b""
        except UnicodeDecodeError as error:
            # A character may go on in the next block.
            begun = text[error.start :]
            if "unexpected end" not in error.reason:
                offset += error.start
                break
        offset += len(text) - len(begun)
    where = " of the unpacked file" if _is_gzip(path) else ""
    return f"The first byte that is not UTF-8 is at offset {offset}{where}; save it as UTF-8."


def _is_gzip(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(2) == _GZIP
