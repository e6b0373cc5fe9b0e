"""Join clips by copying their packets: no decoding, no loss, no time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from ttv.files import whole
from ttv.media._clip import Clip, open_clip, probe
from ttv.media._errors import WrongLength, reading, writing
from ttv.media._mp4 import UNTAGGED, index_room, open_mp4, open_ts
from ttv.media._notes import strainer
from ttv.media._sound import Coder, Sound, SoundTrack, lasting, packets_in


@dataclass(frozen=True, slots=True)
class Part:
    """Whole groups of pictures of one clip: ``start`` and ``stop`` are keyframes or its ends."""

    clip: Clip
    start: int
    stop: int

    def __post_init__(self) -> None:
        cuts = (*self.clip.keyframes, self.clip.frames)
        if not (self.start < self.stop and self.start in cuts and self.stop in cuts):
            raise ValueError(f"frames {self.start} to {self.stop} are no groups of pictures")


def join(
    parts: Sequence[Part],
    to: Path,
    *,
    sound: Iterator[Sound] | None = None,
    tags: Mapping[str, str] = UNTAGGED,
    notes: bool = True,
) -> Clip:
    """Write the parts one after the other; they must be steady and of one signature.

    Time stamps are counted anew, so no frame is lost, doubled or out of order at a seam.
    ``sound`` is made exactly as long as the pictures; sound of the clips is left out. ``tags``
    say of the file what it is ("title", "comment"); without ``notes`` it does not even tell how
    its pictures were encoded. Gives what the film is. Raises WrongLength when a clip gives other
    frames than were probed.
    """
    frames = sum(part.stop - part.start for part in parts)
    seconds = frames / parts[0].clip.fps if parts and sound else 0.0
    room = index_room(tags, pictures=frames, sounds=packets_in(seconds))
    _joined(
        parts,
        to,
        sound=sound,
        coder="twoloop",
        notes=notes,
        opened=lambda path: open_mp4(path, tags, room=room),
    )
    film = probe(to, like=parts[0].clip)
    if film.frames != frames or not film.steady:
        raise WrongLength.of(to.name, frames=film.frames, expected=frames)
    return film


def broadcast(clip: Clip, to: Path, *, sound: Iterator[Sound]) -> None:
    """Write a steady clip as an MPEG transport stream, its packets copied; raises as ``join``."""
    _joined([Part(clip, 0, clip.frames)], to, sound=sound, coder="fast", notes=True, opened=open_ts)


def _joined(
    parts: Sequence[Part],
    to: Path,
    *,
    sound: Iterator[Sound] | None,
    coder: Coder,
    notes: bool,
    opened: Callable[[Path], OutputContainer],
) -> None:
    if len({part.clip.signature for part in parts}) != 1 or not all(p.clip.steady for p in parts):
        raise ValueError("only steady clips of one signature join by copying")
    first = parts[0].clip
    with (
        reading(first.path),
        open_clip(first.path) as template,
        writing(),
        whole(to) as part,
        opened(part) as file,
    ):
        stream = file.add_stream_from_template(template.streams.video[0])
        length = sum(part.stop - part.start for part in parts) / first.rate
        track = SoundTrack(file, lasting(sound, length), coder=coder) if sound else None
        strain = strainer(template.streams.video[0], notes=notes)
        packets = (kept for packet in _renumbered(parts) for kept in strain(packet))
        _write(file, stream, packets, frame=1 / first.rate, track=track)


def _write(
    file: OutputContainer,
    stream: VideoStream,
    packets: Iterable[Packet[VideoStream]],
    *,
    frame: Fraction,
    track: SoundTrack | None,
) -> None:
    for turn, packet in enumerate(packets):
        packet.stream = stream
        packet.time_base = frame
        file.mux_one(packet)
        if track:
            file.mux(list(track.until(turn * frame)))
    if track:
        file.mux(list(track.end()))


def _renumbered(parts: Iterable[Part]) -> Iterator[Packet[VideoStream]]:
    """Give every packet its place in the whole, in frames: when to show and when to decode it."""
    delay = max(part.clip.delay for part in parts)
    base = turn = 0
    for part in parts:
        for number, packet in _packets(part):
            packet.pts = base + number - part.start
            packet.dts = turn - delay
            packet.duration = 1
            turn += 1
            yield packet
        base = turn


def _packets(part: Part) -> Iterator[tuple[int, Packet[VideoStream]]]:
    """Read the packets of a part, each with the number of its frame, which comes once."""
    missing = set(range(part.start, part.stop))
    with reading(part.clip.path), open_clip(part.clip.path, decoding=False) as file:
        stream = file.streams.video[0]
        tick = float(stream.time_base or 0) * part.clip.fps
        for packet in file.demux(stream):
            pts = packet.pts
            if pts is None:
                continue
            number = round(pts * tick)
            if part.start <= number < part.stop:
                if number not in missing:
                    raise WrongLength(f"{part.clip.path.name} shows its frame {number} twice")
                missing.remove(number)
                yield number, packet
    if missing:
        expected = part.stop - part.start
        found = expected - len(missing)
        raise WrongLength.of(part.clip.path.name, frames=found, expected=expected)
