"""Concept mappings in SSSOM: between a study's own words, the ontology, and other vocabularies."""
