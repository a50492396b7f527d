"""Write `interviews.qdpx`: the synthetic interviews of this folder, coded by two coders.

Nobody said any of it. The passages in `passages/` were written for this demonstration, and so were their codes. This
script asks an interviewer's questions between them, has a second coder agree or not, and writes it all as a
REFI-QDA project: the same bytes every time.

    python generate.py           writes interviews.qdpx
    python generate.py --check   says whether interviews.qdpx is what it would write
"""

from __future__ import annotations

import csv
import random
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

HERE = Path(__file__).parent
PROJECT = HERE / "interviews.qdpx"
SEED = 20240244
HEADER = "SYNTHETIC INTERVIEW – written for demonstration; nobody said this.\n\n"
CODERS = ("Coder A (synthetic)", "Coder B (synthetic)")
ROLES = {"M": "mother", "V": "volunteer", "S": "staff"}
CODED_AT = ("2026-03-02T10:00:00Z", "2026-03-16T14:00:00Z")

QUESTIONS = {
    "M": [
        "How were things for you around that time?",
        "What was it like, meeting them?",
        "Can you say a bit more about that?",
        "What happened then?",
        "Was there anything that didn't work so well?",
        "How was it afterwards, at home?",
        "Did anything change for you, do you think?",
        "And how did you feel about that?",
        "Is there a moment that stays with you?",
        "What about other people, outside the project?",
        "Looking back, what would you say made the difference?",
        "Mm. Go on.",
    ],
    "V": [
        "What brought you to volunteering?",
        "How do you usually go about it?",
        "Can you think of an example?",
        "What did you make of that?",
        "Was there anything hard about it?",
        "Who do you turn to when it's like that?",
        "What do you think it does for the mothers?",
        "And for you?",
        "How did it end?",
        "Has that changed over time?",
        "Mm. Go on.",
    ],
    "S": [
        "Could you describe how the project runs here?",
        "What do you see from where you sit?",
        "How does that show?",
        "When does it not work?",
        "What would you change?",
        "How do other services see you?",
        "What does that mean for the volunteers?",
        "Can you give an example?",
        "Mm. Go on.",
    ],
}

_CODING = re.compile(r"([a-z-]+)@(\d)(?:-(\d))?")
_SENTENCE = re.compile(r".+?(?:[.!?…][\"”’']?(?=\s|$)|$)\s*")


@dataclass(frozen=True)
class Passage:
    """Something that a person could say, and the codes of its sentences: code, first, last (from 1)."""

    text: str
    codes: tuple[tuple[str, int, int], ...]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where sentences stand in the passage."""
        sentences = [match.span() for match in _SENTENCE.finditer(self.text)]
        start, end = sentences[first - 1][0], sentences[last - 1][1]
        return start, len(self.text[:end].rstrip())


@dataclass
class Interview:
    """One transcript and the codings in it: start, end, code key, coder."""

    id: str
    text: str = HEADER
    codings: list[tuple[int, int, str, int]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The source's name in the project."""
        return f"{self.id} {ROLES[self.id[0]]} (synthetic)"


def read_passages() -> dict[str, list[Passage]]:
    """The passages of each interview, in the order in which they are said."""
    passages: dict[str, list[Passage]] = {}
    for file in sorted((HERE / "passages").glob("*.txt")):
        who = ""
        codes: tuple[tuple[str, int, int], ...] = ()
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if line.startswith("== "):
                who = line[3:].strip()
            elif line.startswith("+ "):
                found = [_CODING.fullmatch(coding) for coding in line[2:].split()]
                if None in found:
                    raise ValueError(f"{file.name}, line {number}: a coding is not like code@first-last.")
                codes = tuple((m[1], int(m[2]), int(m[3] or m[2])) for m in found if m)
            elif line and not line.startswith("#"):
                passages.setdefault(who, []).append(Passage(line, codes))
    return dict(sorted(passages.items()))


def read_codebook() -> dict[str, dict[str, str]]:
    """The codes by key: path, definition, and the code that a second coder may take for it."""
    with (HERE / "passages" / "codebook.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


def make_interviews() -> list[Interview]:
    """All interviews: passages with questions between them, coded twice."""
    codebook = read_codebook()
    interviews = []
    for who, passages in read_passages().items():
        chance = random.Random(f"{SEED} {who}")
        interview = Interview(who)
        questions = QUESTIONS[who[0]]
        order = chance.sample(questions[:-1], len(questions) - 1) + questions[-1:]
        for number, passage in enumerate(passages):
            interview.text += f"Interviewer: {order[number % len(order)]}\n\n{ROLES[who[0]].capitalize()}: "
            _code(interview, passage, codebook, chance)
            interview.text += passage.text + "\n\n"
        interviews.append(interview)
    return interviews


def _code(
    interview: Interview, passage: Passage, codebook: dict[str, dict[str, str]], chance: random.Random
) -> None:
    """Coder A codes as the passage says; coder B mostly does, and sometimes sees less, more or something else."""
    offset = len(interview.text)
    sentences = len(list(_SENTENCE.finditer(passage.text)))
    for code, first, last in passage.codes:
        start, end = passage.span(first, last)
        interview.codings.append((offset + start, offset + end, code, 0))
        if chance.random() < 0.1:
            continue
        if chance.random() < 0.12 and codebook[code]["near"]:
            code = codebook[code]["near"]
        if chance.random() < 0.2:
            first, last = chance.choice(
                [(first, min(last + 1, sentences)), (max(1, first - 1), last), (first, first)]
            )
        start, end = passage.span(first, last)
        coding = (offset + start, offset + end, code, 1)
        if coding not in interview.codings:
            interview.codings.append(coding)


def guid(*name: str) -> str:
    """A GUID that is the same every time."""
    return str(
        uuid5(NAMESPACE_URL, "https://w3id.org/cmograph/synthetic-demonstration/" + "/".join(name))
    ).upper()


def write_project(interviews: list[Interview]) -> bytes:
    """The project as a REFI-QDA archive (REFI-QDA 1.5, sections 8 to 10): code points, LF, quotes as names."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _add(archive, "project.qde", "".join(_project(interviews)))
        for interview in interviews:
            _add(archive, f"sources/{guid('source', interview.id)}.txt", interview.text)
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, (2026, 11, 25, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_STORED  # what deflate writes depends on the zlib at hand
    entry.create_system = 3  # the same bytes on every system
    archive.writestr(entry, text.encode())


def _project(interviews: list[Interview]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield '<Project xmlns="urn:QDA-XML:project:1.0" name="Synthetic demonstration" origin="cmograph">\n<Users>\n'
    for coder in CODERS:
        yield f"<User guid={quoteattr(guid('user', coder))} name={quoteattr(coder)}/>\n"
    yield "</Users>\n<CodeBook><Codes>\n"
    yield from _codes()
    yield "</Codes></CodeBook>\n<Sources>\n"
    for interview in interviews:
        yield from _source(interview)
    yield "</Sources>\n<Description>Synthetic: nobody said any of it.</Description>\n</Project>\n"


def _codes() -> Iterator[str]:
    """The codebook as nested codes; what is only a heading cannot be coded."""
    by_path = {tuple(row["code"].split(" > ")): row for row in read_codebook().values()}

    def below(above: tuple[str, ...]) -> Iterator[str]:
        depth = len(above)
        for name in dict.fromkeys(
            path[depth] for path in by_path if path[:depth] == above and len(path) > depth
        ):
            path = (*above, name)
            row = by_path.get(path)
            key = row["key"] if row else "heading " + " > ".join(path)
            yield f'<Code guid="{guid("code", key)}" name={quoteattr(name)} isCodable="{str(row is not None).lower()}">\n'
            if row:
                yield f"<Description>{escape(row['definition'])}</Description>\n"
            yield from below(path)
            yield "</Code>\n"

    return below(())


def _source(interview: Interview) -> Iterator[str]:
    this = guid("source", interview.id)
    yield f'<TextSource guid="{this}" name={quoteattr(interview.name)} plainTextPath="internal://{this}.txt">\n'
    spans: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for start, end, code, coder in sorted(interview.codings):
        spans.setdefault((start, end), []).append((code, coder))
    for (start, end), codings in spans.items():
        where = f"{start}-{end}"
        user = guid("user", CODERS[codings[0][1]])
        yield (
            f'<PlainTextSelection guid="{guid("selection", interview.id, where)}" name='
            f'{quoteattr(interview.text[start:end])} startPosition="{start}" endPosition="{end}" creatingUser="{user}">\n'
        )
        for code, coder in codings:
            user = guid("user", CODERS[coder])
            yield (
                f'<Coding guid="{guid("coding", interview.id, where, code, str(coder))}" creatingUser="{user}" '
                f'creationDateTime="{CODED_AT[coder]}"><CodeRef targetGUID="{guid("code", code)}"/></Coding>\n'
            )
        yield "</PlainTextSelection>\n"
    yield "</TextSource>\n"


def main() -> int:
    """Write the project, or check it."""
    project = write_project(make_interviews())
    if "--check" in sys.argv[1:]:
        same = PROJECT.exists() and PROJECT.read_bytes() == project
        print(
            "interviews.qdpx is current."
            if same
            else "interviews.qdpx is not what this script writes: run it."
        )
        return 0 if same else 1
    PROJECT.write_bytes(project)
    codings = sum(len(interview.codings) for interview in make_interviews())
    print(f"Wrote {PROJECT.name}: {len(read_passages())} synthetic interviews, {codings} codings.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
