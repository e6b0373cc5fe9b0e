"""Whatever is sent, the answer is one that the description declares, and never a fault."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.api.conftest import Service
from ttv.api.requests import JobRequest

pytestmark = pytest.mark.anyio

#: The service keeps no state that a test could spoil for the next example.
hostile = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
#: Visible characters, as a header may carry them.
headers = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=80)
ids = st.just("job_00000000000000000000000000") | st.text(min_size=1, max_size=40)


async def declared(service: Service, path: str, method: str, **asked: Any) -> None:
    """Send a request and compare its answer with the description of ``path``."""
    described = service.app.openapi()["paths"][path][method]["responses"]
    url = asked.pop("url", path)
    answer = await service.http.request(method, url, **asked)
    assert str(answer.status_code) in described or answer.status_code == 405, answer.text
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code


@hostile
@given(content=st.binary(max_size=300))
async def test_any_bytes_as_a_body(service: Service, content: bytes) -> None:
    sent = {"Content-Type": "application/json"}
    await declared(service, "/v1/jobs", "post", content=content, headers=sent)


@hostile
@given(st.dictionaries(st.sampled_from(list(JobRequest.model_fields)) | st.text(), values))
async def test_any_json_as_a_body(service: Service, document: dict[str, Any]) -> None:
    content = json.dumps({"prompt": "a fox"} | document)
    sent = {"Content-Type": "application/json"}
    await declared(service, "/v1/jobs", "post", content=content, headers=sent)


@hostile
@given(
    sent=st.dictionaries(
        st.sampled_from(
            [
                "Accept",
                "Content-Type",
                "Content-Encoding",
                "Idempotency-Key",
                "X-Request-ID",
                "traceparent",
                "Prefer",
                "If-Match",
                "If-None-Match",
                "Range",
                "If-Range",
            ]
        ),
        headers,
    ),
    route=st.sampled_from(
        [("/v1/jobs", "post"), ("/v1/jobs", "get"), ("/v1/jobs/{job_id}/video", "get")]
    ),
)
async def test_any_headers(service: Service, sent: dict[str, str], route: tuple[str, str]) -> None:
    path, method = route
    url = path.format(job_id="job_00000000000000000000000000")
    await declared(service, path, method, url=url, headers=sent)


@hostile
@given(query=st.dictionaries(st.sampled_from(["limit", "cursor", "status", "x"]), st.text()))
async def test_any_query_of_a_listing(service: Service, query: dict[str, str]) -> None:
    await declared(service, "/v1/jobs", "get", params=query)


@hostile
@given(
    job_id=ids.filter(lambda text: "/" not in text and text not in {".", ".."}),
    part=st.sampled_from(["", "/logs", "/artifact", "/video", "/poster", "/plan", "/manifest"]),
    after=st.text(),
)
async def test_any_id(service: Service, job_id: str, part: str, after: str) -> None:
    path = "/v1/jobs/{job_id}" + part
    query = {"after": after} if part == "/logs" else {}
    url = f"/v1/jobs/{quote(job_id, safe='')}{part}"
    await declared(service, path, "get", url=url, params=query)
