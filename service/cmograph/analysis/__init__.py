"""The realist's questions: what works, for whom, in what circumstances and why, asked of a casebook."""
