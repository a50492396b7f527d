"""Writing: what clients change in a store, one whole change at a time, each a release of its own.

changes    an update, a graph put, merged or removed → what it changes in an edition
judging    is what a change makes of a study what the shapes and the axioms ask? what follows from it?
carrying   what becomes of changes when the next build carries them on, to studies that have changed
process    the process that does it: one change after the other, under the store's lock
writer     the same, asked from the serving side's event loop: with a deadline, and killed beyond it
"""
