from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.outputs.sources import FPS, told
from ttv.outputs._cues import Cue, captions, stamp, subrip, webvtt


def test_each_shot_is_captioned_while_it_is_shown() -> None:
    assert list(captions(told("a fox runs", "an owl"))) == [
        Cue(0.0, 3.0, ("a fox runs",)),
        Cue(3.0, 6.0, ("an owl",)),
    ]


def test_long_words_are_shown_two_lines_at_a_time_for_a_share_of_the_time() -> None:
    line = "twenty characters ab"
    cues = list(captions(told(" ".join([line] * 8), frames=60)))

    assert [len(cue.lines) for cue in cues] == [2, 2]
    assert [(cue.start, cue.end) for cue in cues] == [(0.0, 3.0), (3.0, 6.0)]


def test_in_a_short_shot_more_lines_are_shown_at_once_and_none_is_left_out() -> None:
    words = " ".join(f"word{number}" for number in range(100))
    (cue,) = captions(told(words, frames=15))

    assert " ".join(cue.lines) == words


@given(st.lists(st.text(min_size=1, max_size=300).filter(str.strip), min_size=1, max_size=4))
def test_captions_fill_the_film_whatever_the_words(words: list[str]) -> None:
    source = told(*words)
    cues = list(captions(source))

    assert cues[0].start == 0.0
    assert cues[-1].end == source.frames / FPS
    assert all(one.end == two.start for one, two in pairwise(cues))
    assert all(cue.start < cue.end for cue in cues)
    assert all(line.strip() for cue in cues for line in cue.lines)


def test_times_are_written_to_the_thousandth_and_carry() -> None:
    assert stamp(3_723.4567) == "01:02:03.457"
    assert stamp(59.9996, point=",") == "00:01:00,000"


def test_webvtt_takes_no_words_for_markup() -> None:
    text = webvtt([Cue(0, 1, ("<b>a & b</b> --> c",))])

    assert (
        text == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n&lt;b&gt;a &amp; b&lt;/b&gt; --&gt; c\n"
    )


def test_subrip_numbers_its_captions_and_takes_no_words_for_a_time_line() -> None:
    text = subrip([Cue(0, 1, ("a --> b",)), Cue(1, 2, ("c", "d"))])

    assert len(re.findall("-->", text)) == 2
    assert text.endswith("\n2\n00:00:01,000 --> 00:00:02,000\nc\nd\n")
