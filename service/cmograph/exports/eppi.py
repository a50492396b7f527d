"""EPPI JSON (`CodeSets` and `References`), which EPPI-Reviewer, EPPI-Mapper and their readers take.

Its codes are flat: which context goes with which mechanism would be lost. So each study is one reference, with a code for
each of its configurations below "Configuration", beside the codes of the ontology's kinds below "Context",
"Mechanism" and "Outcome", which is what maps are drawn from. The additional text of a configuration's code is the
configuration in words. `ExtURL` holds the IRI of what a code stands for. A study without a DOI is a reference without one,
which some readers refuse.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

from cmograph.analysis.things import Configuration, Study
from cmograph.citation import Creator, doi_of
from cmograph.exports.material import SYNTHETIC, Material

__all__ = ["write_eppi"]

_PARTS = {
    "Context": ("contexts",),
    "Mechanism": ("resources", "reasonings"),
    "Outcome": ("outcomes",),
}


async def write_eppi(material: Material) -> bytes:
    """The studies as references, coded by configuration and by kind."""
    codes = _Codes(material)
    content = {
        "CodeSets": [
            {
                "SetName": "cmograph",
                "SetId": 1,
                "ReviewSetId": 1,
                "SetDescription": material.synthetic,
                "SetType": {"SetTypeName": "Standard", "SetTypeDescription": ""},
                "Attributes": {"AttributesList": codes.tree()},
            }
        ],
        "References": [_reference(material, study, codes) for study in material.studies],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8")


class _Codes:
    """The codes, each with a number that hangs on its IRI alone: the same in every export."""

    def __init__(self, material: Material) -> None:
        book = material.casebook
        self._material = material
        self._taken: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self.kinds: dict[str, dict[str, int]] = {}
        for group, parts in _PARTS.items():
            kinds = sorted(
                {
                    kind
                    for one in material.configurations
                    for part in parts
                    for component in getattr(one, part)
                    for kind in book.most_specific(book.components[component].kinds)
                },
                key=lambda kind: (book.ref(kind).label, kind),
            )
            self.kinds[group] = {kind: self.number(f"{group} {kind}") for kind in kinds}

    def number(self, name: str) -> int:
        if name not in self._numbers:
            number = zlib.crc32(name.encode()) & 0x3FFFFFFF or 1
            while number in self._taken:  # two names of one number: rare, and the later by name gives way
                number += 1
            self._taken[number] = name
            self._numbers[name] = number
        return self._numbers[name]

    def tree(self) -> list[dict[str, Any]]:
        book = self._material.casebook
        tree = [
            _code(self.number(group), group, selectable=False)
            | {
                "Attributes": {
                    "AttributesList": [
                        _code(number, book.ref(kind).label, kind, book.kinds[kind].definition)
                        for kind, number in kinds.items()
                    ]
                }
            }
            for group, kinds in self.kinds.items()
        ]
        configurations = [
            _code(self.number(one.id), f"{book.studies[one.study].name} {one.name}: {one.title}", one.id)
            for one in self._material.configurations
        ]
        tree.append(
            _code(self.number("Configuration"), "Configuration", selectable=False)
            | {"Attributes": {"AttributesList": configurations}}
        )
        return tree


def _reference(material: Material, study: Study, codes: _Codes) -> dict[str, Any]:
    held = material.casebook.by_study.get(study.id, ())
    given: list[dict[str, Any]] = []
    for group, parts in _PARTS.items():
        for kind, number in codes.kinds[group].items():
            words = dict.fromkeys(
                material.casebook.components[component].wording
                for one in held
                for part in parts
                for component in getattr(one, part)
                if kind in material.casebook.components[component].kinds
                and kind in material.casebook.most_specific(material.casebook.components[component].kinds)
            )
            if words:
                given.append(_given(number, "; ".join(words)))
    given += [_given(codes.number(one.id), _words(material, one)) for one in held]
    note = f"{SYNTHETIC} " if study.synthetic else ""
    return {
        "ItemId": codes.number(study.id),
        "Title": study.title,
        "Authors": "".join(f"{Creator.of(one).name}; " for one in study.creators).strip(),
        "Year": "",
        "DOI": doi_of(study),
        "Abstract": "",  # ours is a description; the publication's own abstract is not here
        "URL": study.doi or study.id,
        "TypeName": "Journal, Article" if study.doi else "Research project",
        "Comments": f"{note}{study.description} Described in cmograph as {study.id}",
        "Outcomes": [],
        "Codes": given,
    }


def _words(material: Material, one: Configuration) -> str:
    book = material.casebook
    parts = (
        ("Context", one.contexts),
        ("Mechanism lacking" if one.absent else "Mechanism", (*one.resources, *one.reasonings)),
        ("Outcome", one.outcomes),
    )
    return ". ".join(
        f"{name}: {'; '.join(book.components[iri].wording for iri in iris)}" for name, iris in parts if iris
    )


def _code(
    number: int, name: str, iri: str = "", description: str = "", *, selectable: bool = True
) -> dict[str, Any]:
    kind = "Selectable (show checkbox)" if selectable else "Not selectable (no checkbox)"
    return {
        "AttributeId": number,
        "AttributeSetId": 0,
        "OriginalAttributeID": 0,
        "AttributeName": name,
        "AttributeType": kind,
        "AttributeDescription": description,
        "ExtURL": iri,
        "ExtType": "",
    }


def _given(number: int, text: str) -> dict[str, Any]:
    return {
        "AttributeId": number,
        "AdditionalText": text,
        "ArmId": 0,
        "ArmTitle": "",
        "ItemAttributeFullTextDetails": [],
    }
