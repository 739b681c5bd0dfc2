"""What the endings of file names say: audio, lists of songs, or what else lies in music folders."""

from __future__ import annotations

# fmt: off
AUDIO_ENDINGS = frozenset((
    ".mp3", ".mp2", ".mp1", ".mpa", ".mpga", ".m2a",                              # MPEG audio
    ".mp4", ".m4a", ".m4b", ".m4r", ".m4v", ".m4p", ".mov", ".qt", ".3gp", ".3g2", ".3gpp",
    ".f4a", ".f4b", ".f4v", ".isma", ".ismv",                                     # MPEG-4
    ".aac", ".adts", ".latm", ".loas", ".ac3", ".eac3", ".ec3", ".dts", ".dtshd",
    ".ogg", ".oga", ".ogv", ".ogx", ".opus", ".spx",
    ".webm", ".weba", ".mka", ".mkv", ".mk3d",
    ".flac", ".fla", ".ape", ".mac", ".wv", ".tta", ".tak", ".shn", ".mpc", ".mpp", ".mp+",
    ".wav", ".wave", ".bwf", ".rf64", ".w64", ".aif", ".aiff", ".aifc", ".caf", ".au", ".snd",
    ".voc", ".iff", ".8svx", ".dsf", ".dff",
    ".wma", ".wmv", ".asf", ".avi", ".divx", ".flv", ".mpg", ".mpeg", ".vob", ".ts", ".mts",
    ".m2ts", ".m2t", ".rm", ".ra", ".rmvb", ".amr", ".awb", ".3ga", ".oma", ".aa3", ".omg",
))
"""Endings of what the containers in `audio.frames` are kept in."""
LIST_ENDINGS = frozenset((
    ".m3u", ".m3u8", ".pls", ".xspf", ".rss", ".atom", ".opml", ".asx", ".wax", ".wvx", ".wpl",
))
"""File endings of lists that other lists may name."""
PLAYLIST_ENDINGS = LIST_ENDINGS | {
    ".xml", ".html", ".htm", ".xhtml", ".txt", ".csv", ".tsv", ".cue",
}
"""File endings of lists of songs."""
_KINDS = {
    "picture": (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".heic",
                ".avif", ".svg", ".ico", ".psd"),
    "text": (".txt", ".nfo", ".log", ".md", ".pdf", ".rtf", ".doc", ".docx", ".odt", ".lrc",
             ".srt", ".ini", ".url", ".sfv", ".md5", ".ffp", ".accurip"),
    "playlist": tuple(LIST_ENDINGS),
    "web page": (".html", ".htm", ".xhtml"),
    "archive": (".zip", ".rar", ".7z", ".gz", ".tar", ".bz2", ".xz"),
    "unfinished download": (".part", ".crdownload", ".download", ".tmp", ".!ut"),
}
# fmt: on
_KIND_OF_ENDING = {ending: kind for kind, endings in _KINDS.items() for ending in endings}
_SYSTEM_FILES = frozenset(("thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r", "folder.htt"))
IGNORED_FOLDERS = frozenset(
    ("$recycle.bin", "recycler", "#recycle", "@eadir", "@recycle", "__macosx", "lost+found",
     "system volume information", "#snapshot", "@tmp")
)  # fmt: skip
"""Folders of systems and disk stations: deleted files, previews, and what else is no music."""


def is_hidden(name: str) -> bool:
    """Tell whether a name begins with a single dot: "...Baby One More Time.mp3" does not."""
    return name.startswith(".") and not name.startswith("..")


def is_audio(name: str) -> bool:
    """Tell whether a file of that name may hold audio."""
    return ending_of(name) in AUDIO_ENDINGS


def ending_of(name: str) -> str:
    """Return the ending of a file's name in lower case; "" where there is none."""
    stem, dot, ending = name.strip().rpartition(".")
    return f".{ending.lower()}" if dot and stem.strip(".") and " " not in ending else ""


def kind_of_name(name: str) -> str:
    """Return what a file that is no audio is, in one word or two: "picture", ".cue" ..."""
    if name.casefold() in _SYSTEM_FILES or name.startswith("._") or name == ".DS_Store":
        return "system file"
    if is_hidden(name):
        return "hidden file"
    ending = ending_of(name)
    if ending and len(ending) > 12:
        return "other"
    return _KIND_OF_ENDING.get(ending, ending) or "file without an ending"
