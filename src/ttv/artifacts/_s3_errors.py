"""What S3's answers mean, in our families."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from botocore import exceptions as boto
from urllib3.exceptions import HTTPError

from ttv.artifacts._bucket import PASSING, REFUSED, Unmatched, UploadGone
from ttv.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    Permanent,
    StorageFull,
    StorageUnwritable,
    TtvError,
    Unavailable,
)


class Contested(Conflict):
    """Another call for the same object was under way; all of this one must be made again."""


class Beyond(InvalidRequest):
    """The object has no bytes in this range."""


_CREDENTIALS: Final = (
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
)
_FULL: Final = frozenset({"QuotaExceeded", "XMinioAdminBucketQuotaExceeded", "XMinioStorageFull"})
#: Codes of a call that may be made again as it is, beside the statuses that say so.
_PASSING: Final = frozenset(
    {
        *("RequestTimeout", "SlowDown", "BadDigest"),
        *("XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "IncompleteBody"),
    }
)
_MEANINGS: Final[Mapping[int, type[TtvError]]] = {
    404: NotFound,
    409: Contested,
    412: Unmatched,
    416: Beyond,
}
_ELSEWHERE: Final = frozenset({301, 307})
#: What is wrong with a refusal, where S3 says more than that it is one.
_REASONS: Final[Mapping[str, str]] = {
    "InvalidAccessKeyId": "S3 does not know the access key",
    "SignatureDoesNotMatch": "the secret key does not belong to the access key",
    "RequestTimeTooSkewed": "the clock of this machine is wrong",
    "ExpiredToken": "the credentials have run out",
}


@contextmanager
def s3_errors(bucket: str) -> Iterator[None]:
    """Raise what boto says in our families; the sentences name the bucket, never a secret."""
    try:
        yield
    except boto.ClientError as error:
        raise _explained(error, bucket) from error
    except _CREDENTIALS as error:
        raise StorageUnwritable(
            f"there are no credentials for the bucket {bucket}; give the store access_key and "
            "secret_key, or this machine a role"
        ) from error
    except (boto.HTTPClientError, boto.ConnectionError, boto.IncompleteReadError) as error:
        raise Unavailable(f"S3 does not answer for the bucket {bucket}") from error
    except (HTTPError, OSError) as error:
        raise Unavailable(f"the talk with S3 about the bucket {bucket} broke off") from error
    except boto.BotoCoreError as error:
        raise Permanent(f"the bucket {bucket} cannot be used: {error}") from error


def _explained(error: boto.ClientError, bucket: str) -> TtvError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in _FULL or status == 507:
        return StorageFull(f"the bucket {bucket} is full; free some space and run it again")
    if code in _PASSING or status in PASSING:
        return Unavailable(f"S3 cannot serve the bucket {bucket} now ({code or status})")
    return _refused(code, status, bucket)


def _refused(code: str, status: int, bucket: str) -> TtvError:
    """Say what an answer means that would be the same again."""
    if code == "NoSuchBucket":
        return StorageUnwritable(f"there is no bucket {bucket}; make it, or name another")
    if code == "NoSuchUpload":
        return UploadGone()
    if status in _MEANINGS:
        return _MEANINGS[status]()
    if status in REFUSED:
        reason = _REASONS.get(code, "the key needs more permissions")
        return StorageUnwritable(f"S3 refuses the bucket {bucket}: {reason}")
    if status in _ELSEWHERE:
        return StorageUnwritable(f"the bucket {bucket} is in another region; set region")
    return Permanent(f"S3 does not take a call for the bucket {bucket} ({code or status})")
