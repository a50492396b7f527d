"""The change model of one study as a picture: SVG, a row a configuration, contexts left, outcomes right.

Plain shapes and text: no script, no font and nothing else to fetch; `title` and `desc` for who cannot see it.
"""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap
from xml.sax.saxutils import escape

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.things import Configuration
from cmograph.exports.markup import xml_text
from cmograph.exports.material import SYNTHETIC, Material

__all__ = ["write_svg"]

_COLUMNS = ("Context", "Mechanism", "Outcome")
_WIDTH, _GAP, _EDGE = 300, 60, 24
_LINE, _LETTERS, _PAD = 18, 40, 10
_COLOURS = {"good": "#1b6e4b", "bad": "#a3342b", "mixed": "#6b5b00"}


async def write_svg(material: Material) -> bytes:
    """The picture; raises InputError unless one study is named."""
    study, book = material.only_study("svg"), material.casebook
    rows = [_row(book, one) for one in book.by_study.get(study.id, ())]
    width = 2 * _EDGE + 3 * _WIDTH + 2 * _GAP
    body: list[str] = []
    top = 96 if study.synthetic else 72
    for row in rows:
        body += _draw(row, top)
        top += row.height + 22
    note = f" {SYNTHETIC}" if study.synthetic else ""
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top + _EDGE}" '
        f'viewBox="0 0 {width} {top + _EDGE}" role="img" aria-labelledby="title desc" '
        'font-family="system-ui, sans-serif" font-size="13">',
        f'<title id="title">{_text(study.title)}</title>',
        f'<desc id="desc">{_text(f"Change model of {len(rows)} configurations: contexts, mechanisms, outcomes.{note}")}</desc>',
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#555"/></marker></defs>',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{_EDGE}" y="26" font-size="17" font-weight="bold">{_text(study.title)}</text>',
    ]
    if study.synthetic:
        head.append(f'<text x="{_EDGE}" y="48" fill="#a3342b">{_text(SYNTHETIC)}</text>')
    head += [
        f'<text x="{_left(place)}" y="{84 if study.synthetic else 60}" fill="#555">{column}</text>'
        for place, column in enumerate(_COLUMNS)
    ]
    return "\n".join([*head, *body, "</svg>", ""]).encode("utf-8")


class _Row:
    def __init__(self, title: str, boxes: list[list[str]], absent: bool, colour: str, more: str) -> None:
        self.title, self.boxes, self.absent, self.colour, self.more = title, boxes, absent, colour, more
        self.height = 22 + max(len(lines) for lines in boxes) * _LINE + 2 * _PAD


def _row(book: Casebook, one: Configuration) -> _Row:
    parts = (one.contexts, (*one.resources, *one.reasonings), one.outcomes)
    boxes = [_lines(book.components[iri].wording for iri in iris) for iris in parts]
    if one.absent:
        boxes[1] = ["Absent:", *boxes[1]]
    kind = (
        "mixed"
        if one.harmful and one.beneficial
        else "bad"
        if one.harmful
        else "good"
        if one.beneficial
        else "mixed"
    )
    onward = {
        book.configurations[after].name
        for outcome in one.outcomes
        for after in book.opened_by.get(outcome, ())
    }
    more = f"  → {', '.join(sorted(onward))}" if onward else ""
    return _Row(f"{one.name}  {one.title}", boxes, one.absent, _COLOURS[kind], more)


def _lines(texts: Iterable[str]) -> list[str]:
    return [line for text in texts for line in wrap(text, _LETTERS, subsequent_indent="  ")] or ["not said"]


def _left(place: int) -> int:
    return _EDGE + place * (_WIDTH + _GAP)


def _draw(row: _Row, top: int) -> list[str]:
    drawn = [
        f'<g><text x="{_EDGE}" y="{top + 12}" font-weight="bold">{_text(row.title)}'
        f'<tspan font-weight="normal" fill="#555">{_text(row.more)}</tspan></text>'
    ]
    box_top, height = top + 20, row.height - 22
    middle = box_top + height // 2
    for place, lines in enumerate(row.boxes):
        dashes = ' stroke-dasharray="5 4"' if place == 1 and row.absent else ""
        colour = row.colour if place == 2 else "#555"
        drawn.append(
            f'<rect x="{_left(place)}" y="{box_top}" width="{_WIDTH}" height="{height}" rx="6" fill="#fafafa" '
            f'stroke="{colour}" stroke-width="{2 if place == 2 else 1}"{dashes}/>'
        )
        drawn += [
            f'<text x="{_left(place) + _PAD}" y="{box_top + _PAD + 13 + number * _LINE}">{_text(line)}</text>'
            for number, line in enumerate(lines)
        ]
        if place:
            drawn.append(
                f'<line x1="{_left(place) - _GAP}" y1="{middle}" x2="{_left(place) - 2}" y2="{middle}" stroke="#555" '
                'marker-end="url(#arrow)"/>'
            )
    return [*drawn, "</g>"]


def _text(text: str) -> str:
    return escape(" ".join(xml_text(text).split("\n")))
