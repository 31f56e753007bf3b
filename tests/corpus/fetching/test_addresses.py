"""One spelling for each address, and what an address alone tells."""

import pytest

from corpus.errors import UsageError
from corpus.fetching.addresses import canonical, known_kind, retrieval_address, video_offset

VIEWER = "https://view.officeapps.live.com/op/view.aspx?src=https%3A%2F%2Fa.b%2Fc.pptx"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("youtu.be/gYPwx0DR7zc", "https://youtu.be/gYPwx0DR7zc"),
        ("//example.org/a", "https://example.org/a"),
        ("example.org:8080/a", "https://example.org:8080/a"),
        ("  https://example.org \n", "https://example.org/"),
        ("HTTPS://Example.ORG/Path", "https://example.org/Path"),
        ("http://example.org:80/", "http://example.org/"),
        ("https://example.org:443/", "https://example.org/"),
        ("http://example.org:443/", "http://example.org:443/"),
        ("https://example.org/a#part", "https://example.org/a"),
        ("https://example.org?x=1", "https://example.org/?x=1"),
        ("https://example.org/a/./b/../c", "https://example.org/a/c"),
        ("https://example.org/../%2e%2E/a/..", "https://example.org/"),
        ("https://example.org/a//b/.", "https://example.org/a//b/"),
        ("https://example.org./a", "https://example.org/a"),
        ("https://bücher.example/ü?q=ä b", "https://xn--bcher-kva.example/%C3%BC?q=%C3%A4%20b"),
        ("https://example.org/%C3%BC", "https://example.org/%C3%BC"),
        ("https://[2606:4700:0:0::1111]:443/", "https://[2606:4700::1111]/"),
        ("https://example.org/urn:li:1?u=%28x%29", "https://example.org/urn:li:1?u=%28x%29"),
        ("http://１２７.0.0.1/", "http://127.0.0.1/"),  # full-width digits: for the guard to refuse
    ],
)
def test_one_spelling(given, expected):
    assert canonical(given) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize(
    "given",
    [
        "", "   ", "/relative/path", "https://", "https:///path", "ftp://example.org/a",
        "file:///etc/passwd", "javascript:alert(1)", "mailto:a@example.org", "data:text/html,x",
        "https://user:secret@example.org/", "https://user@example.org/",
        "https://example.org:99999/", "https://[::1", "https://[fe80::1%25eth0]/",
        "https://exa mple.org/", "https://good.example\\@evil.example/", "https://%31.example/",
        "https://a..example/", "https://example.org/\r\nHost: evil", "https://-a.example/",
        "https://" + "a" * 300 + ".example/", "https://example.org/" + "a" * 9000,
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused_in_one_line(given):
    with pytest.raises(UsageError) as caught:
        canonical(given)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("cited", "document"),
    [
        (
            "https://github.com/o/r/blob/main/docs/a.md?plain=1",
            "https://raw.githubusercontent.com/o/r/main/docs/a.md",
        ),
        ("https://arxiv.org/abs/1706.03762", "https://arxiv.org/pdf/1706.03762"),
        ("https://arxiv.org/abs/1706.03762v5", "https://arxiv.org/pdf/1706.03762v5"),
        ("https://github.com/o/r/tree/main/docs", "https://github.com/o/r/tree/main/docs"),
        ("https://arxiv.org/pdf/2310.02207", "https://arxiv.org/pdf/2310.02207"),
        ("https://arxiv.org.evil.example/abs/1", "https://arxiv.org.evil.example/abs/1"),
    ],
)
def test_document_behind_its_page(cited, document):
    assert retrieval_address(cited) == document


@pytest.mark.parametrize(
    ("address", "seconds"),
    [
        ("https://www.youtube.com/watch?v=x&t=2750s", 2750),
        ("https://youtu.be/x?t=90", 90),
        ("https://youtu.be/x#t=1h2m3s", 3723),
        ("https://youtu.be/x?si=y#t=5", 5),
        ("https://[::1#t=7", 7),
        ("https://www.youtube.com/embed/x?start=30", 30),
        ("https://www.youtube.com/watch?v=x", None),
        ("https://www.youtube.com/watch?v=x&t=soon", None),
    ],
)
def test_offset_into_a_video(address, seconds):
    assert video_offset(address) == seconds


@pytest.mark.parametrize(
    ("address", "outcome"),
    [
        ("https://www.youtube.com/@statquest", "video"),
        ("https://youtu.be/x", "video"),
        ("https://player.vimeo.com/video/1", "video"),
        ("https://notyoutube.com/x", None),
        (VIEWER, "unsupported"),
        ("https://docs.google.com/viewer?url=https://a.b/c.pdf", "unsupported"),
        ("https://docs.google.com/document/d/1/edit", None),
    ],
)  # fmt: skip
def test_ends_without_a_request(address, outcome):
    known = known_kind(address)
    assert (known and known.outcome) == outcome


def test_viewer_names_the_file_inside():
    known = known_kind(VIEWER + "&x=1")
    assert "https://a.b/c.pptx" in known.reason
