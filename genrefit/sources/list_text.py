"""The text of a list: which encoding its bytes are in, and XML that is not quite XML."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from html.entities import name2codepoint

from genrefit.errors import SourceError

XML_PREDEFINED = frozenset(("amp", "lt", "gt", "quot", "apos"))
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_AMPERSAND = re.compile(r"&(#\d{1,7};|#[xX][0-9A-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]{0,31};)?")
_DECLARED = re.compile(r"""^<\?xml [^>]{0,200}?encoding=["']([A-Za-z0-9._-]{1,40})["']""")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def decode_text(data: bytes) -> str:
    """Decode a list: by its byte order mark, as UTF-16 without one, as UTF-8, else Windows-1252.

    The latter is what older programs write playlists in.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace").removeprefix("\ufeff")
    if guessed := _utf_16_without_mark(data[:4096]):
        return data.decode(guessed, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _utf_16_without_mark(head: bytes) -> str | None:
    """Tell UTF-16 by the zeros that every other byte of mostly Latin text is."""
    even, odd = head[0::2], head[1::2]
    if len(head) < 8:
        return None
    if odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.7 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return None


def decode_xml(data: bytes) -> str:
    """Decode an XML list by what it declares, else as `decode_text` does."""
    head = data[:300].decode("latin-1").lstrip("\ufeff \t\r\n")
    declared = _DECLARED.match(head)
    wide = ("utf-8", "utf8", "utf-16", "utf-32", "ucs")  # told by the bytes themselves
    if declared and not declared[1].lower().startswith(wide):
        try:
            return data.decode(declared[1])
        except (LookupError, UnicodeDecodeError):
            pass  # it declares what it is not
    return decode_text(data)


def mended_xml(text: str) -> str:
    """Return XML in which ampersands are escaped and HTML's named entities written out.

    What stands before the first "<" is dropped, and so are characters that XML may not hold.
    """
    text = _NOT_IN_XML.sub("", text[max(text.find("<"), 0) :])

    def mend(match: re.Match[str]) -> str:
        entity = match[1]
        if entity is None:
            return "&amp;"
        name = entity.rstrip(";")
        if name.startswith("#") or name in XML_PREDEFINED:
            return match[0]
        if name in name2codepoint:
            return html.escape(chr(name2codepoint[name]))
        return f"&amp;{entity}"

    return _AMPERSAND.sub(mend, text)


XmlElement = tuple[str, dict[str, str], str, int, str]
"""An element's name without namespace, attributes, text, depth, and the base of its references."""


def xml_elements(data: bytes, base: str) -> Iterator[XmlElement]:
    """Yield every element of an XML list in the order of its text.

    Attributes are by their names without namespace, in lower case. SourceError where the XML is
    broken beyond mending, or defines entities.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    from genrefit.sources.entries import joined_base

    text = decode_xml(data)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text[max(text.find("<"), 0) :], count=1)
    if "<!ENTITY" in text[:65_536]:
        raise _broken(base, "it defines entities")
    try:
        root = fromstring(mended_xml(text))
    except DefusedXmlException as error:
        raise _broken(base, "it defines entities") from error
    except (ParseError, ValueError, RecursionError) as error:
        raise _broken(base, str(error)) from error
    waiting = [(root, 0, base)]
    while waiting:
        element, depth, around = waiting.pop()
        attributes = {key.rpartition("}")[2].lower(): v for key, v in element.attrib.items()}
        own = element.attrib.get("{http://www.w3.org/XML/1998/namespace}base")
        around = joined_base(own, around) if own else around
        name = element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
        yield name, attributes, (element.text or "").strip(), depth, around
        waiting += [(child, depth + 1, around) for child in reversed(element)]


def xml_items(data: bytes, base: str, names: tuple[str, ...]) -> Iterator[list[XmlElement]]:
    """Yield, for each XML element of one of these names, itself and the elements inside it."""
    inside: list[XmlElement] | None = None
    level = 0
    for element in xml_elements(data, base):
        name, _, _, depth, _ = element
        if inside is not None and depth <= level:
            yield inside
            inside = None
        if inside is not None:
            inside.append(element)
        elif name in names:
            inside, level = [element], depth
    if inside is not None:
        yield inside


def _broken(base: str, reason: str) -> SourceError:
    return SourceError(
        f"{base} is a list that cannot be read ({reason}): mend it or use another",
        kind="broken list",
    )
