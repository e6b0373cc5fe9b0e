"""Who we are to Google, and who signs links in our name."""

from __future__ import annotations

from base64 import b64decode, b64encode
from pathlib import Path
from typing import Final
from urllib.parse import quote

import google.auth
from google.auth.credentials import AnonymousCredentials, Credentials, Signing
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2 import service_account

from ttv.artifacts._gcs_errors import refused
from ttv.errors import InvalidRequest, StorageUnwritable

_SCOPES: Final = ("https://www.googleapis.com/auth/cloud-platform",)
_IAM: Final = "https://iamcredentials.googleapis.com"


class IamSigner(Signing):
    """Signs by the IAM service, in the name of an account whose key nobody here holds."""

    def __init__(
        self,
        credentials: Credentials,
        email: str,
        *,
        bucket: str,
        endpoint: str | None,
        timeout: tuple[float, float],
    ) -> None:
        self._credentials = credentials
        self._email = email
        self._bucket = bucket
        account = quote(email, safe="@")
        self._url = f"{endpoint or _IAM}/v1/projects/-/serviceAccounts/{account}:signBlob"
        self._timeout = timeout

    @property
    def signer_email(self) -> str:
        """Give the account in whose name this signs."""
        return self._email

    @property
    def signer(self) -> IamSigner:
        """Give itself: there is no key behind it."""
        return self

    def sign_bytes(self, message: bytes) -> bytes:
        """Sign; raises what the service refuses, in our families."""
        body = {"payload": b64encode(message).decode()}
        with AuthorizedSession(self._credentials) as session:
            answer = session.post(self._url, json=body, timeout=self._timeout)
        if answer.status_code == 403:
            raise StorageUnwritable(
                f"Google lets nobody sign links for {self._email} here; give the account the role "
                "Service Account Token Creator on itself"
            )
        if answer.status_code != 200:
            raise refused(answer, self._bucket)
        return b64decode(answer.json()["signedBlob"])


def from_key(path: Path) -> service_account.Credentials:
    """Read the key of a service account. Raises InvalidRequest."""
    try:
        key: service_account.Credentials = service_account.Credentials.from_service_account_file(
            str(path), scopes=_SCOPES
        )
        return key
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        raise InvalidRequest(
            f"credentials_file names {path}, which cannot be read: {reason}",
            param="credentials_file",
        ) from error
    except ValueError as error:
        raise InvalidRequest(
            f"credentials_file names {path}, which is not the JSON key of a service account",
            param="credentials_file",
        ) from error


def found() -> Credentials:
    """Find what this machine or workload signs in with; may ask the machine's own service."""
    credentials: Credentials = google.auth.default(scopes=_SCOPES)[0]
    return credentials


def nobody() -> Credentials:
    """Sign in as nobody, as emulators let you."""
    return AnonymousCredentials()


def account_of(credentials: Credentials) -> str | None:
    """Say in whose name the credentials act, where a machine or a workload tells."""
    email = getattr(credentials, "service_account_email", None)
    if email == "default":  # a machine's account has its name only after it was asked
        credentials.refresh(Request())
        email = getattr(credentials, "service_account_email", None)
    return str(email) if email else None
