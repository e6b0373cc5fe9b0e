"""Where webhooks must not go: every way to name what is not on the public Internet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

#: Addresses of networks that are nobody's, ours, or a cloud's own.
V4: Final = (
    *("0.0.0.1", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200"),
    *("100.127.255.254", "127.0.0.1", "127.1.2.3", "127.255.255.254", "168.63.129.16"),
    *("169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.254"),
    *("192.0.0.1", "192.0.0.170", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1"),
    *("192.168.255.254", "198.18.0.1", "198.19.255.254", "198.51.100.7", "203.0.113.9"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "254.1.1.1", "255.255.255.255"),
)
V6: Final = (
    *("::", "::1", "::7f00:1", "::127.0.0.1", "::8.8.8.8", "100::1", "fe80::1", "febf::1"),
    *("fc00::1", "fd00::1", "fd00:ec2::254", "fd20:ce::254", "fec0::1", "ff02::1", "ff0e::1"),
    # an IPv4 address inside: mapped, translated, NAT64 (well known and local), 6to4, Teredo, ISATAP
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:7f00:1"),
    *("::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::169.254.169.254"),
    *("64:ff9b::8.8.8.8", "64:ff9b:1::a00:1", "64:ff9b:1:ffff::10.0.0.1", "2002:7f00:1::"),
    *("2002:a9fe:a9fe::1", "2002:808:808::1", "2001:0:7f00:1::", "2001::1", "2001:10::1"),
    *("2001:20::1", "2001:2::1", "2001:db8::1", "3fff::1", "5f00::1", "4000::1"),
    *("2606:4700::5efe:7f00:1", "2606:4700::200:5efe:a00:1"),
)
#: Forms of 127.0.0.1, 10.0.0.1 and 169.254.169.254 that some resolver reads, and other disguises.
DISGUISED: Final = (
    *(
        "2130706433",
        "0x7f000001",
        "0x7F000001",
        "017700000001",
        "127.1",
        "127.0.1",
        "0",
        "0x0",
        "0.0",
    ),
    *("0177.0.0.1", "0x7f.0.0.1", "0x7f.1", "127.0.0.01", "127.000.000.001", "00.0.0.0"),
    *("0251.0376.0251.0376", "0xa9.0xfe.0xa9.0xfe", "2852039166", "0xa9fea9fe", "169.254.43518"),
    *("10.1", "012.0.0.1", "0xa.0.0.1", "167772161", "1.2.3.4.5", "256.256.256.256", "1.2.3"),
    *("4294967296", "127.0.0.1.", "localhost.", "example.com.", ".example.com", "example..com"),
    *("-example.com", "example-.com", "a" * 64 + ".com", ("a" * 60 + ".") * 5 + "com"),
    *(
        "[::1%25eth0]",
        "[::1%eth0]",
        "[fe80::1%25lo]",
        "[93.184.216.34]",
        "[localhost]",
        "[::1",
        "::1",
    ),
    *("[::1]]", "[v1.a]", "[]", ""),
    # letters that become ASCII, or look like it
    *("①②⑦.⓪.⓪.①", "\uff11\uff12\uff17.0.0.1", "127。0。0。1", "localhos\u1d57", "\uff4cocalhost"),
    *(
        "exa\u00admple.com",
        "ex\u200bample.com",
        "examp\u212ae.com",
        "b\u00fccher.example",
        "%6cocalhost",
    ),
    *("127.0.0.1%00.example.com", "127.0.0.1%2f", "example.com%23", "loca%6chost"),
)
#: URLs that two readers may read in two ways, or that are no place for a webhook.
URLS: Final = (
    *("http://example.com/", "http://example.com:443/", "ftp://example.com/", "file:///etc/passwd"),
    *("gopher://example.com/", "ws://example.com/", "dict://example.com:443/", "//example.com/"),
    *("https:example.com", "https:/example.com", "https:///example.com", "example.com", ""),
    *("https://example.com:80/", "https://example.com:22/", "https://example.com:6379/"),
    *("https://example.com:0/", "https://example.com:65536/", "https://example.com:99999/"),
    *("https://example.com:/", "https://example.com:443:80/", "https://example.com:+443/"),
    *("https://example.com: 443/", "https://example.com:4٤3/", "https://example.com:0443x/"),
    *("https://user@example.com/", "https://user:pass@example.com/", "https://@example.com/"),
    *("https://example.com@127.0.0.1/", "https://127.0.0.1#@example.com/"),
    *("https://example.com#fragment", "https://example.com/#", "https://example.com\\@127.0.0.1/"),
    *("https://127.0.0.1\\.example.com/", "https:\\\\example.com/", "https://exam\tple.com/"),
    *(
        "https://example.com/\r\nHost: 127.0.0.1",
        "https://example.com/ HTTP/1.1",
        " https://a.com/",
    ),
    *("https://example.com\n", "https://example.com/\x00", "https://example.com/\u00e9"),
    *("https://exam ple.com/", "https://example.com/" + "a" * 2_000, "javascript:alert(1)"),
    *("https://a_b c.com/", "https://<script>/", "https://*.example.com/", "https://$(id).com/"),
)
#: Names that somebody else answers for, and what they answer with.
NAMES: Final = (
    *(("localhost", ("127.0.0.1",)), ("ip6-localhost", ("::1",)), ("redis", ("172.18.0.2",))),
    ("metadata.google.internal", ("169.254.169.254",)),
    ("metadata", ("169.254.169.254",)),
    ("instance-data.ec2.internal", ("169.254.169.254",)),
    ("metadata.azure.internal", ("168.63.129.16",)),
    ("rancher-metadata", ("169.254.169.250",)),
    ("kubernetes.default.svc.cluster.local", ("10.96.0.1",)),
    ("host.docker.internal", ("192.168.65.2",)),
    ("127.0.0.1.nip.io", ("127.0.0.1",)),
    ("xn--e1afmkfd.example", ("10.0.0.1",)),
    ("one-of-two.example", ("93.184.216.34", "10.0.0.1")),
    ("last-of-many.example", (*["93.184.216.34"] * 20, "::1")),
    ("six-and-four.example", ("2606:4700::1", "192.168.1.1")),
    ("mapped.example", ("::ffff:93.184.216.34",)),
    ("zone.example", ("fe80::1%eth0",)),
    ("global-zone.example", ("2606:4700::1%eth0",)),
    ("strange.example", ("not an address",)),
    ("short.example", ("127.1",)),
    ("nobody.example", ()),
)


def refused() -> Iterator[str]:
    """Give every URL that is refused, whoever looks it up."""
    for host in V4:
        yield f"https://{host}/hook"
    for host in V6:
        yield f"https://[{host}]/hook"
    for host in DISGUISED:
        yield f"https://{host}/hook"
    yield from URLS
    for name, _ in NAMES:
        yield f"https://{name}/hook"
        yield f"https://{name}:8443/hook"
