from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.artifacts import Folder, Listed
from ttv.jobs import Fate, State
from ttv.pipeline import Kept
from ttv.settings import Settings
from ttv.wiring.retention import Retention, What

DAY = 86_400.0
NOW = 1_000 * DAY
JOB = "job_01JDQX3V0000000000000000AB"
HOME = f"films/2024-11/{JOB}"
EVER = Retention()
MONTH = Retention(film=30 * DAY, step=30 * DAY)
STEP = "steps/segment/aa/aa11"


def lying(folder: str, *names: str, days: float) -> Folder:
    """Give a folder whose files were put there so many days ago."""
    return Folder(folder, tuple(Listed(f"{folder}/{name}", 10, NOW - days * DAY) for name in names))


def film(attempt: int = 1, *, days: float, whole: bool = True) -> Folder:
    place = HOME if attempt == 1 else f"{HOME}/attempt-{attempt}"
    return lying(place, "film.mp4", *(["manifest.json"] if whole else []), days=days)


def home(*films: Folder) -> Folder:
    return Folder(HOME, tuple(file for one in films for file in one.files))


def fate(
    state: State | None, *, attempt: int = 1, shows: int | None = None, days: float = 0
) -> Fate:
    place = HOME if shows == 1 else f"{HOME}/attempt-{shows}"
    result = {"files": {"film": {"key": f"{place}/film.mp4"}}} if shows else None
    over = state is not None and state.terminal
    return Fate(state, attempt, round((NOW - days * DAY) * 1000) if over else None, result)


def removed(retention: Retention, folder: Folder, of: Fate | None) -> dict[What, list[str]]:
    found = retention.judge_films(folder, of, now=NOW)
    return {what: [file.key for file in films.files] for what, films in found}


def test_the_settings_say_for_how_long() -> None:
    assert Retention.of(Settings()) == EVER
    assert Retention.of(Settings(film_days=30, step_days=30)) == MONTH


def test_nothing_can_be_kept_for_less_than_a_day() -> None:
    assert Retention.of(Settings(film_days=0.001, step_days=0.5)) == Retention(DAY, DAY)


@pytest.mark.parametrize(("days", "gone"), [(29.9, False), (30, True)])
def test_a_film_goes_its_days_after_its_job_was_over(days: float, *, gone: bool) -> None:
    stands = fate(State.FINISHED, shows=1, days=days)
    assert bool(removed(MONTH, film(days=40), stands)) is gone
    assert removed(EVER, film(days=40), stands) == {}


def test_a_film_that_is_made_anew_stays_until_that_is_over() -> None:
    assert removed(MONTH, film(days=90), fate(State.STARTED, attempt=2, shows=1)) == {}
    late = fate(State.FAILED, attempt=2, shows=1, days=31)
    assert list(removed(MONTH, film(days=90), late)) == [What.FILM]


def test_what_was_put_there_within_a_day_stays_though_its_job_was_over_long_ago() -> None:
    assert removed(MONTH, film(days=0.5), fate(State.FINISHED, shows=1, days=90)) == {}


def test_all_of_a_deleted_job_goes_at_once() -> None:
    both = home(film(days=0), film(2, days=0, whole=False))
    gone = removed(EVER, both, fate(None))
    assert list(gone) == [What.ORPHAN]
    assert sum(len(films.files) for _, films in EVER.judge_films(both, fate(None), now=NOW)) == 3


@pytest.mark.parametrize(("days", "gone"), [(0.9, False), (1.1, True)])
def test_of_a_film_that_was_made_anew_the_older_one_goes_after_a_day(
    days: float, *, gone: bool
) -> None:
    both = home(film(days=days), film(2, days=days))
    found = removed(EVER, both, fate(State.FINISHED, attempt=2, shows=2))
    assert found == ({What.ORPHAN: [file.key for file in film(days=days).files]} if gone else {})


def test_what_the_attempt_that_goes_on_has_delivered_stays() -> None:
    both = home(film(days=5), film(2, days=5, whole=False), film(3, days=5, whole=False))
    found = removed(EVER, both, fate(State.STARTED, attempt=3, shows=1))
    assert found == {What.ORPHAN: [f"{HOME}/attempt-2/film.mp4"]}


def test_what_an_attempt_left_that_failed_goes_after_a_day() -> None:
    both = home(film(days=5), film(2, days=5, whole=False))
    found = removed(EVER, both, fate(State.FAILED, attempt=2, shows=1))
    assert found == {What.ORPHAN: [f"{HOME}/attempt-2/film.mp4"]}


def test_nothing_goes_of_a_finished_job_that_does_not_tell_its_film() -> None:
    assert removed(MONTH, film(days=90), fate(State.FINISHED, days=90)) == {}


def test_a_film_whose_job_nobody_knows_can_be_listed_again() -> None:
    assert removed(EVER, film(days=900), None) == {}


def test_it_goes_by_its_own_age_once_films_are_kept_for_some_days_only() -> None:
    assert removed(MONTH, film(days=29), None) == {}
    assert list(removed(MONTH, film(days=31), None)) == [What.FILM]


@pytest.mark.parametrize(("days", "gone"), [(0.9, False), (1.1, True)])
def test_half_a_film_of_an_unknown_job_can_not(days: float, *, gone: bool) -> None:
    assert bool(removed(EVER, film(days=days, whole=False), None)) is gone


def test_what_is_of_no_job_at_all_is_left_alone() -> None:
    for key in ("films/2024-11/other", "films/other"):
        assert removed(MONTH, lying(key, "film.mp4", days=900), None) == {}


STATES = st.sampled_from([None, *State])


@given(
    state=st.none() | STATES,
    attempt=st.integers(1, 4),
    shows=st.none() | st.integers(1, 4),
    ended=st.floats(0, 100),
    films=st.lists(
        st.tuples(st.integers(1, 5), st.floats(0, 100), st.booleans()), min_size=1, max_size=5
    ),
    known=st.booleans(),
    retention=st.sampled_from([EVER, MONTH, Retention(film=DAY)]),
)
def test_no_sweep_takes_what_a_job_shows_or_still_delivers(
    *,
    state: State | None,
    attempt: int,
    shows: int | None,
    ended: float,
    films: list[tuple[int, float, bool]],
    known: bool,
    retention: Retention,
) -> None:
    stands = fate(state, attempt=attempt, shows=shows, days=ended) if known else None
    lie = {one: film(one, days=days, whole=whole) for one, days, whole in films}
    gone = {
        file.key
        for _, found in retention.judge_films(home(*lie.values()), stands, now=NOW)
        for file in found.files
    }
    for one, folder in lie.items():
        keys = {file.key for file in folder.files}
        young = NOW - folder.modified < DAY
        deleted = stands is not None and stands.state is None
        live = stands is not None and stands.state is not None and not stands.state.terminal
        lasts = retention.film is None or ended * DAY < retention.film - 1
        stays = (
            young,
            live and (one == shows or one >= attempt),
            stands is not None and one == shows and lasts,
            stands is None and len(keys) == 2 and retention.film is None,
        )
        if deleted:
            assert keys <= gone
        elif any(stays):
            assert keys.isdisjoint(gone)


def step(*names: str, days: float) -> Kept:
    return Kept(lying(STEP, *names, days=days))


def judged(kept: Kept, *wanted: str, by: Retention = MONTH) -> What | None:
    return by.judge_step(kept, wanted=set(wanted), now=NOW)


def test_a_result_that_nobody_needs_is_found_no_more_after_its_days() -> None:
    whole = step("clip.mp4", "result.json", days=31)
    assert judged(whole) is What.UNUSED
    assert judged(whole, STEP) is None
    assert judged(whole, by=EVER) is None
    assert judged(step("clip.mp4", "result.json", days=29)) is None


def marked(kept: Kept, *, days: float) -> Kept:
    mark = Listed(f"{STEP}/unused.json", 2, NOW - days * DAY)
    return replace(kept, folder=replace(kept.folder, files=(*kept.folder.files, mark)))


@pytest.mark.parametrize(("days", "what"), [(0.9, None), (1.1, What.STEP)])
def test_a_day_later_its_files_go(days: float, what: What | None) -> None:
    assert judged(marked(step("clip.mp4", days=60), days=days)) is what


def test_they_stay_if_somebody_had_found_it_before() -> None:
    assert judged(marked(step("clip.mp4", days=60), days=2), STEP) is None


def test_half_a_result_goes_after_its_days() -> None:
    assert judged(step("clip.mp4", days=31)) is What.STEP
    assert judged(step("clip.mp4", days=29)) is None


def test_one_that_was_made_again_since_is_found_again() -> None:
    assert judged(marked(step("clip.mp4", "result.json", days=1), days=60)) is None


@given(
    days=st.floats(0, 100),
    mark=st.none() | st.floats(0, 100),
    whole=st.booleans(),
    retention=st.sampled_from([EVER, MONTH, Retention(step=DAY)]),
)
def test_no_sweep_takes_a_result_that_is_needed_or_young(
    *, days: float, mark: float | None, whole: bool, retention: Retention
) -> None:
    kept = step("clip.mp4", *(["result.json"] if whole else []), days=days)
    if mark is not None:
        kept = marked(kept, days=mark)
    assert judged(kept, STEP, by=retention) is None
    if days < 0.99 or retention is EVER:
        assert judged(kept, by=retention) is None


UPLOAD = "files/acme/file_01JDQX3V0000000000000000AB"


@pytest.mark.parametrize("retention", [EVER, MONTH])
def test_an_upload_that_broke_off_goes_after_a_day_and_a_whole_one_never(
    retention: Retention,
) -> None:
    def judged(*names: str, days: float) -> What | None:
        return retention.judge_upload(lying(UPLOAD, *names, days=days), now=NOW)

    assert judged("content.png", days=0.9) is None
    assert judged("content.png", days=1.1) is What.UPLOAD
    assert judged("content.png", "record.json", days=900) is None
