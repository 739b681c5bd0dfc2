"""The second ear: YAMNet, trained by Google on AudioSet's 521 kinds of sound.

Per 10-second segment it gives the mean, over patches of 0.96 s, of the logits of the classes that
say something of music: genres, instruments, voices and moods, and of speech, silence and noise.
Needs numpy, scipy, onnxruntime and the network that `weights.second_ear` stores.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from genrefit.config import Home
from genrefit.errors import EarError
from genrefit.features import filterbanks
from genrefit.features.weights import network_store
from genrefit.features.weights.second_ear import NETWORK, second_ear_folder
from genrefit.features.weights.yamnet_graph import FLOOR, FRAMES, MELS

VERSION = 1
"""Version of the numbers that `embed` gives; stored features of another version are not mixed."""
SR = 16_000
"""Sample rate in Hz of the segments that `embed` takes."""
_CLASSES: dict[int, str] = {
    0: (
        "Speech; Child speech, kid speaking; Conversation; Narration, monologue; Babbling; "
        "Speech synthesizer"
    ),
    24: (
        "Singing; Choir; Yodeling; Chant; Mantra; Child singing; Synthetic singing; Rapping; "
        "Humming"
    ),
    132: (
        "Music; Musical instrument; Plucked string instrument; Guitar; Electric guitar; Bass "
        "guitar; Acoustic guitar; Steel guitar, slide guitar; Tapping (guitar technique); "
        "Strum; Banjo; Sitar; Mandolin; Zither; Ukulele; Keyboard (musical); Piano; Electric "
        "piano; Organ; Electronic organ; Hammond organ; Synthesizer; Sampler; Harpsichord; "
        "Percussion; Drum kit; Drum machine; Drum; Snare drum; Rimshot; Drum roll; Bass drum; "
        "Timpani; Tabla; Cymbal; Hi-hat; Wood block; Tambourine; Rattle (instrument); Maraca; "
        "Gong; Tubular bells; Mallet percussion; Marimba, xylophone; Glockenspiel; "
        "Vibraphone; Steelpan; Orchestra; Brass instrument; French horn; Trumpet; Trombone; "
        "Bowed string instrument; String section; Violin, fiddle; Pizzicato; Cello; Double "
        "bass; Wind instrument, woodwind instrument; Flute; Saxophone; Clarinet; Harp; Bell; "
        "Church bell; Jingle bell; Bicycle bell; Tuning fork; Chime; Wind chime; Change "
        "ringing (campanology); Harmonica; Accordion; Bagpipes; Didgeridoo; Shofar; Theremin; "
        "Singing bowl; Scratching (performance technique); Pop music; Hip hop music; "
        "Beatboxing; Rock music; Heavy metal; Punk rock; Grunge; Progressive rock; Rock and "
        "roll; Psychedelic rock; Rhythm and blues; Soul music; Reggae; Country; Swing music; "
        "Bluegrass; Funk; Folk music; Middle Eastern music; Jazz; Disco; Classical music; "
        "Opera; Electronic music; House music; Techno; Dubstep; Drum and bass; Electronica; "
        "Electronic dance music; Ambient music; Trance music; Music of Latin America; Salsa "
        "music; Flamenco; Blues; Music for children; New-age music; Vocal music; A capella; "
        "Music of Africa; Afrobeat; Christian music; Gospel music; Music of Asia; Carnatic "
        "music; Music of Bollywood; Ska; Traditional music; Independent music; Song; "
        "Background music; Theme music; Jingle (music); Soundtrack music; Lullaby; Video game "
        "music; Christmas music; Dance music; Wedding music; Happy music; Sad music; Tender "
        "music; Exciting music; Angry music; Scary music"
    ),
    494: "Silence; Sine wave",
    507: "Noise; Environmental noise; Static; Mains hum",
    514: "White noise; Pink noise",
}
"""Runs of AudioSet's classes that are kept, by the number of their first, as YAMNet counts them."""
COLUMNS = tuple(name for names in _CLASSES.values() for name in names.split("; "))
"""Names of the columns that `embed` gives: AudioSet's names of the classes."""
KEPT = np.array(
    [first + n for first, names in _CLASSES.items() for n in range(len(names.split("; ")))]
)
"""The number of each column's class among the network's 521."""

WINDOW = 400
HOP_LENGTH = 160
N_FFT = 512
LOWEST_HZ, HIGHEST_HZ = 125.0, 7_500.0
_BATCH = 5
"""Patches run at once: one at a time takes 2.4 times as long, ten no less."""


def log_mel(y: np.ndarray) -> np.ndarray:
    """Return log(mel + 0.001) of mono `y` at 16 kHz [shape=(frames, 64), float32].

    Frames of 25 ms begin every 10 ms and none is padded; `mel` are sums of magnitudes. As
    YAMNet's authors compute it.
    """
    from scipy import fft

    frames = np.lib.stride_tricks.sliding_window_view(np.asarray(y, np.float32), WINDOW)
    spectrum = fft.rfft(frames[::HOP_LENGTH] * filterbanks.hann(WINDOW, np.float32), N_FFT, axis=1)
    filters = filterbanks.htk_mel_filters(
        sr=SR, n_fft=N_FFT, n_mels=MELS, low=LOWEST_HZ, high=HIGHEST_HZ
    )
    mel = np.abs(spectrum) @ filters
    mel += np.float32(FLOOR)
    return np.asarray(np.log(mel, out=mel))


def embed(segments: Sequence[np.ndarray], *, home: Home) -> np.ndarray:
    """Return the second ear's numbers of mono 16 kHz `segments`, a row each [shape=(n, d)].

    A row is the mean over the segment's patches of 0.96 s, which lie end to end from its start;
    a rest that fills no patch is not used. Columns are `COLUMNS`.

    Raises
    ------
    EarError
        if `home` has no second ear, or a segment is shorter than one patch.
    """
    if not len(segments):
        return np.empty((0, len(COLUMNS)), np.float32)
    network = _session(second_ear_folder(home))
    return np.stack([_segment_logits(network, segment) for segment in segments])


def _segment_logits(network: Any, segment: np.ndarray) -> np.ndarray:
    """Return the mean logits of the kept classes over one segment [shape=(d,), float32]."""
    patches = patches_of(segment)
    logits = [
        network.run(["logits"], {"log_mel": patches[at : at + _BATCH]})[0][:, KEPT]
        for at in range(0, len(patches), _BATCH)
    ]
    return np.asarray(np.concatenate(logits).mean(axis=0))


def patches_of(segment: np.ndarray) -> np.ndarray:
    """Cut a segment's log-mel spectrogram into whole patches [shape=(patches, 96, 64)]."""
    spectrogram = log_mel(segment) if len(segment) >= WINDOW else np.zeros((0, MELS), np.float32)
    count = len(spectrogram) // FRAMES
    if count == 0:
        raise EarError(
            f"a segment of {len(segment) / SR:.1f} s is too short for the second ear, which needs "
            "1 s"
        )
    return spectrogram[: count * FRAMES].reshape(count, FRAMES, MELS)


@lru_cache(maxsize=2)
def _session(folder: Path) -> Any:
    """Open a folder's network once a process."""
    return network_store.open_network(NETWORK, folder)
