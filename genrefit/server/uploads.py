"""Requests to score a song: a form with a file, or JSON with an address.

A file is written to disk as it arrives, under a generated name, up to the size allowed.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from genrefit.errors import GenrefitError
from genrefit.storage import erase

FIELD_BYTES = 10_000
"""The most that a form's text field, or a JSON body, may hold."""
FORM_BYTES = 100_000
"""What a form may hold besides its file."""
FIELDS = ("model", "query")
USAGE = (
    'send a form with a "file" (curl -F file=@song.mp3 ...), or JSON such as {"url": "https://..."}'
)


class RequestError(GenrefitError):
    """A request that cannot be taken; `status` is the HTTP status that says so."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

    def __reduce__(self) -> tuple[type[RequestError], tuple[int, str]]:
        return type(self), (self.status, str(self))


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """What to score: an upload in the temporary file `path`, `name` the sender's, or a `url`."""

    model: str | None = None
    query: str | None = None
    url: str | None = None
    path: Path | None = None
    name: str = ""


async def read_request(request: Request, *, folder: Path, max_bytes: int) -> ScoreRequest:
    """Return what a request wants scored; a file is put under `folder`, which the caller erases.

    RequestError (with its status) where it is too big, of another type, or not what it should be.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind == b"multipart/form-data":
        boundary = options.get(b"boundary")
        if not boundary:
            raise RequestError(400, f"the form has no boundary: {USAGE}")
        return await _form(request, boundary, folder=folder, max_bytes=max_bytes)
    if kind == b"application/json":
        return await _json(request)
    raise RequestError(415, USAGE)


async def _form(request: Request, boundary: bytes, *, folder: Path, max_bytes: int) -> ScoreRequest:
    _check_announced_length(request, max_bytes + FORM_BYTES, max_bytes)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="upload-", delete=False) as file:
        path = Path(file.name)
        try:
            form = await _parsed(request, boundary, file, max_bytes)
            return ScoreRequest(
                form.texts.get("model"), form.texts.get("query"), None, path, form.file_name or ""
            )
        except BaseException:
            erase(path, within=folder)
            raise


async def _parsed(request: Request, boundary: bytes, file: IO[bytes], max_bytes: int) -> _Form:
    form = _Form(file, max_bytes)
    try:
        parser = MultipartParser(boundary, form.callbacks())  # type: ignore[arg-type]
        async for chunk in request.stream():
            form.count(len(chunk))
            parser.write(chunk)
        parser.finalize()
    except FormParserError as error:
        raise RequestError(400, f"the form is malformed ({error}): {USAGE}") from error
    if not form.complete:
        raise RequestError(400, f"the form was cut off: {USAGE}")
    if form.file_name is None:
        raise RequestError(400, f'the form has no "file": {USAGE}')
    return form


class _Form:
    """The fields and the file of a form, filled by a parser's callbacks."""

    def __init__(self, file: IO[bytes], max_bytes: int) -> None:
        self.file_name: str | None = None
        self.complete = False
        self._texts: dict[str, bytearray] = {}
        self._file, self._max_bytes = file, max_bytes
        self._header, self._value = bytearray(), bytearray()
        self._headers: dict[str, bytes] = {}
        self._part = ""
        self._total_bytes = self._file_bytes = 0

    def callbacks(self) -> dict[str, Any]:
        """Return what the parser calls."""
        return {
            "on_part_begin": self._headers.clear,
            "on_header_field": lambda data, a, b: self._header.extend(data[a:b]),
            "on_header_value": lambda data, a, b: self._value.extend(data[a:b]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._begin,
            "on_part_data": self._data,
            "on_end": self._end,
        }

    def count(self, size: int) -> None:
        """Refuse a request that grows past all its parts' limits together."""
        self._total_bytes += size
        if self._total_bytes > self._max_bytes + FORM_BYTES:
            raise too_large(self._max_bytes)

    @property
    def texts(self) -> dict[str, str]:
        """The text fields; RequestError where one is not UTF-8. An empty field is none."""
        try:
            texts = {name: data.decode("utf-8").strip() for name, data in self._texts.items()}
        except UnicodeDecodeError as error:
            raise RequestError(400, "a text field of the form is not UTF-8") from error
        return {name: text for name, text in texts.items() if text}

    def _header_end(self) -> None:
        self._headers[bytes(self._header).decode("latin-1").lower()] = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _begin(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", b""))
        self._part = options.get(b"name", b"").decode("utf-8", "replace")
        if self._part == "file":
            if self.file_name is not None:
                raise RequestError(400, "the form has two files: send one song at a time")
            given = options.get(b"filename", b"").decode("utf-8", "replace")
            self.file_name = PurePosixPath(given.replace("\\", "/")).name[:200] or "song"
        elif self._part in FIELDS:
            self._texts[self._part] = bytearray()
        else:
            raise RequestError(
                400,
                f"the form has a field {self._part[:50]!r}; it may have file, model and query",
            )

    def _data(self, data: bytes, a: int, b: int) -> None:
        if self._part == "file":
            self._file_bytes += b - a
            if self._file_bytes > self._max_bytes:
                raise too_large(self._max_bytes)
            self._file.write(data[a:b])
            return
        text = self._texts[self._part]
        text.extend(data[a:b])
        if len(text) > FIELD_BYTES:
            raise RequestError(413, f"{self._part} is longer than {FIELD_BYTES:,} bytes")

    def _end(self) -> None:
        self.complete = True


async def _json(request: Request) -> ScoreRequest:
    _check_announced_length(request, FIELD_BYTES, FIELD_BYTES)
    body = bytearray()
    async for chunk in request.stream():
        body.extend(chunk)
        if len(body) > FIELD_BYTES:
            raise too_large(FIELD_BYTES)
    try:
        content = json.loads(body)
    except ValueError as error:
        raise RequestError(400, f"the body is not valid JSON: {error}") from error
    if not isinstance(content, dict) or not isinstance(content.get("url"), str):
        raise RequestError(400, 'the JSON should look like {"url": "https://...", "query": "jazz"}')
    unknown = sorted(set(content) - {"url", *FIELDS})
    if unknown:
        raise RequestError(
            400, f"the JSON has a key {unknown[0]!r}; it may have url, model and query"
        )
    for name in FIELDS:
        if not isinstance(content.get(name), str | None):
            raise RequestError(400, f"{name} should be a text")
    for name in ("url", *FIELDS):
        if any("\ud800" <= char <= "\udfff" for char in content.get(name) or ""):
            raise RequestError(400, f"{name} holds half a character (a lone surrogate): mend it")
    # The command line takes files and folders too; a request must not name this machine's.
    if not content["url"].strip().lower().startswith(("http://", "https://")):
        raise RequestError(
            400, f"{content['url'][:200]!r} is no web address: it should begin with https://"
        )
    return ScoreRequest(
        content.get("model") or None, content.get("query") or None, content["url"].strip()
    )


def _check_announced_length(request: Request, most: int, stated: int) -> None:
    """RequestError where the announced length is too large, before anything is sent."""
    length = request.headers.get("content-length", "0")
    if not length.isdigit():
        raise RequestError(400, "Content-Length is no number")
    if int(length) > most:
        raise too_large(stated)


def too_large(most: int) -> RequestError:
    """Return the error for what is larger than `most` bytes."""
    size = f"{most / 1e6:.0f} MB" if most >= 1_000_000 else f"{most:,} bytes"
    return RequestError(413, f"it is bigger than {size}, the most that is taken")
