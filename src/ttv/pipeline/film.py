"""The stages of a film, in order: plan -> keyframes -> segments -> film -> outputs -> delivery.

Each stage names its content address from every input, and makes its result only when the
store does not hold it yet.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from ttv import assembly, media
from ttv.generators import Capabilities, SegmentRequest
from ttv.keyframes import KeyframeRequest
from ttv.media import Format
from ttv.pipeline._buying import buy
from ttv.pipeline._cache import address
from ttv.pipeline._delivering import delivery
from ttv.pipeline._generating import generate
from ttv.pipeline._given import Given, opening
from ttv.pipeline._graph import Join, pictures, shot_limits
from ttv.pipeline._outputs import output, tags
from ttv.pipeline._reproduce import compared
from ttv.pipeline._step import Kind, Result, of_shot
from ttv.pipeline._work import PLAN_FILE, Made, Work
from ttv.planning import VERSION, Shot, to_document


async def plan(work: Work) -> Result:
    """Turn the order into a plan; a user's own plan is taken as it is."""
    order, planner = work.order, work.tools.planner
    await work.check_given()
    limits = shot_limits(work.tools.engine, order.format)

    async def make() -> Made:
        written = order.plan or await planner.plan(order.brief, limits)
        path = work.workspace / PLAN_FILE
        path.write_text(json.dumps(to_document(written), ensure_ascii=False, indent=1))
        return Made({"plan": path}, written.warnings, {"shots": len(written.shots)})

    digest = address(
        Kind.PLAN,
        order=order.as_planned.to_json(),
        planner=planner.model,
        limits=limits,
        form=VERSION,
    )
    result = await work.once(digest, make)
    return replace(result, warnings=(*result.warnings, *order.differences))


async def keyframe(work: Work) -> Result:
    """Paint the still at the head of a shot, or take the picture that the film is to open on.

    The still at which two shots meet stays as it was planned when one of them is made anew.
    """
    number, shot = _shot(work)
    if number == 1 and work.order.first_frame:
        return await _opening(work, work.order.first_frame)
    head = work.heads[number - 1]
    if head.join is Join.MEET:
        shot = work.first_plan.shots[number - 1]
    request = KeyframeRequest(
        prompt=shot.first_keyframe or shot.prompt,
        format=work.film_plan.format,
        seed=shot.seed,
        camera=shot.camera,
        framing=shot.framing,
        frame=head.frame,
    )

    async def make() -> Made:
        path = work.workspace / "still.png"
        warnings = await work.tools.painter.paint(request, path)
        return Made({"still": path}, warnings)

    return await work.once(
        address(Kind.KEYFRAME, painter=work.tools.painter.model, request=request), make
    )


async def _opening(work: Work, given: Given) -> Result:
    """Cut a picture of the user's own to the film's shape."""
    picture = work.film_plan.format

    async def make() -> Made:
        path = work.workspace / "still.png"
        await media.cover(await work.bring_given(given, "given.png"), path, picture)
        return Made({"still": path})

    return await work.once(opening(given, picture), make)


async def segment(work: Work) -> Result:
    """Generate the clip of a shot, conform it, and save its last frame.

    The frame is saved whether or not a shot follows on it here: another film may reuse this
    result, and its next shot may.
    """
    number, shot = _shot(work)
    engine = work.tools.engine
    fixed_by = pictures(number, work.heads)
    wanted = asked(shot, work.film_plan.format)
    hashes = {name: work.sha256(step, role) for name, (step, role) in fixed_by.items()}
    take = work.order.take(number)
    digest = address(
        Kind.SEGMENT,
        engine=engine.model,
        version=_version(engine),
        request=wanted,
        pictures=hashes,
        **({"take": take.number} if take else {}),
    )

    async def make() -> Made:
        paths = {name: await work.bring(step, role) for name, (step, role) in fixed_by.items()}
        request = replace(
            wanted,
            first_frame=paths.get("first_frame"),
            last_frame=paths.get("last_frame"),
            follows=paths.get("follows"),
        )
        source, clip, last_frame = (
            work.workspace / name for name in ("source.mp4", "clip.mp4", "last_frame.png")
        )
        obtain = buy if engine.pool == "remote" else generate
        obtained = await obtain(work, request, source, key=digest)
        async with work.tools.cores:
            came, told = await media.conform(
                source,
                clip,
                request.format,
                frames=request.frames,
                leave_out=int(engine.repeats and request.follows is not None),
            )
            await media.save_last_frame(clip, last_frame)
            piece = await _piece(shot, clip, request.format)
        return Made(
            {"clip": clip, "last_frame": last_frame, **piece},
            (*obtained.warnings, *told),
            obtained.facts(request, came, engine=engine.model),
        )

    return await work.once(digest, make)


async def film(work: Work) -> Result:
    """Join the segments into one film with sound and a poster."""
    whole, given = work.film_plan, work.order.soundtrack
    names = [of_shot(Kind.SEGMENT, number) for number in range(1, len(whole.shots) + 1)]

    async def make() -> Made:
        clips = [await work.bring(name, "clip") for name in names]
        cuts = [_cut(shot, clip) for shot, clip in zip(whole.shots, clips, strict=True)]
        path, poster = work.workspace / "film.mp4", work.workspace / "poster.png"
        heard = await work.bring_given(given, "given.flac") if given else None
        facts = await assembly.assemble(
            cuts,
            whole.format,
            film=path,
            poster=poster,
            seed=whole.seed,
            tags=tags(work),
            soundtrack=heard,
            report=work.report,
        )
        return Made({"film": path, "poster": poster}, facts.warnings, facts.to_json())

    digest = address(
        Kind.FILM,
        assembly=assembly.VERSION,
        plan=to_document(whole),
        clips=[work.sha256(name, "clip") for name in names],
        tags=tags(work),
        **({"soundtrack": given.sha256} if given else {}),
    )
    return compared(work.order, await work.once(digest, make))


#: What carries out each kind of step.
STAGES: Final[Mapping[Kind, Callable[[Work], Awaitable[Result]]]] = {
    Kind.PLAN: plan,
    Kind.KEYFRAME: keyframe,
    Kind.SEGMENT: segment,
    Kind.FILM: film,
    Kind.OUTPUT: output,
    Kind.DELIVERY: delivery,
}


def asked(shot: Shot, picture: Format) -> SegmentRequest:
    """Put a shot into the words of an engine, without the pictures that fix it."""
    return SegmentRequest(
        prompt=shot.prompt,
        frames=shot.frames,
        format=picture,
        seed=shot.seed,
        camera=shot.camera,
        framing=shot.framing,
    )


def _shot(work: Work) -> tuple[int, Shot]:
    """Give the number and the shot of a keyframe or segment step."""
    number = work.step.shot or 0
    return number, work.film_plan.shots[number - 1]


async def _piece(shot: Shot, clip: Path, picture: Format) -> Mapping[str, Path]:
    """Make of a clip what is watched of the film while the rest is made."""
    path = clip.with_name("stream.ts")
    able = await assembly.stream(_cut(shot, clip), picture, path, seed=shot.seed)
    return {"stream": path} if able else {}


def _version(engine: Capabilities) -> str:
    """Name all that a clip of an engine comes from; one made elsewhere is conformed here."""
    return f"{engine.version}-{media.CONFORMING}" if engine.pool == "remote" else engine.version


def _cut(shot: Shot, clip: Path) -> assembly.Cut:
    """Hand a segment to assembly in its own words."""
    return assembly.Cut(
        clip=clip,
        frames=shot.frames,
        transition=shot.transition,
        transition_frames=shot.transition_frames,
        prompt=shot.prompt,
    )
