from __future__ import annotations

import time
from base64 import b64decode

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from ttv.webhooks._secret import mint, signed


def test_a_secret_is_32_bytes_of_chance_in_the_form_of_the_specification() -> None:
    one, other = mint(), mint()
    assert one != other
    assert len(b64decode(one.removeprefix("whsec_"), validate=True)) == 32


def test_every_secret_verifies_and_no_other() -> None:
    secrets = [mint(), mint()]
    headers = signed("msg_1", '{"a": "é"}', at=time.time(), secrets=secrets)
    for secret in secrets:
        assert Webhook(secret).verify('{"a": "é"}', headers) == {"a": "é"}
    for secret, body, changed in (
        (mint(), '{"a": "é"}', headers),
        (secrets[0], '{"a": "e"}', headers),
        (secrets[0], '{"a": "é"}', headers | {"webhook-id": "msg_2"}),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, changed)


def test_a_signature_is_that_of_the_published_example() -> None:
    headers = signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        '{"test": 2432232314}',
        at=1614265330.9,
        secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
