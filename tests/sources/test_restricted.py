"""What strangers' pages could make yt-dlp do is taken away from it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from genrefit import config, sources
from genrefit.errors import SourceError
from genrefit.sources import restricted
from tests.sources.conftest import HASTY

PROGRAMS = ("ffmpeg", "ffprobe", "avconv", "rtmpdump", "mplayer", "mpv", "phantomjs", "aria2c",
            "curl", "wget", "axel")  # fmt: skip


@pytest.fixture
def tell_tale(tmp_path, monkeypatch) -> Path:
    """Programs of these names that leave a file behind when they are started."""
    folder, trace = tmp_path / "bin", tmp_path / "started"
    folder.mkdir()
    for name in PROGRAMS:
        program = folder / name
        program.write_text(f"#!/bin/sh\necho {name} $@ >> {trace}\nexit 0\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return trace


def fetch(url: str, tmp_path: Path, **limits: object) -> None:
    folder = tmp_path / "fetched"
    folder.mkdir(exist_ok=True)
    (song,) = sources.list_songs(url, limits=HASTY).songs
    with sources.fetch_song(song, folder=folder, limits=replace(HASTY, **limits)):  # type: ignore[arg-type]
        pass


def hls(*segments: str, key: str = "") -> str:
    lines = [f"#EXTINF:5,\n{segment}" for segment in segments]
    return "\n".join(["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:5", key, *lines,
                      "#EXT-X-ENDLIST", ""])  # fmt: skip


@pytest.mark.parametrize(
    "key",
    [
        '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://x",KEYFORMAT="com.apple.streamingkeydelivery"',
        '#EXT-X-KEY:METHOD=WHATEVER,URI="k.bin"',
        '#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI="k.bin"',
    ],
)
def test_streams_with_unknown_encryption_start_no_program(site, tmp_path, tell_tale, key):
    site.add("/seg.ts", b"x" * 1000, "video/mp2t")
    url = site.add("/locked.m3u8", hls(site.url("/seg.ts"), key=key))
    with pytest.raises(SourceError) as caught:
        fetch(url, tmp_path)
    assert caught.value.kind in ("unsupported", "refused")
    assert not tell_tale.exists()


@pytest.mark.parametrize("segment", ["file:///etc/passwd", "ftp://127.0.0.1/x.ts", "rtmp://x/y"])
def test_segments_of_other_schemes_are_refused(site, tmp_path, tell_tale, segment):
    url = site.add("/other.m3u8", hls(segment))
    with pytest.raises(SourceError):
        fetch(url, tmp_path)
    assert not tell_tale.exists()
    left = [path.read_bytes() for path in (tmp_path / "fetched").rglob("*") if path.is_file()]
    assert not any(b"root:" in content for content in left)


def test_the_byte_limit_holds_over_all_segments_together(site, tmp_path):
    for n in range(6):
        site.add(f"/part{n}.ts", bytes(400_000), "video/mp2t")
    url = site.add("/large.m3u8", hls(*(site.url(f"/part{n}.ts") for n in range(6))))
    with pytest.raises(SourceError, match="larger than 1 MB"):
        fetch(url, tmp_path, max_bytes=1_000_000)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x/y", "rtmp://x/y", "x", "http:/[", ""]
)
def test_other_schemes_are_no_web_addresses(url):
    with pytest.raises(SourceError):
        restricted.check_scheme(url)


def test_only_the_javascript_runtime_may_be_started():
    restricted._restricted_class()
    from yt_dlp.utils import Popen

    for command in (["ffmpeg", "-version"], "deno", ["/bin/sh", "-c", "deno"]):
        with pytest.raises(restricted.ProgramRefusedError):
            Popen(command, shell=command == "deno")
    try:
        process = Popen(["deno", "--version"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except FileNotFoundError:
        return  # it was looked for, and it is not on the PATH
    assert process.wait(30) == 0


def test_plugins_and_configuration_of_the_user_are_not_loaded(site, tmp_path):
    trace = tmp_path / "loaded"
    evil = f"open({str(trace)!r}, 'w').close()\n"
    for base in (tmp_path / "config" / "yt-dlp", tmp_path / ".yt-dlp", tmp_path / "yt-dlp-plugins"):
        plugin = base / "plugins" / "evil" / "yt_dlp_plugins" / "extractor"
        plugin.mkdir(parents=True)
        (plugin / "evil.py").write_text(evil)
        (base / "config").write_text(f"--exec before_dl:'touch {trace}'\n")
    run = subprocess.run(
        [sys.executable, "-c", f"from genrefit import sources; print(len(sources.list_songs("
         f"{site.url('/songs.m3u')!r}).songs)); sources.list_songs({site.url('/songs.html')!r})"],
        env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config"),
             "PYTHONPATH": str(config.CHECKOUT)},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.stdout.strip() == "3", run.stderr
    assert not trace.exists()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("ff02::1", False),
    ],
)
def test_what_is_a_public_address(address, public):
    assert restricted.is_public(address) is public


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]",
             "[::ffff:127.0.0.1]"]
)  # fmt: skip
def test_a_hosted_program_reaches_no_address_of_its_own_network(site, host, tmp_path):
    url = site.url("/songs.m3u").replace("127.0.0.1", host)
    told = hosted(f"sources.list_songs({url!r})", tmp_path)
    assert "SourceError" in told
    assert site.url("/songs.m3u") not in told or "public" in told
    assert "public internet" in told or "no web address" in told


def test_a_hosted_program_does_not_follow_a_redirect_into_its_network(site, tmp_path):
    """127.0.0.2 stands for a public address here: the site there sends on to 127.0.0.1."""

    class Redirect(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", site.url("/songs.m3u"))
            self.end_headers()

        def log_message(self, *given: object) -> None: ...

    with HTTPServer(("127.0.0.2", 0), Redirect) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        told = hosted(
            "from genrefit.sources import restricted; real = restricted.is_public\n"
            "restricted.is_public = lambda address: address == '127.0.0.2' or real(address)\n"
            f"sources.list_songs('http://127.0.0.2:{server.server_address[1]}/moved')",
            tmp_path,
        )
        server.shutdown()
    assert "127.0.0.1 is no public address" in told


def test_a_hosted_program_reads_no_folders(tmp_path):
    told = hosted(f"sources.list_songs({str(tmp_path)!r})", tmp_path)
    assert "are not read here" in told


def hosted(code: str, folder: Path) -> str:
    """Run code in a process that serves strangers; return how it ended."""
    run = subprocess.run(
        [sys.executable, "-c", f"from genrefit import sources\n{code}"],
        env={**os.environ, "GENREFIT_HOSTED": "1", "PYTHONPATH": str(config.CHECKOUT)},
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode != 0
    return run.stderr.strip().splitlines()[-1]
