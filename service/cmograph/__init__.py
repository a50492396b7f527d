"""cmograph: coded interviews go in; a knowledge graph of what works, for whom, and why comes out."""

__version__ = "0.1.0"
