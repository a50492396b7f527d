"""Queries that bring an engine down, or keep it busy without end."""

from __future__ import annotations

from cmograph.engine.guard import MAXIMUM_BYTES

__all__ = ["BOMBS", "CARTESIAN", "CLOSURES", "CYCLES", "DOUBLING", "ROWS", "RUNAWAYS"]

BOMBS = {
    "groups": "SELECT * " + "{" * 5000 + "}" * 5000,
    "parentheses": "SELECT * { FILTER " + "(" * 5000 + "1" + ")" * 5000 + " }",
    "optionals": "SELECT * { " + "OPTIONAL { ?s ?p ?o } " * 2500 + "}",
    "nested optionals": "SELECT * { " + "OPTIONAL {" * 5000 + "}" * 5000 + "}",
    "path parentheses": "SELECT * { ?s " + "(" * 5000 + "<a:a>" + ")" * 5000 + " ?o }",
    "path steps": "SELECT * { ?s " + "/".join(["<a:a>"] * 500) + " ?o }",
    "nested lists": "SELECT * { ?s ?p " + "(" * 200 + "1" + ")" * 200 + " }",
    "a long list": "SELECT * { ?s ?p (" + "1 " * 250 + ") }",
    "brackets": "SELECT * { ?s ?p " + "[ ?p " * 200 + "1" + "]" * 200 + " }",
    "a chain of 320": "SELECT * { " + " . ".join(f"?v{i} <a:p> ?v{i + 1}" for i in range(320)) + " }",
    "a star of 320": "SELECT * { ?s <a:a> 1 " + "; <a:a> 1 " * 320 + " }",
    "objects": "SELECT * { ?s <a:a> 1 " + ", 1 " * 320 + " }",
    "assignments": "SELECT * { " + "".join(f"BIND(1 AS ?x{i})" for i in range(3000)) + " }",
    "glued assignments": "SELECT * { " + "".join(f"?s ?p 1.BIND(1 AS ?x{i})" for i in range(300)) + " }",
    "projected assignments": "SELECT " + "".join(f"(1 AS ?x{i})" for i in range(5000)) + " {}",
    "keys to sort by": "SELECT * { ?s ?p ?o } ORDER BY " + "DESC(?s)" * 8000,
    "keys to group by": "SELECT (1 AS ?x) { ?s ?p ?o } GROUP BY " + "STR(?s)" * 9000,
    "conditions of groups": "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING " + "(1)" * 20_000,
    "things to describe": "DESCRIBE " + "<a:a> " * 9000,
    "reifiers": "SELECT * { ?s ?p ?o " + "~" * 30_000 + " }",
    "nested reified triples": "SELECT * { " + "<<" * 450 + "?s ?p ?o" + ">> ?p ?o " * 450 + " }",
    "nots": "SELECT * { FILTER(" + "!" * 20_000 + "1) }",
    "ors": "SELECT * { FILTER(" + "||".join(["?a"] * 10_000) + ") }",
    "sums": "SELECT * { FILTER(" + "+".join(["1"] * 10_000) + ") }",
    "differences": "SELECT * { FILTER(1" + "-1" * 30_000 + ") }",
    "differences of truth": "PREFIX e: <e:> SELECT * { FILTER(true" + "-1" * 30_000 + "-e:x()) }",
    "a list of numbers below zero": "SELECT * { ?s ?p (" + "-1" * 30_000 + ") }",
    "length": "SELECT * { FILTER('" + "a" * MAXIMUM_BYTES + "') }",
}
"""A parser or a planner would die of them: they are refused before any sees them."""

CARTESIAN = (
    "SELECT (COUNT(*) AS ?n) { "
    + " ".join(f"VALUES ?x{i} {{ {' '.join(map(str, range(1000)))} }}" for i in range(4))
    + " }"
)

DOUBLING = (
    'SELECT (STRLEN(?x9) AS ?n) { BIND("aaaaaaaaaa" AS ?x0) '
    + " ".join(f"BIND(CONCAT({', '.join([f'?x{i}'] * 10)}) AS ?x{i + 1})" for i in range(9))
    + " }"
)

ROWS = " ".join(map(str, range(1000)))

RUNAWAYS = {
    "a cartesian product": (CARTESIAN, 503),
    "string doubling": (DOUBLING, 503),
    "sorting millions": (
        f"SELECT * {{ VALUES ?a {{ {ROWS} }} VALUES ?b {{ {ROWS} }} VALUES ?c {{ {ROWS} }} }} ORDER BY ?c ?b",
        503,
    ),
    "an answer without end": (f"SELECT * {{ VALUES ?a {{ {ROWS} }} VALUES ?b {{ {ROWS} }} }}", 503),
    "250 patterns": ("SELECT * { ?s <a:a> 1 " + "; <a:a> 1 " * 240 + " }", 200),
    "lists 45 deep": ("SELECT * { ?s ?p " + "(" * 45 + "1" + ")" * 45 + " }", 200),
}
"""Each with the status of its answer, which is 503 too where the deadline comes first."""

CYCLES = " ".join(
    f"<a:{ring}-{place}> <a:next> <a:{ring}-{(place + 1) % 1500}> ."
    for ring in "xyz"
    for place in range(1500)
)
"""Three rings of 1,500 things: each has a way to each of its ring."""

CLOSURES = {
    "from everywhere": "SELECT (COUNT(*) AS ?n) { ?a <a:next>+ ?b }",
    "in both directions": "SELECT (COUNT(*) AS ?n) { ?a (<a:next>|^<a:next>)* ?b . ?b <a:next>* ?c }",
    "of closures": "SELECT * { ?a ((<a:next>/<a:next>)+)* ?b FILTER(?a != ?b) } ORDER BY ?b",
    "that excludes": "ASK { ?a (!<a:none>)+ ?b . ?b (!<a:none>)+ ?c . ?c <a:none> ?d }",
}
