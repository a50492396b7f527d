"""`python -m cmograph` is `cmograph`."""

from cmograph.cli import main

main()
