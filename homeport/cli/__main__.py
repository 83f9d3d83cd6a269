"""`python -m homeport.cli`: the command, where the installed one may not be on PATH."""

from homeport.cli.app import main

main()
