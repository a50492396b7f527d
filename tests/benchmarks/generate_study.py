"""Makes a study folder of any size, from a seed: synthetic through and through, and labelled so.

    python tests/benchmarks/generate_study.py FOLDER --sources 200 --codings 80 --configurations 100

The words are drawn from a list of Latin-like words with some accents and an emoji, so that every unit that an
offset could count differs somewhere. The same arguments give the same bytes. Memory holds one source at once.
"""

from __future__ import annotations

import argparse
import csv
import random
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

__all__ = ["Size", "generate_study"]

_TEXT = (
    "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore "
    "et dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip "
    "ex ea commodo consequat duis aute irure in reprehenderit voluptate velit esse cillum fugiat nulla "
    "pariatur café élan 🙂"
)
WORDS = _TEXT.split()
SLOTS = {
    "context": "ContextFactor",
    "resource": "Resource",
    "reasoning": "Reasoning",
    "outcome": "OutcomeFactor",
}
KINDS = {
    "context": "sociability;cultural background;recent migration;lack of social support;stressful circumstances;"
    "motherhood norm;stigma of distress;need for professional care;experience of being judged;similarity of volunteer",
    "resource": "empathetic listening;acceptance;affirmation;shared experiential knowledge;reference group;role model",
    "reasoning": "feeling understood;feeling accepted;normalisation;gaining perspective;hope from comparison;"
    "negative comparison;trust;validation;sense of belonging;fear of judgement;feeling steered;reciprocity",
    "outcome": "relief;less anxiety;self-acceptance;less isolation;new friendship;more confidence;more help-seeking;"
    "more distress;feeling inadequate;withdrawal;more isolation;concealment",
}
"""Classes of the domain, for studies that are to be compared; of the outcomes the last five are bad ones."""
_BAD = KINDS["outcome"].split(";")[-5:]
ROLES = ("mother", "volunteer", "staff")
DELIVERIES = ("one-to-one", "group")
MOMENT = "2026-01-05T09:00:00Z"
ZIP_TIME = (2026, 1, 5, 9, 0, 0)


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything: sources, codings in each, words between them, codes a slot, configurations.

    `kinds` makes components of the domain's classes, and some outcomes the context of another configuration.
    """

    sources: int = 20
    codings: int = 40
    words: int = 20
    codes: int = 15
    configurations: int = 20
    coders: int = 2
    kinds: bool = False


def generate_study(folder: Path, size: Size, seed: int = 1, name: str = "synthetic-benchmark") -> Path:
    """Writes a study folder that builds as it is, and returns it."""
    folder.mkdir(parents=True)
    measures = (size.sources, size.codings, size.words, size.codes, size.configurations, size.coders)
    named = ("sources", "codings", "words", "codes", "configurations", "coders")
    told = ", ".join(f"{key}={value}" for key, value in zip(named, measures, strict=True))
    draw = random.Random(f"{seed} Size({told})")
    classes = {slot: KINDS[slot].split(";") if size.kinds else [kind] for slot, kind in SLOTS.items()}
    codes = [(slot, f"{slot} {number:03}") for slot in SLOTS for number in range(size.codes)]
    _write_study(folder, size, name)
    _write_table(folder / "codes.csv", ("code", "role", "class"), _code_rows(codes, classes))
    _write_table(
        folder / "participants.csv",
        ("source", "participant", "role", "delivery"),
        (
            (_source(n), f"P{n:06}", ROLES[n % len(ROLES)], DELIVERIES[n % len(DELIVERIES)])
            for n in range(size.sources)
        ),
    )
    _write_table(folder / "configurations.csv", _COLUMNS, _configuration_rows(draw, codes, size, classes))
    _write_qdpx(folder / "interviews.qdpx", draw, codes, size)
    return folder


_COLUMNS = (
    "id", "title", "if", "then", "because", "context", "resource", "reasoning", "presence", "outcome",
    "polarity", "delivery", "role", "evidence_for", "evidence_against",
)  # fmt: skip


def _write_study(folder: Path, size: Size, name: str) -> None:
    counts = [sum(n % len(ROLES) == place for n in range(size.sources)) for place in range(len(ROLES))]
    interviewed = "".join(
        f'\n[[participants.interviewed]]\nrole = "{role}"\ncount = {count}\n'
        for role, count in zip(ROLES, counts, strict=True)
        if count
    )
    (folder / "study.toml").write_text(
        f"""[study]
id = "{name}"
title = "Synthetic study for benchmarks: nobody said any of this"
description = "Generated from a seed; the words mean nothing."
kind = "interviews"
synthetic = true
language = "la"
creators = ["cmograph's benchmark generator"]
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
issued = "2026-01-05"

[programme]
title = "A programme that does not exist"
description = "Only there to be measured."
place = "nowhere"
deliveries = ["one-to-one", "group"]

[files]
interviews = ["interviews.qdpx"]
codes = "codes.csv"
configurations = "configurations.csv"
participants = "participants.csv"
{interviewed}
[disclosure]
default = "project"
minimum_cell = 5
""",
        encoding="utf-8",
    )


def _code_rows(
    codes: Sequence[tuple[str, str]], classes: dict[str, list[str]]
) -> Iterator[tuple[str, str, str]]:
    yield from ((slot, "ignore", "") for slot in SLOTS)
    yield from ((f"{slot} > {leaf}", slot, _class(slot, leaf, classes)) for slot, leaf in codes)


def _class(slot: str, leaf: str, classes: dict[str, list[str]]) -> str:
    return classes[slot][int(leaf.rpartition(" ")[2]) % len(classes[slot])]


def _configuration_rows(
    draw: random.Random, codes: Sequence[tuple[str, str]], size: Size, classes: dict[str, list[str]]
) -> Iterator[tuple[str, ...]]:
    leaves = {slot: [leaf for found, leaf in codes if found == slot] for slot in SLOTS}
    for number in range(size.configurations):
        parts = {slot: draw.choice(leaves[slot]) for slot in SLOTS}
        ids = {slot: leaf.replace(" ", "-") for slot, leaf in parts.items()}
        clauses = [_clause(draw) for _ in range(3)]
        presence, polarity = (
            draw.choice(("present", "present", "absent")),
            draw.choice(("positive", "negative", "mixed")),
        )
        if size.kinds:
            polarity = "negative" if _class("outcome", parts["outcome"], classes) in _BAD else "positive"
            if draw.random() < 0.3:  # where one configuration ends another begins
                ids["context"] = draw.choice(leaves["outcome"]).replace(" ", "-")
        yield (
            f"C{number:05}", f"Configuration {number}", *clauses,
            ids["context"], ids["resource"], ids["reasoning"], presence,
            ids["outcome"], polarity, draw.choice(DELIVERIES),
            draw.choice(ROLES), f"reasoning > {parts['reasoning']}",
            f"outcome > {parts['outcome']}" if draw.random() < 0.3 else "",
        )  # fmt: skip


def _write_qdpx(path: Path, draw: random.Random, codes: Sequence[tuple[str, str]], size: Size) -> None:
    """A REFI-QDA project: texts first, then project.qde, written as the texts' codings become known."""
    guids = _guids(draw)
    users = [next(guids) for _ in range(size.coders)]
    code_guids = {code: next(guids) for code in codes}
    selections = path.with_suffix(".parts")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with selections.open("w", encoding="utf-8") as xml:
            for number in range(size.sources):
                guid = next(guids)
                text, marked = _interview(draw, size)
                archive.writestr(_entry(f"sources/{guid}.txt"), text)
                xml.write(
                    f'<TextSource guid="{guid}" name={quoteattr(_source(number))} '
                    f'plainTextPath="internal://{guid}.txt" creatingUser="{users[0]}" '
                    f'creationDateTime="{MOMENT}">\n'
                )
                for start, end in marked:
                    user, code = draw.choice(users), draw.choice(codes)
                    xml.write(
                        f'<PlainTextSelection guid="{next(guids)}" startPosition="{start}" '
                        f'endPosition="{end}" '
                        f'creatingUser="{user}" creationDateTime="{MOMENT}">'
                        f'<Coding guid="{next(guids)}" creatingUser="{user}" creationDateTime="{MOMENT}">'
                        f'<CodeRef targetGUID="{code_guids[code]}"/></Coding></PlainTextSelection>\n'
                    )
                xml.write("</TextSource>\n")
        with archive.open(_entry("project.qde"), "w", force_zip64=True) as qde:
            qde.write(_head(users, code_guids, guids).encode())
            with selections.open("rb") as xml_bytes:
                while block := xml_bytes.read(1 << 20):
                    qde.write(block)
            qde.write(b"</Sources>\n</Project>\n")
    selections.unlink()


def _head(users: Sequence[str], code_guids: dict[tuple[str, str], str], guids: Iterator[str]) -> str:
    coders = "".join(f'<User guid="{guid}" name="Synthetic coder {n}"/>' for n, guid in enumerate(users, 1))
    tree = "".join(
        f'<Code guid="{next(guids)}" name="{slot}" isCodable="true">'
        + "".join(
            f'<Code guid="{guid}" name="{leaf}" isCodable="true"/>'
            for (found, leaf), guid in code_guids.items()
            if found == slot
        )
        + "</Code>\n"
        for slot in SLOTS
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<Project xmlns="urn:QDA-XML:project:1.0" name="Synthetic study for benchmarks" '
        f'origin="cmograph benchmark generator" creatingUserGUID="{users[0]}" creationDateTime="{MOMENT}">\n'
        f"<Users>{coders}</Users>\n<CodeBook><Codes>\n{tree}</Codes></CodeBook>\n<Sources>\n"
    )


def _interview(draw: random.Random, size: Size) -> tuple[str, list[tuple[int, int]]]:
    """A text in LF paragraphs, and what is marked in it: positions in code points, as the standard has it."""
    paragraphs, marked, position = [], [], 0
    for _ in range(size.codings):
        paragraph = _sentence(draw, size.words)
        start = draw.randrange(len(paragraph) // 2)
        marked.append((position + start, position + draw.randrange(start + 1, len(paragraph) + 1)))
        paragraphs.append(paragraph)
        position += len(paragraph) + 1
    return "\n".join(paragraphs), marked


def _sentence(draw: random.Random, words: int) -> str:
    return " ".join(draw.choices(WORDS, k=words)).capitalize() + "."


def _clause(draw: random.Random) -> str:
    """Analysts' words: no six in a row can be a transcript's, which a build would refuse."""
    before, after = draw.choices(WORDS, k=4), draw.choices(WORDS, k=4)
    return " ".join([*before, "analysts", *after])


def _source(number: int) -> str:
    return f"Synthetic interview {number:06}"


def _guids(draw: random.Random) -> Iterator[str]:
    while True:
        yield str(uuid.UUID(int=draw.getrandbits(128), version=4))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, ZIP_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _write_table(path: Path, header: Sequence[str], rows: Iterator[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    for name, default in (
        ("sources", 20),
        ("codings", 40),
        ("words", 20),
        ("codes", 15),
        ("configurations", 20),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    size = Size(given.sources, given.codings, given.words, given.codes, given.configurations)
    generate_study(given.folder, size, given.seed)


if __name__ == "__main__":
    main()
