"""Bytes of output to text, in pieces."""

from __future__ import annotations

import codecs


class Decoder:
    """UTF-8, or UTF-16 with its mark, as Windows PowerShell redirects; what is neither is replaced."""

    def __init__(self) -> None:
        self._decoder: codecs.IncrementalDecoder | None = None
        self._mark = b""  # the first bytes, until they tell the encoding

    def decode(self, chunk: bytes, final: bool = False) -> str:
        if self._decoder is None:
            chunk = self._mark = self._mark + chunk
            if len(chunk) < len(codecs.BOM_UTF16) and not final:
                return ""
            wide = chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            self._decoder = codecs.getincrementaldecoder("utf-16" if wide else "utf-8")("replace")
        return self._decoder.decode(chunk, final)
