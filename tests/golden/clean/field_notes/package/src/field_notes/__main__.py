"""`python -m field_notes` runs the pipeline."""

from field_notes.cli import main

raise SystemExit(main())
