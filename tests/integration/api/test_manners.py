from __future__ import annotations

import re

import httpx
import pytest

from tests.integration.api.conftest import Service

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/healthz", "/v1/jobs", "/nope", "/docs", "/v1/jobs?limit=x"])
async def test_every_answer_has_safe_headers(path: str, service: Service) -> None:
    headers = (await service.http.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'self'; ")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] in {"private, no-cache", "no-store"}
    assert "server" not in headers


@pytest.mark.parametrize("given", ["abc", "A.b_c-1", "x" * 64])
async def test_a_request_id_is_kept(given: str, service: Service) -> None:
    answer = await service.http.get("/nope", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>", "a;b"])
async def test_a_strange_request_id_is_replaced(given: str, service: Service) -> None:
    answer = await service.http.get("/nope", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"].startswith("request-")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/v1/jobs", "GET, HEAD, POST"),
        ("PUT", "/v1/jobs/x", "DELETE, GET, HEAD"),
        ("GET", "/v1/jobs/x/cancel", "POST"),
        ("POST", "/healthz", "GET, HEAD"),
        ("OPTIONS", "/v1/jobs", "GET, HEAD, POST"),
        ("FOO", "/v1/jobs", "GET, HEAD, POST"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(
    method: str, path: str, allow: str, service: Service
) -> None:
    answer = await service.http.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == allow


@pytest.mark.parametrize("path", ["/", "/v1", "/v2/jobs", "/v1/jobs/", "/openapi.yaml", "/%2e%2e"])
async def test_an_unknown_address_is_not_found(path: str, service: Service) -> None:
    answer = await service.http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/v1/jobs", "/healthz", "/readyz"])
async def test_who_takes_no_json_is_told(path: str, service: Service) -> None:
    answer = await service.http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_fault_of_ours_is_a_problem_and_nothing_more(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("canary: /srv/secret")

    # No request can make a route break, so a part behind it is broken here.
    monkeypatch.setattr(type(service.jobs.places), "look", breaks)
    answer = await service.http.get("/v1/jobs/x")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "canary" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_counts_have_few_labels(service: Service) -> None:
    for number in range(3):
        await service.http.request(f"X{number}", f"/nope/{number}")
        await service.http.get(f"/v1/jobs/{number}")
    text = (await service.http.get("/metrics")).text
    assert 'http_requests_total{method="other",route="unmatched",status="404"} 3.0' in text
    assert 'http_requests_total{method="GET",route="/v1/jobs/{job_id}",status="404"} 3.0' in text
    assert "/nope" not in text


async def test_the_reference_is_a_page_without_foreign_parts(service: Service) -> None:
    page = await service.http.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in page.text
    loaded = re.findall(r"""(?:src|href|action|url)\s*[=(]\s*["']?([^"'\s>)]*)""", page.text)
    assert loaded
    assert [address for address in loaded if not address.startswith(("/", "#"))] == []
    assert 'id="problem-not_ready"' in page.text
    style = await service.http.get("/docs/style.css")
    assert style.headers["content-type"] == "text/css; charset=utf-8"


async def test_the_description_is_served(service: Service) -> None:
    answer = await service.http.get("/openapi.json")
    assert answer.json()["openapi"].startswith("3.1")


async def test_a_client_that_leaves_while_it_sends_harms_nobody(service: Service) -> None:
    sent: list[dict[str, object]] = []
    incoming = iter([{"type": "http.request", "body": b"{", "more_body": True}])

    async def receive() -> dict[str, object]:
        return next(incoming, {"type": "http.disconnect"})

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/jobs",
        "raw_path": b"/v1/jobs",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 123),
        "http_version": "1.1",
        "scheme": "http",
        "server": ("service", 80),
    }
    await service.app(scope, receive, send)  # type: ignore[arg-type]  # plain ASGI messages
    assert sent[0]["status"] == httpx.codes.BAD_REQUEST
