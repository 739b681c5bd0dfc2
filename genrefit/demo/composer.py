"""Compose and synthesize songs from a style and a seed.

The demo and the tests use them where there is no music and no network. Their album tag says that
they are synthetic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genrefit.demo import acoustic_styles, electronic_styles
from genrefit.demo.arrangement import Artist
from genrefit.demo.instruments import SR
from genrefit.storage import whole_file

SHORTEST, LONGEST = 30.0, 45.0
"""Length in s of a song where the caller leaves it to the seed."""
ARTIST_OF = (0, 1, 2, 3, 4, 5, 0, 1)
"""Whose song each of eight in a row is: six artists, two of whom have two songs."""
GUEST_SHARE = {3: 0.6, 7: 0.4}
"""Which of eight songs in a row turn into another style for a while, and for how much of it."""
GUESTS = {
    "country": "hip hop",
    "dance": "drone",
    "drone": "waltz",
    "hip hop": "dance",
    "punk": "country",
    "swing": "hip hop",
    "waltz": "swing",
}
"""What a style turns into."""
SYNTHETIC = "synthesized by genrefit's demo"
"""The album of every composed song."""

STYLES: dict[str, Callable[[np.random.Generator, Artist, float], np.ndarray]] = {
    "country": acoustic_styles.country,
    "dance": electronic_styles.dance,
    "drone": electronic_styles.drone,
    "hip hop": electronic_styles.hip_hop,
    "punk": acoustic_styles.punk,
    "swing": acoustic_styles.swing,
    "waltz": acoustic_styles.waltz,
}
"""From a random generator, an artist and a length in s to mono samples."""

FIRST = {
    "country": ("Dusty", "Cedar", "Wagon", "Prairie", "Copper", "Lonesome"),
    "dance": ("Laser", "Pulse", "Chrome", "Mirror", "Voltage", "Strobe"),
    "drone": ("Far", "Pale", "Glacier", "Hollow", "Lunar", "Fathom"),
    "hip hop": ("Corner", "Velvet", "Asphalt", "Low", "Static", "Midnight"),
    "punk": ("Broken", "Rusty", "Angry", "Spare", "Torn", "Loud"),
    "swing": ("Blue", "Uptown", "Brass", "Satin", "Copacetic", "Lindy"),
    "waltz": ("Clara", "Ottilie", "Anselm", "Theodor", "Mireille", "Ludmila"),
}
LAST = {
    "country": ("Creek Ramblers", "Fence Boys", "Wheel", "Harrow", "Kettle Band", "Spur"),
    "dance": ("Circuit", "Machine", "Parade", "District", "Engine", "Unit"),
    "drone": ("Field", "Harbour", "Drift", "Chamber", "Signal", "Shore"),
    "hip hop": ("Ledger", "Cipher", "Syntax", "Docket", "Ampersand", "Margin"),
    "punk": ("Staplers", "Umbrellas", "Toasters", "Dentists", "Buttons", "Hinges"),
    "swing": ("Cellar Six", "Lantern Quintet", "Street Combo", "Octet", "Trio", "Stompers"),
    "waltz": ("Feld", "Arnaud", "Winterhalt", "Sommer", "Lindqvist", "Marek"),
}
TITLES = {
    "country": (("Gravel", "Porch", "River", "Barn"), ("Goodbye", "Letter", "Mile", "Sunday")),
    "dance": (("Neon", "Hyper", "Night", "Solar"), ("Lift", "Signal", "Motion", "Floor")),
    "drone": (("Slow", "White", "Deep", "Under"), ("Tide", "Hour", "Snow", "Horizon")),
    "hip hop": (("Window", "Ninth", "Paper", "Quiet"), ("Block", "Verse", "Crown", "Change")),
    "punk": (
        ("No", "Stupid", "Burn The", "I Hate"),
        ("Meetings", "Homework", "Traffic", "Tuesday"),
    ),
    "swing": (
        ("Stroll", "Lights", "Rain", "Moon"),
        ("at Midnight", "on Fifth", "for Two", "Again"),
    ),
    "waltz": (
        ("Valse", "Petite Valse", "Walzer", "Nocturne"),
        ("in Grey", "d'Hiver", "for Anna", "im Mai"),
    ),
}


@dataclass(frozen=True, slots=True)
class Composition:
    """One song that can be played: everything follows from style and seed."""

    style: str
    seed: int
    artist: str
    title: str
    seconds: float


def composition(style: str, seed: int, *, seconds: float | None = None) -> Composition:
    """Return who made song number `seed` of a style, what it is called and how long it is."""
    _check_song(style, seed)
    rng = np.random.default_rng([_number(style), seed, 1])
    number = _artist_number(seed)
    first, last = FIRST[style], LAST[style]
    name = f"{first[number % 6]} {last[(number + number // 6) % 6]}"
    if number >= 36:
        name += f" {number // 36 + 1}"
    left, right = TITLES[style]
    order = np.random.default_rng([_number(style), seed // 16, 2]).permutation(16)
    place = int(order[seed % 16])
    title = f"{left[place // 4]} {right[place % 4]}"
    if seed >= 16:
        title += f" No. {seed // 16 + 1}"
    if seed % 8 in GUEST_SHARE:
        title += f" ({GUESTS[style].title()} Turn)"
    length = seconds if seconds is not None else float(np.round(rng.uniform(SHORTEST, LONGEST), 1))
    return Composition(style, seed, name, title, length)


def song(style: str, seed: int, seconds: float) -> tuple[np.ndarray, int]:
    """Compose and play song number `seed` of a style.

    Returns y [shape=(seconds * sr,), mono float32, peak 0.89 or below] and its sample rate in
    Hz. The same arguments give the same song; songs of one artist share instruments and room.
    """
    _check_song(style, seed)
    if not 5 <= seconds <= 600:
        raise ValueError(f"seconds={seconds}: a composed song lasts 5 to 600 s")
    number = _artist_number(seed)
    tastes = np.random.default_rng([_number(style), number, 3]).random(4)
    artist = Artist(
        seed=1_000 * _number(style) + number,
        brightness=tastes[0],
        room=tastes[1],
        drive=tastes[2],
        taste=tastes[3],
    )
    y = STYLES[style](np.random.default_rng([_number(style), seed, 4]), artist, seconds)
    if seed % 8 in GUEST_SHARE:
        share = GUEST_SHARE[seed % 8]
        guest = STYLES[GUESTS[style]]
        y = _insert_guest(
            y, guest(np.random.default_rng([_number(style), seed, 5]), artist, share * seconds)
        )
    peak = float(np.abs(y).max())
    return (y * np.float32(min(1.0, 0.89 / peak))).astype(np.float32), SR


def _insert_guest(y: np.ndarray, guest: np.ndarray) -> np.ndarray:
    """Let `guest` take the middle of `y`, as loud, with half a second of both at its ends."""
    begin, fade = (len(y) - len(guest)) // 2, SR // 2
    gain = np.ones(len(guest), np.float32)
    gain[:fade] = np.linspace(0, 1, fade)
    gain[-fade:] = np.linspace(1, 0, fade)
    middle = slice(begin, begin + len(guest))
    level = np.float32(np.sqrt(np.mean(y**2) / max(1e-9, np.mean(guest**2))))
    out = y.copy()
    out[middle] = (1 - gain) * y[middle] + gain * level * guest
    return out


def file_path(composition: Composition, folder: Path) -> Path:
    """Return the file of a composition in `folder`: "Artist - Title.flac"."""
    return folder / f"{composition.artist} - {composition.title}.flac"


def write(composition: Composition, folder: Path) -> Path:
    """Synthesize a composition into its file, with tags; whole or not at all."""
    import soundfile

    y, sr = song(composition.style, composition.seed, composition.seconds)
    path = file_path(composition, folder)
    with (
        whole_file(path) as part,
        soundfile.SoundFile(part, "w", sr, 1, format="FLAC", subtype="PCM_16") as file,
    ):
        file.artist, file.title, file.album = composition.artist, composition.title, SYNTHETIC
        file.write(y)
    return path


def _check_song(style: str, seed: int) -> None:
    if style not in STYLES:
        raise ValueError(f"no style {style!r}; there are {', '.join(STYLES)}")
    if seed < 0:
        raise ValueError(f"seed={seed}: songs are numbered from 0")


def _number(style: str) -> int:
    return list(STYLES).index(style)


def _artist_number(seed: int) -> int:
    return ARTIST_OF[seed % 8] + 6 * (seed // 8)
