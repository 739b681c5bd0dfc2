"""Styles of acoustic and electric instruments in a room: country, punk, swing, waltz."""

from __future__ import annotations

import numpy as np

from genrefit.demo import instruments as play
from genrefit.demo.arrangement import DORIAN, MAJOR, MINOR, MIXOLYDIAN, Arrangement, Artist, one_of


def country(rng: np.random.Generator, artist: Artist, seconds: float) -> np.ndarray:
    """Boom-chick: bass on one and three, strummed strings on two and four, a rolling picker."""
    s = Arrangement(
        rng,
        seconds,
        bpm=rng.uniform(92, 138),
        beats=4,
        key=int(rng.integers(55, 64)),
        scale=MAJOR if rng.random() < 0.75 else MIXOLYDIAN,
        chords=one_of(rng, (0, 3, 0, 4), (0, 0, 3, 0, 4, 4, 0, 0), (0, 5, 3, 4), (0, 3, 4, 0)),
        swing=0.3,
    )
    kit = play.drums(np.random.default_rng(artist.seed), electronic=False)
    bright = 0.45 + 0.4 * artist.brightness
    for bar in range(s.bars):
        for beat in (0, 2):
            fifth = s.chord(bar, octave=-2)[2 if beat else 0] - (12 if beat else 0)
            s.put(
                "bass",
                play.plucked(fifth, round(s.beat_seconds(1.7), 2), 0.3, 0.4),
                s.at(bar, beat),
            )
            s.hit(kit, "kick", bar, beat, 0.4)
        for beat in (1, 3):
            s.hit(kit, "brush", bar, beat, 0.5)
            s.hit(kit, "snare", bar, beat, 0.15)
            for k, pitch in enumerate(s.chord(bar, steps=(0, 2, 4, 7), octave=-1)):
                y = play.plucked(pitch, round(s.beat_seconds(0.9), 2), bright, 0.35)
                s.put("strum", y, s.at(bar, beat) + 0.012 * k)
        roll = s.chord(bar, steps=(0, 2, 4, 7))
        for k, string in enumerate((2, 1, 3, 0, 2, 1, 3, 2)):
            if rng.random() < 0.45 + 0.5 * artist.drive:
                y = play.plucked(roll[string], 0.35, 0.9, 0.12)
                s.put("picker", y, s.at(bar, k / 2), level=0.7)
    slide = artist.taste > 0.5
    for when, beats, step in s.phrases(bars=4, density=0.3, low=4, high=11):
        if slide:
            y = play.tone("reed", s.pitch(step), s.beat_seconds(beats), vibrato=0.4)
            s.put("tune", play.shaped(y, attack=0.09, release=0.09), s.at(0, when))
        else:
            y = play.plucked(s.pitch(step), round(s.beat_seconds(beats) + 0.3, 2), 0.7, 0.4)
            s.put("tune", y, s.at(0, when))
    y = s.mixed(drums=0.03, bass=0.055, strum=0.045, picker=0.035, tune=0.04)
    return play.room(y, 0.5 + 0.8 * artist.room, wet=0.12 + 0.12 * artist.room, seed=artist.seed)


def punk(rng: np.random.Generator, artist: Artist, seconds: float) -> np.ndarray:
    """Two distorted guitars in fifths, a driven bass, and fast drums."""
    s = Arrangement(
        rng,
        seconds,
        bpm=rng.uniform(158, 204),
        beats=4,
        key=int(rng.integers(40, 48)),
        scale=MAJOR if rng.random() < 0.6 else MIXOLYDIAN,
        chords=one_of(rng, (0, 3, 4, 3), (0, 4, 5, 3), (0, 0, 3, 4), (5, 3, 0, 4)),
    )
    kit = play.drums(np.random.default_rng(artist.seed), electronic=False)
    eighth = s.beat_seconds(0.5)
    for bar in range(s.bars):
        _punk_drums(s, kit, bar)
        root = s.chord(bar)[0]
        ringing = rng.random() < 0.3
        for k in range(8):
            if ringing and k % 4:
                continue
            length = round(eighth * (3.9 if ringing else 0.95), 2)
            for part, shift in (("left", 0.0), ("right", 0.013)):
                for interval in (0, 7, 12):
                    string = play.plucked(
                        root + interval, length, 0.6 + 0.3 * artist.brightness, 0.5
                    )
                    s.put(part, string, s.at(bar, k / 2) + shift * rng.random())
            low = play.plucked(root - 12, round(eighth * 0.95, 2), 0.45, 0.6)
            s.put("bass", low, s.at(bar, k / 2))
    for when, beats, step in s.phrases(bars=4, density=0.75, low=7, high=14):
        if int(when // 16) % 2:
            note = play.tone("saw", s.pitch(step, octave=1), s.beat_seconds(beats), vibrato=0.3)
            s.put("lead", play.shaped(note, attack=0.01, release=0.04), s.at(0, when))
    return _punk_mix(s, artist)


def _punk_drums(s: Arrangement, kit: dict[str, np.ndarray], bar: int) -> None:
    """Play a bar of drums, with a roll at the end of every eighth."""
    if bar % 4 == 0:
        s.hit(kit, "crash", bar, 0, 0.5)
    for beat in range(4):
        s.hit(kit, "snare" if beat % 2 else "kick", bar, beat, 0.9)
        s.hit(kit, "ride" if bar // 8 % 2 else "open", bar, beat, 0.3)
        s.hit(kit, "hat", bar, beat + 0.5, 0.3)
    s.hit(kit, "kick", bar, 2.5, 0.8)
    if bar % 8 == 7:
        for k in range(4):
            s.hit(kit, "tom", bar, 3 + k / 4, 0.8)


def _punk_mix(s: Arrangement, artist: Artist) -> np.ndarray:
    """Distort guitars, lead and bass, and mix."""
    gain = 10 + 25 * artist.drive
    for part in ("left", "right", "lead"):
        if part in s.buses:
            loud = np.abs(s.buses[part]).max()
            s.buses[part] = play.band(
                play.drive(s.buses[part] / loud, gain), 90, 3_000 + 2_500 * artist.brightness
            )
    s.buses["bass"] = play.drive(s.buses["bass"], 3)
    y = s.mixed(drums=0.11, bass=0.08, left=0.09, right=0.09, lead=0.05)
    return play.drive(play.room(y, 0.4, wet=0.08 + 0.1 * artist.room, seed=artist.seed), 2.0)


def swing(rng: np.random.Generator, artist: Artist, seconds: float) -> np.ndarray:
    """A swung ride cymbal, a walking bass, short piano chords, and a horn melody."""
    s = Arrangement(
        rng,
        seconds,
        bpm=rng.uniform(116, 196),
        beats=4,
        key=int(rng.integers(51, 62)),
        scale=DORIAN if rng.random() < 0.4 else MAJOR,
        chords=one_of(rng, (1, 4, 0, 5), (0, 5, 1, 4), (2, 5, 1, 4), (0, 3, 2, 5, 1, 4, 0, 4)),
        swing=1.0,
    )
    kit = play.drums(np.random.default_rng(artist.seed), electronic=False)
    walk = s.pitch(s.root(0), octave=-2)
    for bar in range(s.bars):
        for beat in range(4):
            s.hit(kit, "ride", bar, beat, 0.3 if beat % 2 else 0.22)
            if beat % 2:
                s.hit(kit, "ride", bar, beat + 0.5, 0.18)
                s.hit(kit, "hat", bar, beat, 0.3)
            s.hit(kit, "brush", bar, beat, 0.08)
            if rng.random() < 0.12:
                s.hit(kit, "snare", bar, beat + 0.5, 0.25)
            target = (
                s.chord(bar, steps=(0, 2, 4, 6), octave=-2)[beat]
                if beat
                else s.chord(bar, octave=-2)[0]
            )
            walk = target if rng.random() < 0.75 else target + int(rng.choice([-1, 1]))
            note = play.plucked(walk, round(s.beat_seconds(0.98), 2), 0.25, 0.5)
            s.put("bass", note, s.at(bar, beat))
        for beat in rng.choice([0.5, 1.5, 2.0, 2.5, 3.5], size=2, replace=False):
            for pitch in s.chord(bar, steps=(2, 4, 6, 8)):
                y = play.struck(pitch, 0.35, brightness=0.3 + 0.3 * artist.brightness)
                s.put("piano", y, s.at(bar, float(beat)), level=0.4)
    horn = "brass" if artist.taste > 0.5 else "reed"
    for when, beats, step in s.phrases(bars=4, density=0.55 + 0.3 * artist.drive, low=3, high=13):
        y = play.tone(horn, s.pitch(step), s.beat_seconds(beats * 0.95), vibrato=0.25)
        s.put("horn", play.shaped(y, attack=0.03, release=0.06), s.at(0, when))
    s.buses["horn"] = play.low_pass(s.buses["horn"], 1_600 + 2_400 * artist.brightness)
    y = s.mixed(drums=0.035, bass=0.06, piano=0.03, horn=0.05)
    return play.room(y, 0.6 + artist.room, wet=0.15 + 0.15 * artist.room, seed=artist.seed)


def waltz(rng: np.random.Generator, artist: Artist, seconds: float) -> np.ndarray:
    """One quiet piano in three-four time: low note, two soft chords, a singing right hand."""
    s = Arrangement(
        rng,
        seconds,
        bpm=rng.uniform(84, 132),
        beats=3,
        key=int(rng.integers(55, 66)),
        scale=MAJOR if rng.random() < 0.5 else MINOR,
        chords=one_of(rng, (0, 5, 3, 4), (0, 3, 4, 0), (0, 4, 5, 2, 3, 0, 3, 4), (5, 3, 0, 4)),
    )
    drift = np.cumsum(rng.normal(0, 0.006, s.bars + 2))
    bright = 0.2 + 0.6 * artist.brightness

    def strike(pitch: int, start: float, beats: float, level: float) -> None:
        late = float(drift[min(len(drift) - 1, int(start * s.bpm / 60 / 3))]) + rng.normal(0, 0.008)
        held = round(s.beat_seconds(beats) * 1.6, 1)
        key = (pitch, held)
        if key not in known:
            known[key] = play.struck(pitch, held, brightness=bright)
        s.put("piano", known[key], start + late, level=level * (1 + 0.15 * rng.standard_normal()))

    known: dict[tuple[int, float], np.ndarray] = {}
    for bar in range(s.bars):
        strike(s.chord(bar, octave=-2)[0], s.at(bar), 3, 0.8)
        for beat in (1, 2):
            for pitch in s.chord(
                bar, steps=(0, 2, 4) if rng.random() < 0.8 else (2, 4, 6), octave=-1
            ):
                strike(pitch, s.at(bar, beat), 1, 0.3)
    for when, beats, step in s.phrases(bars=4, density=0.35 + 0.3 * artist.taste, low=4, high=13):
        strike(s.pitch(step), s.at(0, when), beats + 1, 0.9)
    y = play.room(
        s.buses["piano"], 1.0 + 2.0 * artist.room, wet=0.25 + 0.3 * artist.room, seed=artist.seed
    )
    s.buses["piano"] = y
    return s.mixed(piano=0.055)
