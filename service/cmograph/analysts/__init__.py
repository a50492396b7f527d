"""Analyses for whoever is served: made in processes that can be killed, never in the one that serves.

tasks      what can be asked of an analyst: an inquiry, an export
task       what a task is, its reply, and how both cross the wire
shaping    which parts of an inquiry's items are wanted, in which order
keeper     the process that holds an edition's casebook; analysts are forked from it, and share it
office     the analysts of an edition, seen from the serving side: a deadline, a memory limit, SIGKILL
"""

from __future__ import annotations
