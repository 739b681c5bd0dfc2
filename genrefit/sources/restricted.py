"""yt-dlp with everything taken away that strangers' pages could make it do.

It asks for http and https only, starts no other program (but for the JavaScript runtime that
YouTube needs), loads no plugins and no user configuration, and downloads with the parts of its own
that keep the limits. In hosted mode it connects to public addresses only.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from functools import lru_cache
from pathlib import PurePath
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from genrefit import config
from genrefit.errors import SourceError
from genrefit.sources.limits import Deadline, Limits

SCHEMES = ("http", "https", "data")
PROGRAMS = ("deno", "deno.exe")
"""The only programs that are started."""
DOWNLOADERS = ("HttpFD", "HlsFD", "DashSegmentsFD")
"""The parts of yt-dlp that may download: each reads through `urlopen` and calls its hooks."""


class ProgramRefusedError(OSError):
    """A program would have been started that is none of PROGRAMS."""


class AddressRefusedError(OSError):
    """A connection to an address that is not public was refused."""


class _NoLog:
    """A logger that drops yt-dlp's messages: its errors come as exceptions."""

    def debug(self, message: str) -> None: ...
    def info(self, message: str) -> None: ...
    def warning(self, message: str) -> None: ...
    def error(self, message: str) -> None: ...


def open_yt_dlp(limits: Limits, deadline: Deadline, **options: Any) -> Any:
    """Return a YoutubeDL, a context manager, all of whose requests keep the deadline."""
    hosted = config.is_hosted()
    restricted = _restricted_class()
    if hosted:
        _connect_to_public_addresses_only()
    return restricted(
        deadline,
        {
            "quiet": True,
            "noprogress": True,
            "logger": _NoLog(),
            "color": "never",
            "socket_timeout": limits.answer_seconds,
            "fixup": "never",  # fixups need an ffmpeg program
            "updatetime": False,
            "enable_file_urls": False,
            "cachedir": False,
            # A proxy would look up names for us, so that no address could be checked.
            **({"proxy": ""} if hosted else {}),
            **options,
        },
    )


@lru_cache(maxsize=1)
def _restricted_class() -> Any:
    """Return the class, once a process: what it restricts holds for the whole of it."""
    os.environ["YTDLP_NO_PLUGINS"] = "1"
    from yt_dlp import YoutubeDL
    from yt_dlp.downloader import get_suitable_downloader
    from yt_dlp.globals import plugin_dirs
    from yt_dlp.utils import Popen

    plugin_dirs.value = []
    start = Popen.__init__

    def start_allowed(self: Any, args: Any, *remaining: Any, **options: Any) -> None:
        program = args if isinstance(args, str) else str(args[0])
        if options.get("shell") or PurePath(program).name.lower() not in PROGRAMS:
            self.returncode = 1  # what the destructor of a process looks at
            raise ProgramRefusedError(f"the program {PurePath(program).name!r} is not started")
        start(self, args, *remaining, **options)

    Popen.__init__ = start_allowed

    class RestrictedYoutubeDL(YoutubeDL):  # type: ignore[misc]  # yt-dlp has no types
        def __init__(self, deadline: Deadline, options: dict[str, Any]) -> None:
            self.deadline = deadline
            super().__init__(options)

        def urlopen(self, request: Any) -> Any:
            url = request if isinstance(request, str) else str(getattr(request, "url", ""))
            check_scheme(url or str(getattr(request, "full_url", "")))
            self.deadline.check()
            return self.deadline.limit_response(super().urlopen(request))

        def dl(self, name: str, info: dict[str, Any], *given: Any, **options: Any) -> Any:
            downloader = get_suitable_downloader(dict(info), self.params)
            if downloader is None or downloader.__name__ not in DOWNLOADERS:
                raise SourceError(
                    f"it comes by {info.get('protocol') or 'a way'} that only another program can "
                    "fetch: take another copy",
                    kind="unsupported",
                )
            return super().dl(name, info, *given, **options)

    return RestrictedYoutubeDL


def check_scheme(url: str) -> None:
    """Raise SourceError for what is no web address, such as file:, ftp: and rtmp:."""
    try:
        parts = urlsplit(url)
        scheme, named = parts.scheme.lower(), bool(parts.hostname)
    except ValueError:
        scheme, named = "http", False
    if scheme in ("http", "https") and not named:
        raise SourceError(f"it names {url[:80]!r}, which is no address", kind="address")
    if scheme not in SCHEMES:
        raise SourceError(
            f"it leads to {scheme or 'no scheme'}:, and only http and https are fetched",
            kind="unsupported",
        )


@lru_cache(maxsize=1)
def _connect_to_public_addresses_only() -> None:
    """Make all connections of yt-dlp in this process resolve names to public addresses only.

    Every connection is checked, so those after redirects are too, and the address that was
    checked is the one that is connected to.
    """
    import urllib3.util.connection
    from yt_dlp.networking import _helper

    checked = SimpleNamespace(**vars(socket))
    checked.getaddrinfo = public_addresses
    for module in (_helper, urllib3.util.connection):
        vars(module)["socket"] = checked


def public_addresses(host: Any, port: Any, *given: Any, **options: Any) -> list[Any]:
    """Return what socket.getaddrinfo does, of public addresses only.

    AddressRefusedError where a name has none.
    """
    found = socket.getaddrinfo(host, port, *given, **options)
    public = [entry for entry in found if is_public(str(entry[4][0]))]
    if not public:
        raise AddressRefusedError(f"{host} is no public address")
    return public


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet.

    An IPv6 address that holds an IPv4 one (mapped, 6to4, Teredo, NAT64) is public where both are.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner: list[Any] = []
    if isinstance(ip, ipaddress.IPv6Address):
        teredo = ip.teredo or ()
        inner = [ip.ipv4_mapped, ip.sixtofour, *teredo]
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
    return all(one.is_global and not one.is_multicast for one in [ip, *filter(None, inner)])
