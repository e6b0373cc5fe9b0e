from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from ttv.artifacts import Offer
from ttv.artifacts.s3 import build
from ttv.errors import InvalidRequest

_SECRET = "a secret key"  # noqa: S105 - a made-up one
_OPTIONS: Mapping[str, object] = {
    "bucket": "films",
    "region": "eu-west-1",
    "access_key": "AKIDEXAMPLE",
    "secret_key": _SECRET,
}
_OFFER = Offer(3_600, "video/mp4", 'attachment; filename="a fox & a crow.mp4"')


def _link(more: Mapping[str, object], offer: Offer = _OFFER) -> str:
    async def scenario() -> str | None:
        async with build({**_OPTIONS, **more}) as store:
            return await store.link("2026-11/job/film.mp4", offer)

    link = asyncio.run(scenario())
    assert link
    return link


def _signature(url: str, secret: str) -> str:
    """Sign as the description of Signature Version 4 says, with nothing of boto."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, strict_parsing=True))
    query.pop("X-Amz-Signature")
    pairs = sorted((quote(name, safe=""), quote(value, safe="")) for name, value in query.items())
    canonical = "\n".join(
        (
            "GET",
            quote(parts.path),
            "&".join(f"{name}={value}" for name, value in pairs),
            f"host:{parts.netloc}\n",
            "host",
            "UNSIGNED-PAYLOAD",
        )
    )
    _, *scope = query["X-Amz-Credential"].split("/")
    text = "\n".join(
        (
            "AWS4-HMAC-SHA256",
            query["X-Amz-Date"],
            "/".join(scope),
            hashlib.sha256(canonical.encode()).hexdigest(),
        )
    )
    key = f"AWS4{secret}".encode()
    for word in scope:
        key = hmac.digest(key, word.encode(), "sha256")
    return hmac.new(key, text.encode(), "sha256").hexdigest()


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"region": "us-east-1"},
        {"endpoint": "http://minio:9000"},
        {"endpoint": "http://minio:9000", "link_endpoint": "https://films.example.com"},
        {"endpoint": "http://minio:9000", "path_style": False},
    ],
)
def test_a_link_is_signed_as_signature_version_4_says(more: dict[str, object]) -> None:
    url = _link(more)
    query = dict(parse_qsl(urlsplit(url).query))

    assert query["X-Amz-Signature"] == _signature(url, _SECRET)
    assert query["X-Amz-Signature"] != _signature(url, "another key")
    assert query["X-Amz-Signature"] != _signature(url.replace("film.mp4", "plan.json"), _SECRET)
    assert _SECRET not in url


def test_a_link_says_how_long_and_as_what_the_file_is_given() -> None:
    query = dict(parse_qsl(urlsplit(_link({})).query))

    assert query["X-Amz-Expires"] == "3600"
    assert query["response-content-type"] == "video/mp4"
    assert query["response-content-disposition"] == _OFFER.disposition


@pytest.mark.parametrize(
    ("more", "begin"),
    [
        ({}, "https://films.s3.eu-west-1.amazonaws.com/ttv/2026-11/job/film.mp4?"),
        ({"path_style": True}, "https://s3.eu-west-1.amazonaws.com/films/ttv/2026-11/"),
        ({"endpoint": "http://minio:9000"}, "http://minio:9000/films/ttv/2026-11/"),
        (
            {"endpoint": "http://minio:9000", "link_endpoint": "https://films.example.com:8443"},
            "https://films.example.com:8443/films/ttv/2026-11/",
        ),
        ({"bucket": "films.eu"}, "https://s3.eu-west-1.amazonaws.com/films.eu/ttv/2026-11/"),
        ({"prefix": ""}, "https://films.s3.eu-west-1.amazonaws.com/2026-11/job/film.mp4?"),
    ],
)
def test_a_link_leads_to_where_those_are_who_follow_it(more: dict[str, object], begin: str) -> None:
    assert _link(more).startswith(begin)


@pytest.mark.parametrize("seconds", [0, -1, 7 * 24 * 3600 + 1])
def test_a_link_for_a_time_that_s3_does_not_sign_is_refused(seconds: int) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _link({}, Offer(seconds, "video/mp4", "inline"))
    assert refused.value.param == "seconds"


@pytest.mark.parametrize("seconds", [1, 7 * 24 * 3600])
def test_a_link_may_work_for_a_second_and_for_seven_days(seconds: int) -> None:
    assert f"X-Amz-Expires={seconds}&" in _link({}, Offer(seconds, "video/mp4", "inline"))


def test_a_file_is_named_as_other_programs_name_it() -> None:
    assert build(_OPTIONS).uri("a/film.mp4") == "s3://films/ttv/a/film.mp4"


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({}, "bucket"),
        ({"bucket": "Films"}, "bucket"),
        ({"bucket": "films", "prefix": "../up"}, "prefix"),
        ({"bucket": "films", "prefix": "ttv/"}, "prefix"),
        ({"bucket": "films", "endpoint": "minio:9000"}, "endpoint"),
        ({"bucket": "films", "endpoint": "http://minio:9000/films"}, "endpoint"),
        ({"bucket": "films", "access_key": "known"}, "secret_key"),
        ({"bucket": "films", "secret_key": "known"}, "access_key"),
        ({"bucket": "films", "timeout_seconds": 0}, "timeout_seconds"),
        ({"bucket": "films", "bukket": "films"}, "bukket"),
    ],
)
def test_options_that_cannot_work_are_refused_by_name(
    options: dict[str, object], param: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        build(options)
    assert refused.value.param == param
    assert "known" not in refused.value.message
