"""The W3C's conformance suites for SPARQL, run over HTTP."""
