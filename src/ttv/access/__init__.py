"""Access: who may use the service, and how much."""

from ttv.access._audit import Entry, read_audit
from ttv.access._caller import COMMON, OPERATOR, Caller, Scope
from ttv.access._door import Door, Mode
from ttv.access._errors import Forbidden, ForeignSecret, RateLimited, Unauthenticated
from ttv.access._key import Grant, Issued, Key
from ttv.access._keys import FRESH_SECONDS, MAX_KEYS, OVERLAP_SECONDS, By, Keys
from ttv.access._open import Access, over
from ttv.access._rates import Count, Policy, Rates
from ttv.access._secret import key_secret

__all__ = [
    "COMMON",
    "FRESH_SECONDS",
    "MAX_KEYS",
    "OPERATOR",
    "OVERLAP_SECONDS",
    "Access",
    "By",
    "Caller",
    "Count",
    "Door",
    "Entry",
    "Forbidden",
    "ForeignSecret",
    "Grant",
    "Issued",
    "Key",
    "Keys",
    "Mode",
    "Policy",
    "RateLimited",
    "Rates",
    "Scope",
    "Unauthenticated",
    "key_secret",
    "over",
    "read_audit",
]
