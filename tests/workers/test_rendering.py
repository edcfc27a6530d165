"""Reports as PDF: what is in the file, that nothing is fetched, that the same data gives the same bytes."""

import gc
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from domain.reporting import SteeringPack, canonical, digest
from tests.packs import CASES
from workers.rendering import HOME, OwnFiles, RefusedAddress, layout, render, warm

CREATED = datetime(2026, 11, 20, 8, 12, tzinfo=UTC)
PAGES = {"ordinary": 9, "bare": 6, "empty": 4, "public": 9, "long": 16, "losing": 9, "spent": 8}
LAST = "Where these figures come from"


@cache
def pdf(case: str) -> bytes:
    return render(CASES[case](), created=CREATED).content


@cache
def pages(case: str) -> tuple[str, ...]:
    texts = (page.extract_text() for page in PdfReader(BytesIO(pdf(case))).pages)
    return tuple(" ".join(text.replace("\N{NO-BREAK SPACE}", " ").split()) for text in texts)


def figures(node: Any) -> list[Any]:
    """Every Figure of a structure tree."""
    node = node.get_object()
    found = [node] if node.get("/S") == "/Figure" else []
    children = node.get("/K", [])
    children = children if isinstance(children, list) else [children]
    return found + [each for child in children if hasattr(child.get_object(), "get") for each in figures(child)]


@pytest.mark.parametrize("case", CASES)
def test_report_is_tagged_titled_and_has_its_pages(case: str) -> None:
    reader, pack = PdfReader(BytesIO(pdf(case))), CASES[case]()
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "en" and "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == f"{pack.meta.client}: Steering committee pack"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert len(reader.pages) == PAGES[case]
    assert any(LAST in text for text in pages(case))


@pytest.mark.parametrize("case", CASES)
def test_every_chart_has_words_and_every_glyph_is_ours(case: str) -> None:
    reader = PdfReader(BytesIO(pdf(case)))
    drawn = figures(reader.trailer["/Root"]["/StructTreeRoot"])
    assert drawn and all(str(figure.get("/Alt", "")).strip() for figure in drawn)
    fonts = {font.get_object()["/BaseFont"] for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    assert all("Inter-Report" in name for name in fonts)


@pytest.mark.parametrize(
    ("case", "sentences"),
    [
        ("ordinary", ("3.4 m below plan; seven open requests cost EUR", "Four measures say two things at once")),
        (
            "empty",
            ("No measure has been entered for Meridian yet", "Nothing waits for a decision", "no month closed yet"),
        ),
        ("public", ("Forecast cost is 4.7 % above plan", "307 other projects", "1,100", "six other programs")),
        ("spent", ("cumulated cost by fiscal year", "Nothing waits for a decision", "29 Sep 2010", "USD 1,429 m")),
        ("losing", ("Forecast EUR \N{MINUS SIGN}19.9 m in FY 2026/27", "July 2026 to June 2027")),
        ("bare", ("Twelve measures, none with an amount yet", "No amount has been planned yet")),
        ("long", ("Tessel, Rowe, Farnsworth, Abernathy & Partners International Limited",)),
    ],
)
def test_report_says(case: str, sentences: tuple[str, ...]) -> None:
    text = " ".join(pages(case))
    for sentence in sentences:
        assert sentence in text or sentence.replace("six", "6") in text


def test_cost_only_report_never_speaks_of_benefit_in_its_titles() -> None:
    titles = " ".join(pages("public")[2:-1])
    assert "net effect" not in titles and "Realisation" not in titles


def test_same_data_and_moment_give_the_same_bytes() -> None:
    assert render(CASES["empty"](), created=CREATED).content == pdf("empty")
    assert render(CASES["empty"](), created=CREATED.replace(hour=9)) != pdf("empty")


def test_data_is_attached_and_its_hash_is_printed() -> None:
    pack = CASES["ordinary"]()
    attached = PdfReader(BytesIO(pdf("ordinary"))).attachments["data.json"][0]
    assert attached == canonical(pack).encode()
    assert hashlib.sha256(attached).hexdigest() == digest(pack)
    assert digest(pack) in pages("ordinary")[-1] and pack.meta.head_hash in pages("ordinary")[-1]


def test_every_check_holds_and_says_so() -> None:
    assert "does not hold" not in " ".join(pages("ordinary") + pages("public"))
    assert "does not hold" in " ".join(_texts(_with_a_lost_month()))


def test_names_are_text_and_not_markup() -> None:
    pack = CASES["empty"]()
    name = '<img src="https://evil.example/x.png"><b>&amp;'
    text = " ".join(_texts(replace(pack, meta=replace(pack.meta, client=name, firm=name))))
    assert name in text


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/x.png",
        "http://169.254.169.254/latest/meta-data/",
        "ftp://evil.example/x",
        "file:///etc/passwd",
        (HOME / "css" / "tokens.css").as_uri(),
        (HOME / "fonts" / "LICENSE").as_uri(),
        (HOME / "fonts").as_uri() + "/../css/tokens.css",
        (HOME / "fonts").as_uri() + "/%2e%2e/css/tokens.css",
        (HOME / "fonts").as_uri() + "/inter-latin-opsz-normal.woff2?x=1",
        "../css/tokens.css",
        "DATA:text/plain,x",
    ],
)
def test_foreign_address_is_refused_and_no_report_is_made(address: str) -> None:
    with pytest.raises(RefusedAddress):
        OwnFiles().fetch(address)
    for html in (f'<img alt="x" src="{address}">', f'<p style="background: url({address})">x</p>'):
        if address.startswith("DATA:"):
            continue  # the document lowers the scheme before it asks
        with pytest.raises(RefusedAddress):
            layout(f'<html lang="en"><title>x</title><body>{html}</body></html>')


def test_own_fonts_and_data_addresses_are_let_through() -> None:
    fetcher = OwnFiles()
    assert fetcher.own and all(fetcher.fetch(address).read()[:4] == b"wOF2" for address in fetcher.own)
    assert fetcher.fetch("data:text/plain;base64,eA==").read() == b"x"


def test_warm_leaves_collection_as_it_was() -> None:
    warm()
    assert gc.isenabled()


def _texts(pack: SteeringPack) -> list[str]:
    reader = PdfReader(BytesIO(render(pack, created=CREATED).content))
    return [" ".join(page.extract_text().replace("\N{NO-BREAK SPACE}", " ").split()) for page in reader.pages]


def _with_a_lost_month() -> SteeringPack:
    pack = CASES["bare"]()
    lost = replace(pack.stages[0], count=pack.stages[0].count - 1)
    return replace(pack, stages=(lost, *pack.stages[1:]))
