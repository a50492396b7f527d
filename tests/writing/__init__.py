"""Tests of writing: what clients change in a store."""
