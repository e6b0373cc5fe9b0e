"""What the answers of Google Cloud Storage mean, in our families."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from google.api_core.exceptions import GoogleAPICallError
from google.auth import exceptions as auth
from requests import RequestException, Response
from urllib3.exceptions import HTTPError

from ttv.artifacts._bucket import PASSING, REFUSED, Unmatched
from ttv.errors import Conflict, NotFound, Permanent, StorageUnwritable, TtvError, Unavailable


class Damaged(Conflict):
    """The bytes that arrived are not those whose hash was sent."""


_MEANINGS: Final[Mapping[int, type[TtvError]]] = {404: NotFound, 412: Unmatched}


@contextmanager
def gcs_errors(bucket: str) -> Iterator[None]:
    """Raise what the libraries say in our families; the sentences name the bucket."""
    try:
        yield
    except GoogleAPICallError as error:
        headers = error.response.headers if error.response is not None else {}
        raise meaning(int(error.code or 0), str(error.message), headers, bucket) from error
    except auth.DefaultCredentialsError as error:
        raise StorageUnwritable(
            f"there are no Google credentials for the bucket {bucket}; set GCS_CREDENTIALS_FILE, "
            "or run where a service account is attached"
        ) from error
    except auth.RefreshError as error:
        if error.retryable:
            raise Unavailable(f"Google gives no token for the bucket {bucket} now") from error
        raise StorageUnwritable(
            f"Google refuses the credentials for the bucket {bucket}; give the store others"
        ) from error
    except auth.GoogleAuthError as error:
        raise Unavailable(f"Google gives no token for the bucket {bucket} now") from error
    except (RequestException, HTTPError, OSError) as error:
        raise Unavailable(
            f"the talk with Google Cloud Storage about the bucket {bucket} broke off"
        ) from error


def refused(answer: Response, bucket: str) -> TtvError:
    """Explain an answer that is not the one that was asked for."""
    return meaning(answer.status_code, answer.text, answer.headers, bucket)


def meaning(status: int, text: str, headers: Mapping[str, str], bucket: str) -> TtvError:
    """Explain a status and the words that came with it."""
    if status in PASSING:
        after = headers.get("Retry-After", "")
        return Unavailable(
            f"Google Cloud Storage cannot serve the bucket {bucket} now ({status})",
            retry_after=float(after) if after.isdecimal() else None,
        )
    if status == 404 and "bucket does not exist" in text:
        return StorageUnwritable(f"there is no bucket {bucket}; make it, or name another")
    if status == 400 and "crc32c" in text.lower():
        return Damaged()
    if status in REFUSED:
        return StorageUnwritable(
            f"Google Cloud Storage refuses the bucket {bucket} ({status}); give the service "
            "account the role Storage Object User on it"
        )
    if status in _MEANINGS:
        return _MEANINGS[status]()
    return Permanent(f"Google Cloud Storage does not take a call for {bucket} ({status})")
