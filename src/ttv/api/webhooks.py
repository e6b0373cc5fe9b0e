"""Webhooks over HTTP: who is told of the jobs of a tenant."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from ttv import webhooks
from ttv.api import webhook_schemas as schemas
from ttv.api.asked import read_terms
from ttv.api.auth import Who
from ttv.api.body import read_json
from ttv.api.openapi import BODY_REFUSALS, body, document, refusals
from ttv.api.routing import TELLS, change, get, shown
from ttv.api.services import Here
from ttv.api.webhook_schemas import DELIVERIES, WEBHOOK, WEBHOOKS
from ttv.observability import log

router = APIRouter(tags=["webhooks"])

_WebhookId = Annotated[
    str, Path(description="Id of a webhook.", examples=["wh_01JZ8Q5W3N6X4T7V9B2C1D0EFG"])
]
_DeliveryId = Annotated[
    str,
    Path(
        description="Id of a delivery, the `webhook-id` of its message.",
        examples=["msg_01JZ8Q5W3N6X4T7V9B2C1D0EFG_1_finished"],
    ),
]


@change(
    router,
    WEBHOOKS,
    name="createWebhook",
    guard=TELLS,
    extra=body(schemas.WebhookRequest),
    responses={
        201: document(schemas.NewWebhook, "The webhook, with its secret.", Location="Its address."),
        **refusals("conflict", *BODY_REFUSALS),
    },
)
async def create_webhook(request: Request, here: Here, who: Who) -> Response:
    """Have messages about your jobs sent to a URL.

    They are signed with a secret that is in this answer and nowhere else. The host must have
    public addresses alone, now and at every message.
    """
    settings = here.settings
    asked = schemas.WebhookRequest.read(
        await read_json(request, limit=settings.max_body_bytes, seconds=settings.body_seconds)
    )
    issued = await here.hooks.create(who.tenant, asked.wish())
    log.info("Webhook made", action="webhook.created", webhook=issued.endpoint.id)
    return _issued(issued, 201, Location=WEBHOOK.format(webhook_id=issued.endpoint.id))


@get(
    router,
    WEBHOOKS,
    name="listWebhooks",
    guard=TELLS,
    responses={200: document(schemas.WebhookList, "The webhooks.")},
)
async def list_webhooks(here: Here, who: Who) -> Response:
    """List your webhooks."""
    found = await here.hooks.list(who.tenant)
    return shown(schemas.WebhookList(webhooks=[schemas.Webhook.of(one) for one in found]))


@get(
    router,
    WEBHOOK,
    name="getWebhook",
    guard=TELLS,
    responses={200: document(schemas.Webhook, "The webhook."), **refusals("not_found")},
)
async def get_webhook(here: Here, who: Who, webhook_id: _WebhookId) -> Response:
    """Show a webhook, and how it does."""
    return shown(schemas.Webhook.of(await here.hooks.get(webhook_id, tenant=who.tenant)))


@change(
    router,
    WEBHOOK,
    name="updateWebhook",
    guard=TELLS,
    method="PATCH",
    extra=body(schemas.WebhookChange, required=False),
    responses={
        200: document(schemas.Webhook, "The webhook as it is now."),
        **refusals("not_found", *BODY_REFUSALS),
    },
)
async def update_webhook(
    request: Request, here: Here, who: Who, webhook_id: _WebhookId
) -> Response:
    """Change a webhook, disable it, or enable it again. What waits goes where it is then."""
    wish = schemas.WebhookChange.read(await read_terms(request, here)).wish()
    endpoint = await here.hooks.update(webhook_id, wish, tenant=who.tenant)
    log.info("Webhook changed", action="webhook.updated", webhook=webhook_id)
    return shown(schemas.Webhook.of(endpoint))


@change(
    router,
    WEBHOOK,
    name="deleteWebhook",
    guard=TELLS,
    method="DELETE",
    responses={204: {"description": "It is sent nothing any more."}, **refusals("not_found")},
)
async def delete_webhook(here: Here, who: Who, webhook_id: _WebhookId) -> Response:
    """Remove a webhook, and all that waits for it."""
    await here.hooks.delete(webhook_id, tenant=who.tenant)
    log.info("Webhook deleted", action="webhook.deleted", webhook=webhook_id)
    return Response(status_code=204)


@change(
    router,
    f"{WEBHOOK}/rotate",
    name="rotateWebhook",
    guard=TELLS,
    responses={
        200: document(schemas.NewWebhook, "The webhook, with its new secret."),
        **refusals("not_found"),
    },
)
async def rotate_webhook(here: Here, who: Who, webhook_id: _WebhookId) -> Response:
    """Give a webhook a new secret; for 24 hours messages are signed with the old one too."""
    issued = await here.hooks.rotate(webhook_id, tenant=who.tenant)
    log.info("Webhook rotated", action="webhook.rotated", webhook=webhook_id)
    return _issued(issued, 200)


@change(
    router,
    f"{WEBHOOK}/test",
    name="testWebhook",
    guard=TELLS,
    responses={
        202: document(schemas.SentMessage, "The message is on its way."),
        **refusals("not_found", "conflict"),
    },
)
async def try_webhook(here: Here, who: Who, webhook_id: _WebhookId) -> Response:
    """Send a webhook the message `webhook.ping`; the deliveries tell how it went."""
    return _sent(await here.hooks.ping(webhook_id, tenant=who.tenant))


@get(
    router,
    DELIVERIES,
    name="listDeliveries",
    guard=TELLS,
    responses={
        200: document(schemas.DeliveryLog, "The last hundred tries."),
        **refusals("not_found"),
    },
)
async def list_deliveries(here: Here, who: Who, webhook_id: _WebhookId) -> Response:
    """List the last hundred tries to send a webhook something, newest first."""
    tries = await here.hooks.attempts(webhook_id, tenant=who.tenant)
    shown_tries = [schemas.DeliveryAttempt.of(one) for one in tries]
    return shown(schemas.DeliveryLog(attempts=shown_tries))


@change(
    router,
    f"{DELIVERIES}/{{delivery_id}}/redeliver",
    name="redeliverMessage",
    guard=TELLS,
    responses={
        202: document(schemas.SentMessage, "The message is on its way."),
        **refusals("not_found", "conflict"),
    },
)
async def redeliver_message(
    here: Here, who: Who, webhook_id: _WebhookId, delivery_id: _DeliveryId
) -> Response:
    """Send a message again, under the same id, now and if need be by the whole schedule.

    Those that wait are kept, and of each webhook the last hundred that ended.
    """
    await here.hooks.redeliver(webhook_id, delivery_id, tenant=who.tenant)
    return _sent(delivery_id)


def _issued(issued: webhooks.Issued, status: int, **headers: str) -> Response:
    answer = shown(schemas.NewWebhook.issued(issued))
    answer.status_code = status
    answer.headers.update({"Cache-Control": "no-store", **headers})
    return answer


def _sent(delivery_id: str) -> Response:
    answer = shown(schemas.SentMessage(delivery_id=delivery_id))
    answer.status_code = 202
    return answer
