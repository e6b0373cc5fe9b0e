"""Names that are made to lead elsewhere: out of a folder, a route, a header or an archive."""

from __future__ import annotations

from itertools import product
from typing import Final
from urllib.parse import quote

#: What lies outside every folder of a service under test, beside its data folder.
CANARY: Final = "canary.txt"
UNSEEN: Final = "what nobody may see"

_UP: Final = ("..", "...", "....", ".", "..;", "%2e%2e", "%252e%252e", "\u2025", "\uff0e\uff0e")
_BETWEEN: Final = ("/", "\\", "//", "/./", "%2f", "%5c", "%252f", "\u2215", "\uff0f")


def names() -> tuple[str, ...]:
    """Give texts that no id, name or key may be."""
    climbs = [
        f"{up}{between}" * deep + CANARY for up, between, deep in product(_UP, _BETWEEN, (1, 3))
    ]
    return tuple(dict.fromkeys((*climbs, *_ODD)))


_ODD: Final = (
    *(".", "..", "...", "/", "//", "\\", "~", "~root", " ", "\t", "\n", "\0"),
    *("/etc/passwd", "//etc/passwd", "/proc/self/environ", "/dev/zero", "/dev/stdin"),
    *("file:///etc/passwd", "http://127.0.0.1/", "gs://bucket/key", "s3://bucket/key"),
    *("C:\\Windows\\win.ini", "C:/Windows/win.ini", "c:canary.txt", "\\\\server\\share\\a"),
    *("\\\\?\\C:\\a", "\\\\.\\pipe\\a", "CON:", "a:stream", "a::$DATA"),
    *(".facts", ".facts/a/film.mp4", ".incoming", ".incoming/a", ".git/config", ".env", ".a"),
    *("a/.facts/b", "a/../b", "a/./b", "a//b", "a/", "/a", "a/..", "films/../../canary.txt"),
    *("a/../.facts/a", "a/.incoming/b", "film.mp4/../../canary.txt"),
    *("a\0.mp4", "a.mp4\0", "a\n.mp4", "a\r\nSet-Cookie: b=c", "a\r\n\r\nHTTP/1.1 200 OK"),
    *('a"; filename="b.exe', "a%0d%0aSet-Cookie: b", 'a";x="', "a;b", "a,b", "a?b", "a#b", "a&b"),
    *("a*", "a?", "[a]", "{a}", "$HOME", "${HOME}", "$(id)", "`id`", "a|id", "a;id", "!a"),
    *("\u202e4pm.exe", "\ufeffa", "\u200ba", "a\u2028b", "a\u0000b", "\u212a", "\uff41", "e\u0301"),
    *("\u2024\u2024/canary.txt", "\u3002\u3002/canary.txt", "\ufe52\ufe52/canary.txt"),
    *("a" * 129, "a" * 256, "a/" * 300 + "a", "a" * 5_000),
)

#: The same in bytes, as they stand in an address: no client would send them.
RAW: Final = (
    *(b"../../canary.txt", b"..%2f..%2fcanary.txt", b"%2e%2e/%2e%2e/canary.txt"),
    *(b"%2e%2e%2f%2e%2e%2fcanary.txt", b"%252e%252e%252fcanary.txt", b"..%5c..%5ccanary.txt"),
    *(b"%c0%ae%c0%ae%c0%afcanary.txt", b"%e0%80%ae%e0%80%ae/canary.txt", b"%c0%2e%c0%2e/canary"),
    *(b"%uff0e%uff0e/canary.txt", b"%f0%80%80%ae/canary.txt", b"..%c1%9ccanary.txt"),
    *(b"..%00/canary.txt", b"%00", b"canary.txt%00.mp4", b"..;/..;/canary.txt", b"%2F%2Fetc"),
    *(b"%ff%fe", b"%ed%a0%80", b"%", b"%2", b"%zz", b"..%0d%0acanary.txt", b"%5c%5cserver%5ca"),
    *(b"....//....//canary.txt", b"..//..//canary.txt", b"/../../canary.txt", b"./../canary.txt"),
)


def quoted(name: str) -> tuple[bytes, ...]:
    """Write a name as a part of an address: as one part, with its slashes, and quoted twice."""
    once = quote(name, safe="")
    return once.encode(), quote(name, safe="/").encode(), quote(once, safe="").encode()
