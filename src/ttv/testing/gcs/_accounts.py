"""The service account that the emulator knows: its key, its tokens, and signing in its name."""

from __future__ import annotations

import base64
import secrets
from typing import Any, Final
from urllib.parse import parse_qs

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from google.auth import jwt

from ttv.testing.gcs._http import Answer, Call, Refused, answered

EMAIL: Final = "films@ttv-test.iam.gserviceaccount.com"
_PROJECT: Final = "ttv-test"
_JWT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
#: For whom assertions are meant, wherever tokens are given.
_AUDIENCE: Final = "https://oauth2.googleapis.com/token"
_SECONDS: Final = 3600
#: What a workload shows to be given a token: the text in the file that ``workload`` names.
SUBJECT: Final = "a-workload-of-the-tests"


class Accounts:
    """One service account with a key of its own, made when the emulator starts."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        self._tokens: set[str] = set()

    @property
    def keys(self) -> dict[str, rsa.RSAPublicKey]:
        """Give the public keys by the accounts' names."""
        return {EMAIL: self._key.public_key()}

    def key_file(self, base: str) -> dict[str, str]:
        """Give what stands in the JSON file of the account."""
        key = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return {
            "type": "service_account",
            "project_id": _PROJECT,
            "private_key_id": "1",
            "private_key": key.decode(),
            "client_email": EMAIL,
            "client_id": "1",
            "token_uri": f"{base}/token",
        }

    def token(self, call: Call) -> Answer:
        """Give a token for a signed assertion, or for what a workload shows."""
        form = {name: values[0] for name, values in parse_qs(call.body.decode()).items()}
        match form.get("grant_type"):
            case grant if grant == _JWT:
                self._believe(form.get("assertion", ""))
            case grant if grant == _EXCHANGE and form.get("subject_token") == SUBJECT:
                pass
            case _:
                raise Refused(400, "invalid_grant")
        token = secrets.token_urlsafe(32)
        self._tokens.add(token)
        return answered(
            {
                "access_token": token,
                "expires_in": _SECONDS,
                "token_type": "Bearer",
                "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
            }
        )

    def sign_blob(self, call: Call, email: str) -> Answer:
        """Sign bytes in the name of the account, for who has a token."""
        if not self.knows(call):
            raise Refused(401, "A token is needed to sign")
        if email != EMAIL:
            raise Refused(403, "Permission 'iam.serviceAccounts.signBlob' denied")
        try:
            payload = base64.b64decode(str(call.json().get("payload", "")))
        except ValueError as error:
            raise Refused(400, "Invalid payload") from error
        signature = self._key.sign(payload, PKCS1v15(), SHA256())
        return answered({"keyId": "1", "signedBlob": base64.b64encode(signature).decode()})

    def knows(self, call: Call) -> bool:
        """Tell whether a call carries a token; raises Refused where it carries a wrong one."""
        given = call.headers.get("authorization")
        if given is None:
            return False
        if given.removeprefix("Bearer ") not in self._tokens:
            raise Refused(401, "Invalid Credentials")
        return True

    def _believe(self, assertion: str) -> None:
        """Raise Refused unless the account itself has signed the assertion, and lately."""
        public = self._key.public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        try:
            claims: dict[str, Any] = jwt.decode(assertion, certs=pem, audience=_AUDIENCE)
        except ValueError as error:
            raise Refused(400, "invalid_grant") from error
        if claims.get("iss") != EMAIL or not claims.get("scope"):
            raise Refused(400, "invalid_grant")


def workload(base: str, subject: str) -> dict[str, object]:
    """Give what stands in the file of a workload that signs in without a key."""
    return {
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/t",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": f"{base}/token",
        "credential_source": {"file": subject},
    }
