"""Styles of electronic instruments: dance, drone, hip hop."""

from __future__ import annotations

import numpy as np

from genrefit.demo import instruments as play
from genrefit.demo.arrangement import DORIAN, MINOR, Arrangement, Artist, one_of


def dance(rng: np.random.Generator, artist: Artist, seconds: float) -> np.ndarray:
    """A kick on every beat, a saw bass between the beats, chords ducked under the kick."""
    s = Arrangement(
        rng,
        seconds,
        bpm=rng.uniform(118, 136),
        beats=4,
        key=int(rng.integers(45, 57)),
        scale=MINOR,
        chords=one_of(rng, (0, 5, 2, 6), (0, 0, 5, 6), (0, 3, 5, 4), (0, 6, 5, 6)),
    )
    kit = play.drums(np.random.default_rng(artist.seed), electronic=True)
    lead = "square" if artist.taste > 0.5 else "saw"
    pattern = rng.choice([0, 1, 2, 3], size=8)
    for bar in range(s.bars):
        _dance_drums(s, kit, artist, bar)
        for eighth in range(8):
            if eighth % 2 or artist.taste > 0.6:
                note = play.tone("saw", s.chord(bar, octave=-1)[0] - 12, s.beat_seconds(0.45))
                s.put(
                    "bass",
                    play.shaped(note, attack=0.004, release=0.03, decay=0.2),
                    s.at(bar, eighth / 2),
                )
        for pitch in s.chord(bar, steps=(0, 2, 4, 6), octave=1):
            pad = play.tone("saw", pitch, s.beat_seconds(4), detune=(-0.08, 0.0, 0.09))
            s.put("chords", play.shaped(pad, attack=0.02, release=0.05), s.at(bar))
        steps = s.chord(bar, steps=(0, 2, 4, 7), octave=2)
        for sixteenth in range(16):
            note = play.tone(lead, steps[pattern[sixteenth % 8]], s.beat_seconds(0.22))
            s.put(
                "lead",
                play.shaped(note, attack=0.002, release=0.02, decay=0.1),
                s.at(bar, sixteenth / 4),
            )
    return _dance_mix(s, artist)


def _dance_drums(s: Arrangement, kit: dict[str, np.ndarray], artist: Artist, bar: int) -> None:
    """Play a bar of drums; the kick rests in the last two of 16 bars."""
    quiet = bar % 16 >= 14
    for beat in range(4):
        if not quiet:
            s.hit(kit, "kick", bar, beat, 1.0)
        s.hit(kit, "open" if artist.taste > 0.3 else "hat", bar, beat + 0.5, 0.25)
        for off in (0.25, 0.75):
            s.hit(kit, "hat", bar, beat + off, 0.12)
    for beat in (1, 3):
        s.hit(kit, "clap", bar, beat, 0.55)


def _dance_mix(s: Arrangement, artist: Artist) -> np.ndarray:
    """Duck bass and chords under the kick, add an echo to the lead, and mix."""
    kicks = s.hits["kick"]
    cut = 900 + 2_500 * artist.brightness
    s.buses["bass"] = play.ducked(
        play.low_pass(s.buses["bass"], cut / 2), kicks, depth=0.7, seconds=0.25
    )
    s.buses["chords"] = play.ducked(
        play.low_pass(s.buses["chords"], cut), kicks, depth=0.8, seconds=0.35
    )
    s.buses["lead"] = play.echo(
        s.buses["lead"], s.beat_seconds(0.75), level=0.3 + 0.25 * artist.room
    )
    return play.drive(s.mixed(drums=0.13, bass=0.09, chords=0.06, lead=0.04), 1.5)


def drone(rng: np.random.Generator, artist: Artist, seconds: float) -> np.ndarray:
    """No drums: slow detuned layers, filtered noise, and a bell now and then."""
    s = Arrangement(
        rng,
        seconds,
        bpm=rng.uniform(50, 66),
        beats=4,
        key=int(rng.integers(36, 48)),
        scale=DORIAN if rng.random() < 0.5 else MINOR,
        chords=one_of(rng, (0, 3), (0, 5), (0, 0, 6), (0,)),
    )
    shape = "organ" if artist.taste > 0.66 else "round" if artist.taste > 0.33 else "triangle"
    for bar in range(0, s.bars, 2):
        held = s.beat_seconds(11)
        for pitch in s.chord(bar, steps=(0, 4, 7, 9)):
            spread = float(rng.uniform(0.02, 0.1))
            y = play.tone(shape, pitch, held, detune=(-spread, 0.0, spread * 0.7))
            s.put("chords", play.shaped(y, attack=held * 0.4, release=held * 0.5), s.at(bar) - 1.0)
    t = play.times(s.seconds)[: s.length]
    wind = np.random.default_rng(artist.seed).standard_normal(s.length).astype(np.float32)
    slow = 0.6 + 0.4 * np.sin(2 * np.pi * t * rng.uniform(0.04, 0.1) + rng.uniform(0, 6))
    s.put(
        "wind", play.band(wind, 200, 500 + 900 * artist.brightness) * slow.astype(np.float32), 0.0
    )
    low = play.tone("sine", s.pitch(0, octave=-1), s.seconds, detune=(0.0, 0.03))
    s.put("bass", low, 0.0)
    for beat, _, step in s.phrases(bars=4, density=0.0, low=14, high=21):
        if rng.random() < 0.4:
            s.put("bells", play.struck(s.pitch(step), 3.0, brightness=0.3), s.at(0, beat))
    if "bells" in s.buses:
        s.buses["bells"] = play.echo(s.buses["bells"], 0.7, level=0.5)
    y = s.mixed(chords=0.07, wind=0.006 + 0.014 * artist.drive, bass=0.04, bells=0.015)
    y = play.room(y, 3.0 + 3.0 * artist.room, wet=0.6, seed=artist.seed)
    return play.shaped(y, attack=min(3.0, seconds / 8), release=min(4.0, seconds / 8))


def hip_hop(rng: np.random.Generator, artist: Artist, seconds: float) -> np.ndarray:
    """A slow swung beat, a deep bass, one looped phrase, crackle."""
    s = Arrangement(
        rng,
        seconds,
        bpm=rng.uniform(74, 98),
        beats=4,
        key=int(rng.integers(48, 58)),
        scale=MINOR if rng.random() < 0.6 else DORIAN,
        chords=one_of(rng, (0, 0, 5, 5), (0, 3), (0, 6, 5, 6), (0,)),
        swing=0.7,
    )
    kit = play.drums(np.random.default_rng(artist.seed), electronic=True)
    kicks = [0.0, *sorted(rng.choice([1.5, 1.75, 2.25, 2.5, 2.75, 3.5], size=3, replace=False))]
    rolls = artist.taste > 0.5
    loop = s.tune(bars=2, density=0.6, low=4, high=11)
    for bar in range(s.bars):
        for beat in kicks:
            s.hit(kit, "kick", bar, float(beat), 1.0)
            length = s.beat_seconds(float(rng.choice([0.7, 1.2])))
            y = play.tone("sine", s.chord(bar, octave=-2)[0], length)
            y = play.drive(
                play.shaped(y, attack=0.005, release=0.08, decay=0.8), 1 + 4 * artist.drive
            )
            s.put("bass", y, s.at(bar, float(beat)))
        for beat in (1, 3):
            s.hit(kit, "clap" if rolls else "snare", bar, beat, 0.8)
        for k in range(16 if rolls else 8):
            s.hit(kit, "hat", bar, k / (4 if rolls else 2), 0.16 if k % 2 else 0.25)
        for pitch in s.chord(bar, steps=(0, 2, 4, 6)):
            y = play.struck(pitch, 1.4, brightness=0.2 + 0.3 * artist.brightness)
            s.put("keys", y, s.at(bar, 0), level=0.6)
            s.put("keys", y, s.at(bar, 2.5), level=0.4)
        if bar % 2 == 0:
            for beat, beats, step in loop:
                y = play.tone("reed", s.pitch(step), s.beat_seconds(beats), vibrato=0.1)
                s.put("loop", play.shaped(y, attack=0.01, release=0.05), s.at(bar, beat))
    dust = np.random.default_rng(artist.seed).standard_normal(s.length).astype(np.float32)
    s.put("dust", play.high_pass(np.where(np.abs(dust) > 3.4, dust, dust * 0.02), 1_000), 0.0)
    for part in ("keys", "loop"):
        s.buses[part] = play.low_pass(s.buses[part], 1_400 + 1_800 * artist.brightness)
    s.buses["loop"] = play.echo(s.buses["loop"], s.beat_seconds(0.75), level=0.25)
    return play.drive(s.mixed(drums=0.1, bass=0.12, keys=0.045, loop=0.03, dust=0.004), 1.4)
